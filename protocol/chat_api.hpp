#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/messages/accounts.hpp"
#include "core/messages/catalog.hpp"
#include "core/result.hpp"

/// The bodies and queries of the chat role's HTTP API. Reading: `bad_json`, `too_big`; `bad_request` naming the field
/// or parameter that is missing, of another type, or there twice; `bad_name`. Queries come without their `?`, still
/// encoded.
namespace greenroom::protocol {

inline constexpr std::uint32_t default_page = 50;
inline constexpr std::uint32_t max_page = 500;
inline constexpr std::size_t max_members_at_once = 500;  ///< named in one `POST /room`

/// `POST /room {username,password}` or a Bearer, with `room` (`lobby`), `private` (false), `members` (none).
struct room_request {
  core::create_room create;           ///< without the owner
  std::optional<core::log_in> login;  ///< nothing: the Bearer says who the user is
};
/// An empty body stands for `{}`. The login is read as `read_login` does.
[[nodiscard]] core::result<room_request> read_room_request(std::string_view body, std::string client);

/// `GET /rooms?after=ROOM&limit=N`
[[nodiscard]] core::result<core::list_rooms> read_list_rooms(std::string_view query, core::user_id viewer);
/// `GET /room/{room}/members?after=USER&limit=N`
[[nodiscard]] core::result<core::list_members> read_list_members(std::string_view query, core::room_id room,
                                                                 core::user_id viewer);
/// `GET /room/{room}/messages?before=SEQ&after=SEQ&limit=N`: not both; `after` 0 is the first page.
[[nodiscard]] core::result<core::read_history> read_history_query(std::string_view query, core::room_id room,
                                                                  core::user_id viewer);

/// The query of a websocket's upgrade.
struct upgrade_query {
  std::string ticket;         ///< empty: none
  std::uint32_t history = 0;  ///< how many of the last messages to send first, at most 500
};
[[nodiscard]] core::result<upgrade_query> read_upgrade_query(std::string_view query);

/// `{room,websocket,expires_in}`: `websocket` is the URL with its ticket, `expires_in` seconds.
[[nodiscard]] std::string to_json(const core::room_entered& answer, std::string_view websocket,
                                  std::uint32_t expires_in);
/// `{ticket,expires_in}`
[[nodiscard]] std::string ticket_json(std::string_view ticket, std::uint32_t expires_in);
/// `{rooms:[{room,owner,private,head,created_at}],more}`
[[nodiscard]] std::string to_json(const core::room_list& answer);
/// `{messages:[{seq,from,text,at,id?}],more}`
[[nodiscard]] std::string to_json(const core::history_page& answer);
/// `{members:[…],more}`
[[nodiscard]] std::string to_json(const core::member_list& answer);

}  // namespace greenroom::protocol
