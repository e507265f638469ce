#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace greenroom::core {

/// Everything that can go wrong, once. Values cross the wire between nodes: append only, never reorder.
enum class ec : std::uint8_t {
  none = 0,            ///< nothing went wrong; never sent
  bad_request = 1,     ///< malformed HTTP, path, query or field
  bad_json,            ///< not JSON, too deep, or not an object
  bad_frame,           ///< a websocket frame that is no command of its dialect
  bad_name,            ///< a user or room name that isn't one
  bad_password,        ///< a password too short, too long, or with NUL
  bad_text,            ///< message text that is empty, too long, not UTF-8, or has control characters
  bad_id,              ///< a client's message id that isn't 1 to 64 printable ASCII characters
  too_big,             ///< a body or frame over its limit
  uri_too_long,        ///< a request target over its limit
  headers_too_big,     ///< header fields over their limit
  unauthorized,        ///< no credentials where some are needed
  invalid_token,       ///< a token that isn't known, has ended or ran out
  bad_credentials,     ///< unknown user or wrong password: never says which
  invalid_ticket,      ///< a ticket that isn't known, is used or ran out
  forbidden,           ///< known, but not allowed
  origin_refused,      ///< an upgrade from a page of another origin
  not_found,           ///< no such thing, or not for this user to see
  method_not_allowed,  ///< the path exists, the method doesn't
  unsupported_media,   ///< a body that isn't application/json
  upgrade_required,    ///< a websocket path without an upgrade
  bad_dialect,         ///< none of the offered subprotocols is spoken here
  taken,               ///< the name is in use
  conflict,            ///< the same id with another text, or a state that excludes the request
  not_joined,          ///< a command for a room that this connection isn't in
  gone,                ///< the room (or its log) doesn't exist any more
  request_timeout,     ///< the client was too slow with its request
  idle,                ///< nothing was heard for too long
  rate_limited,        ///< too often; retry after what the answer says
  overloaded,          ///< a bounded queue is full; retry
  unavailable,         ///< the database or another node can't be reached, or refuses; retry
  unknown_outcome,     ///< a commit whose answer got lost: may or may not have happened; retry with the same id
  fenced,              ///< another owner opened the room; retry finds it
  draining,            ///< this node is going away; retry elsewhere
  no_upstream,         ///< no live instance of the role
  upstream_failed,     ///< an instance answered with garbage or closed
  upstream_late,       ///< an instance didn't answer in time
  too_slow,            ///< the client doesn't read what it is sent
  internal,            ///< a bug or an exception: logged, never explained to clients
  not_implemented,     ///< a method or transfer coding that this server doesn't have
  http_version,        ///< neither HTTP/1.1 nor HTTP/1.0
  no_user,             ///< no user has this name
  suspended,           ///< an admin or an operator suspended the account
  limit_reached,       ///< there are as many of these as there may be; the same request won't succeed later
  muted,               ///< a moderator took the right to write in this room
  banned,              ///< a moderator shut the user out of this room
  read_only,           ///< only some may write in this room
  removed,             ///< a moderator took the user out of the room; they may come back where it is open
  left,                ///< the user left the room elsewhere
  blocked,             ///< one of two people has blocked the other
};

/// The mode that keeps somebody out of a room in which they may read. The error is `forbidden`.
enum class room_bar : std::uint8_t {
  none,
  key,   ///< they have said another key, or none
  most,  ///< there are as many people in it as may be
  mask,  ///< a mask means them
};
/// That, for people.
[[nodiscard]] std::string_view describe(room_bar bar) noexcept;

/// The public description of an error.
struct error_info {
  ec code;
  std::string_view word;      ///< on the wire: `code` in problems and error frames
  std::uint16_t http_status;  ///< RFC 9110 section 15
  std::uint16_t close_code;   ///< RFC 6455 section 7.4; 0 where a websocket stays open
  bool retry;                 ///< the same request may succeed later
  std::string_view sentence;  ///< for people, without internals
};

/// The row of the error table for `code`; `ec::internal`'s for a value from a newer node.
[[nodiscard]] const error_info& describe(ec code) noexcept;

/// The whole table, in order of the codes, for docs and tests.
[[nodiscard]] std::span<const error_info> error_table() noexcept;

/// The code whose wire word is `word`, or nothing.
[[nodiscard]] std::optional<ec> error_by_word(std::string_view word) noexcept;

/// The wire word of `code`.
[[nodiscard]] inline std::string_view to_string(ec code) noexcept { return describe(code).word; }

}  // namespace greenroom::core
