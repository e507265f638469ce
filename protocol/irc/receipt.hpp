#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/text.hpp"
#include "core/time.hpp"

/// Receipts of clients: a PONG brings back what its PING said, and all that was sent before that has come.
namespace greenroom::protocol::irc {

/// The word of a PING that is sent then: digits.
[[nodiscard]] inline std::string receipt_token(core::mono_time at) {
  return std::to_string(std::chrono::floor<core::milliseconds>(at.time_since_epoch()).count());
}

/// When the PING was sent whose token this is; nothing where it is no such token.
[[nodiscard]] inline std::optional<core::mono_time> time_of_receipt(std::string_view token) {
  constexpr std::uint64_t end_of_time = 1ULL << 43;  // in milliseconds: what fits into nanoseconds
  const auto ms = core::number_from<std::uint64_t>(token);
  if (!ms || *ms >= end_of_time) return std::nullopt;
  return core::mono_time{core::milliseconds{static_cast<std::int64_t>(*ms)}};
}

}  // namespace greenroom::protocol::irc
