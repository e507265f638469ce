#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/irc/speaker.hpp"

/// Features and limits of the server, as RPL_ISUPPORT (005) says it (Modern IRC, "Feature Advertisement").
namespace greenroom::protocol::irc {

inline constexpr std::size_t max_nick_bytes = 32;
inline constexpr std::size_t max_room_bytes = 65;        ///< with its `#`
inline constexpr std::size_t max_irc_topic_bytes = 390;  ///< of topics, and of reasons and away messages
inline constexpr std::size_t max_ident_bytes = 10;       ///< without its `~`
inline constexpr std::size_t max_joined_rooms = 100;     ///< of a connection, unless set otherwise
inline constexpr std::size_t max_list_entries = 100;     ///< of a room's `b`, `e` and `I` together
inline constexpr std::size_t max_monitored = 100;
inline constexpr std::size_t max_history_page = 500;
inline constexpr std::size_t max_mode_changes = 20;  ///< with a parameter, of one MODE

/// The tokens, in their order. `network` is the network's name; its spaces are escaped. `rooms`: of a connection.
[[nodiscard]] std::vector<std::string> support_tokens(std::string_view network, std::size_t rooms = max_joined_rooms);
/// Says them, at most 13 a line.
void say_support(const std::vector<std::string>& tokens, speaker& to);

}  // namespace greenroom::protocol::irc
