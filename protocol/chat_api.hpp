#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/messages/accounts.hpp"
#include "core/messages/catalog.hpp"
#include "core/messages/invites.hpp"
#include "core/messages/marks.hpp"
#include "core/result.hpp"

/// The bodies and queries of the chat role's HTTP API, but those of acts (protocol/act_api). Reading: `bad_json`,
/// `too_big`; `bad_request` naming the field or parameter that is missing, of another type, out of its bounds, or there
/// twice; `bad_name`. Queries come without their `?`, still encoded.
namespace greenroom::protocol {

inline constexpr std::uint32_t default_page = 50;
inline constexpr std::uint32_t max_page = 500;
inline constexpr std::size_t max_members_at_once = 500;  ///< named in one `POST /room`

/// `POST /room {username,password}` or a Bearer, with `room` (`lobby`), `access` (`open`) or else `private` (false),
/// `members` (none).
struct room_request {
  core::create_room create;           ///< without the owner
  std::optional<core::log_in> login;  ///< nothing: the Bearer says who the user is
};
/// An empty body stands for `{}`. The login is read as `read_login` does.
[[nodiscard]] core::result<room_request> read_room_request(std::string_view body, std::string client);

/// `GET /rooms?after=ROOM&limit=N`
[[nodiscard]] core::result<core::list_rooms> read_list_rooms(std::string_view query, core::user_id viewer);
/// `GET /sync?after=ROOM`
[[nodiscard]] core::result<core::sync_rooms> read_sync_query(std::string_view query, core::user_id viewer);
/// `GET /room/{room}/members?after=USER&limit=N`
[[nodiscard]] core::result<core::list_members> read_list_members(std::string_view query, core::room_id room,
                                                                 core::user_id viewer);
/// `GET /room/{room}/messages?before=SEQ&after=SEQ&limit=N`: not both; `after` 0 is the first page.
[[nodiscard]] core::result<core::read_history> read_history_query(std::string_view query, core::room_id room,
                                                                  core::user_id viewer);

/// `GET /room/{room}/bans?after=USER&limit=N` and `…/mutes`: `kind` says which.
[[nodiscard]] core::result<core::list_sanctions> read_list_sanctions(std::string_view query, core::room_id room,
                                                                     core::user_id viewer, core::entry_kind kind);
/// `GET /room/{room}/audit?before=SEQ&limit=N`
[[nodiscard]] core::result<core::read_audit> read_audit_query(std::string_view query, core::room_id room,
                                                              core::user_id viewer);

/// `POST /room/{room}/invites {uses?,expires_in?}`: `uses` 1 to 10000 or null, for any number; `expires_in` 3600 to
/// 31536000 seconds. An empty body stands for `{}`.
[[nodiscard]] core::result<core::make_invite> read_make_invite(std::string_view body, core::room_id room,
                                                               core::user_id by);
/// `GET /room/{room}/invites?after=ID&limit=N`
[[nodiscard]] core::result<core::list_invites> read_list_invites(std::string_view query, core::room_id room,
                                                                 core::user_id viewer);
/// Whether an invite may have this id: 24 lower-case hex digits.
[[nodiscard]] bool is_invite_id(std::string_view id);

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
/// `{rooms:[{room,owner,access,private,title?,topic?,head,created_at}],more}`: `private` wherever access isn't open.
[[nodiscard]] std::string to_json(const core::room_list& answer);
/// `{room,access,title,topic,post,slow,data?,owner,role?,generation,head,members_count,created_at}`
[[nodiscard]] std::string to_json(const core::room_described& answer);
/// `{messages:[…],more,as_of}`; protocol/entry has the fields of an entry.
[[nodiscard]] std::string to_json(const core::history_page& answer);
/// `{members:[…],roles:{NAME:"moderator"|"owner"},more}`: `roles` of those who are more than a member.
[[nodiscard]] std::string to_json(const core::member_list& answer);
/// `{bans:[{user,by?,reason?,until?,at}],more}`, or `mutes`: `kind` says which.
[[nodiscard]] std::string to_json(const core::sanction_list& answer, core::entry_kind kind);
/// `{id,invite,url}`
[[nodiscard]] std::string to_json(const core::invite_made& answer, std::string_view url);
/// `{invites:[{id,uses_left,expires_at,by}],more}`: `uses_left` null for any number.
[[nodiscard]] std::string to_json(const core::invite_list& answer);
/// `{room,role}`
[[nodiscard]] std::string invite_accepted_json(const core::room_id& room, core::room_role role);
/// `{entries:[…],more}`
[[nodiscard]] std::string to_json(const core::audit_page& answer);

}  // namespace greenroom::protocol
