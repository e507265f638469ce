#include "core/error.hpp"

#include <algorithm>
#include <array>

namespace greenroom::core {
namespace {

// One row per code, in the order of the codes. Close codes 44xx stand for their HTTP status.
constexpr std::array table{
    error_info{ec::none, "none", 200, 1000, false, "Nothing went wrong."},
    error_info{ec::bad_request, "bad_request", 400, 1008, false, "The request is malformed."},
    error_info{ec::bad_json, "bad_json", 400, 0, false, "The body isn't a JSON object, or is nested too deeply."},
    error_info{ec::bad_frame, "bad_frame", 400, 0, false, "The frame is no command of this dialect."},
    error_info{ec::bad_name, "bad_name", 422, 0, false, "The name isn't allowed."},
    error_info{ec::bad_password, "bad_password", 422, 0, false, "The password is too short or too long."},
    error_info{ec::bad_text, "bad_text", 422, 0, false,
               "The text must be 1 to 4096 bytes of UTF-8 without control characters other than tab and newline."},
    error_info{ec::bad_id, "bad_id", 422, 0, false, "The id must be 1 to 64 printable ASCII characters."},
    error_info{ec::too_big, "too_big", 413, 1009, false, "The body or frame is too big."},
    error_info{ec::uri_too_long, "uri_too_long", 414, 0, false, "The request target is too long."},
    error_info{ec::headers_too_big, "headers_too_big", 431, 0, false, "The header fields are too big."},
    error_info{ec::unauthorized, "unauthorized", 401, 4401, false, "Sign in first."},
    error_info{ec::invalid_token, "invalid_token", 401, 4401, false, "The token isn't known, has ended or ran out."},
    error_info{ec::bad_credentials, "bad_credentials", 401, 4401, false, "The user name or the password is wrong."},
    error_info{ec::invalid_ticket, "invalid_ticket", 401, 4401, false, "The ticket isn't known, is used or ran out."},
    error_info{ec::forbidden, "forbidden", 403, 4403, false, "That isn't allowed."},
    error_info{ec::origin_refused, "origin_refused", 403, 4403, false, "Pages of this origin may not connect."},
    error_info{ec::not_found, "not_found", 404, 4404, false, "There is no such thing here."},
    error_info{ec::method_not_allowed, "method_not_allowed", 405, 0, false, "The method isn't allowed here."},
    error_info{ec::unsupported_media, "unsupported_media", 415, 0, false, "The body must be application/json."},
    error_info{ec::upgrade_required, "upgrade_required", 426, 0, false, "This is a websocket: send an upgrade."},
    error_info{ec::bad_dialect, "bad_dialect", 400, 0, false, "None of the offered subprotocols is spoken here."},
    error_info{ec::taken, "taken", 409, 0, false, "The name is taken."},
    error_info{ec::conflict, "conflict", 409, 0, false, "The same id was used with another text."},
    error_info{ec::not_joined, "not_joined", 409, 0, false, "Join the room first."},
    error_info{ec::gone, "gone", 410, 4404, false, "The room is gone."},
    error_info{ec::request_timeout, "request_timeout", 408, 4408, true, "The request took too long to arrive."},
    error_info{ec::idle, "idle", 408, 4408, true, "Nothing was heard for too long."},
    error_info{ec::rate_limited, "rate_limited", 429, 1008, true, "Too many requests."},
    error_info{ec::overloaded, "overloaded", 503, 1013, true, "The server is busy."},
    error_info{ec::unavailable, "unavailable", 503, 1013, true, "The database, or another node, can't be reached."},
    error_info{ec::unknown_outcome, "unknown_outcome", 503, 1013, true, "It isn't known whether that was stored."},
    error_info{ec::fenced, "fenced", 503, 1012, true, "The room moved to another node."},
    error_info{ec::draining, "draining", 503, 1012, true, "This node is restarting."},
    error_info{ec::no_upstream, "no_upstream", 503, 1013, true, "No instance of this service is alive."},
    error_info{ec::upstream_failed, "upstream_failed", 502, 1014, true, "The service's answer was cut off."},
    error_info{ec::upstream_late, "upstream_late", 504, 1014, true, "The service didn't answer in time."},
    error_info{ec::too_slow, "too_slow", 503, 1013, true, "The connection doesn't keep up."},
    error_info{ec::internal, "internal", 500, 1011, true, "Something went wrong here."},
    error_info{ec::not_implemented, "not_implemented", 501, 0, false, "This server doesn't do that."},
    error_info{ec::http_version, "http_version", 505, 0, false, "This server speaks HTTP/1.1."},
    error_info{ec::no_user, "no_user", 404, 0, false, "There is no such user."},
    error_info{ec::suspended, "suspended", 403, 4403, false, "This account is suspended."},
    error_info{ec::limit_reached, "limit_reached", 409, 0, false, "There are as many of these as there may be."},
    error_info{ec::muted, "muted", 403, 0, false, "You are muted in this room."},
    error_info{ec::banned, "banned", 403, 4403, false, "You are banned from this room."},
    error_info{ec::read_only, "read_only", 403, 0, false, "Only some may write in this room."},
    error_info{ec::removed, "removed", 403, 4403, false, "You were removed from the room."},
    error_info{ec::left, "left", 403, 1000, false, "You left the room."},
    error_info{ec::blocked, "blocked", 403, 0, false, "One of you has blocked the other."},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].code) != i) return false;
  return true;
}
static_assert(in_order() && table.size() == static_cast<std::size_t>(ec::blocked) + 1);

}  // namespace

std::string_view describe(room_bar bar) noexcept {
  switch (bar) {
    case room_bar::key:
      return "The room has a key: say it as `key`.";
    case room_bar::most:
      return "There are as many people in the room as may be.";
    case room_bar::mask:
      return "A mask of the room's keeps you out.";
    case room_bar::none:
      break;
  }
  return {};
}

const error_info& describe(ec code) noexcept {
  const auto row = static_cast<std::size_t>(code);
  return row < table.size() ? table[row] : table[static_cast<std::size_t>(ec::internal)];
}

std::span<const error_info> error_table() noexcept { return table; }

std::optional<ec> error_by_word(std::string_view word) noexcept {
  const auto row = std::find_if(table.begin(), table.end(), [&](const error_info& info) { return info.word == word; });
  return row == table.end() ? std::nullopt : std::optional{row->code};
}

}  // namespace greenroom::core
