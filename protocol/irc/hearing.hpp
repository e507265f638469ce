#pragma once
#include <cstdint>

#include "protocol/dialect.hpp"
#include "protocol/irc/capabilities.hpp"

/// The part of a connection's capabilities that changes the bytes of a room's entries: readers with the same bits hear
/// with one voice.
namespace greenroom::protocol::irc {

namespace hears {
inline constexpr std::uint32_t tags = 1;        ///< `msgid`, `+reply`, TAGMSG
inline constexpr std::uint32_t time = 2;        ///< `time`
inline constexpr std::uint32_t account = 4;     ///< `account`
inline constexpr std::uint32_t multiline = 8;   ///< long texts as a batch
inline constexpr std::uint32_t redaction = 16;  ///< REDACT
inline constexpr std::uint32_t invites = 32;    ///< others' INVITE
inline constexpr std::uint32_t joins = 64;      ///< accounts and names in others' JOIN
inline constexpr std::uint32_t away = 128;      ///< that others are away
inline constexpr std::uint32_t names = 256;     ///< that others call themselves otherwise
}  // namespace hears

/// The features of a voice for these capabilities.
[[nodiscard]] constexpr features hearing_with(capability_set on) noexcept {
  std::uint32_t bits = 0;
  const auto put = [&](std::uint32_t bit, bool heard) { bits |= heard ? bit : 0; };
  const bool tags = on.has(capability::message_tags);
  put(hears::tags, tags);
  put(hears::time, on.has(capability::server_time));
  put(hears::account, on.has(capability::account_tag));
  put(hears::multiline, tags && on.has(capability::batch) && on.has(capability::multiline));
  put(hears::redaction, tags && on.has(capability::message_redaction));
  put(hears::invites, on.has(capability::invite_notify));
  put(hears::joins, on.has(capability::extended_join));
  put(hears::away, on.has(capability::away_notify));
  put(hears::names, on.has(capability::setname));
  return static_cast<features>(bits);
}

[[nodiscard]] constexpr bool hears_of(features with, std::uint32_t bit) noexcept {
  return (static_cast<std::uint32_t>(with) & bit) != 0;
}

}  // namespace greenroom::protocol::irc
