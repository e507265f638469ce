#pragma once
#include <string>
#include <string_view>

#include "core/messages/marks.hpp"
#include "core/result.hpp"
#include "protocol/json_text.hpp"

/// The rooms that a member comes back to, in JSON: the same in the frame `synced` and over HTTP.
namespace greenroom::protocol {

/// `PUT /room/{room}/notify {level}`: `all`, `mentions` or `none`. `bad_json`, `too_big`; else `bad_request` naming the
/// field.
[[nodiscard]] core::result<core::set_notify> read_notify_body(std::string_view body, core::room_id room,
                                                              core::user_id user);

/// Writes
/// `rooms:[{room,title?,access,generation,head,first?,unread,mentions,read,role,notify,last?:{seq,from,text,at,kind?}}],
/// more` into an object.
void put_synced(json_writer& json, const core::rooms_synced& page);
/// The object of that alone.
[[nodiscard]] std::string to_json(const core::rooms_synced& page);

}  // namespace greenroom::protocol
