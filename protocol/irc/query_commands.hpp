#pragma once
#include <string_view>
#include <variant>

#include "protocol/irc/commands.hpp"

/// The commands that ask, each read as by `read_command`, which calls these.
namespace greenroom::protocol::irc {

/// The rooms, or people, of a list with commas.
[[nodiscard]] each<core::room_id> rooms_from(std::string_view list);
[[nodiscard]] each<core::user_id> users_from(std::string_view list);

[[nodiscard]] std::variant<any_command, complaint> read_names(const line& what, std::string_view nick);
[[nodiscard]] std::variant<any_command, complaint> read_who(const line& what, std::string_view nick);
[[nodiscard]] std::variant<any_command, complaint> read_list(const line& what, std::string_view nick);
[[nodiscard]] std::variant<any_command, complaint> read_away(const line& what, std::string_view nick);
[[nodiscard]] std::variant<any_command, complaint> read_monitor(const line& what, std::string_view nick);
[[nodiscard]] std::variant<any_command, complaint> read_history(const line& what, std::string_view nick);
[[nodiscard]] std::variant<any_command, complaint> read_mark(const line& what, std::string_view nick);

}  // namespace greenroom::protocol::irc
