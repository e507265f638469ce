#pragma once
#include <string>
#include <string_view>

#include "core/messages/log.hpp"
#include "core/result.hpp"

/// The bodies of the chat role's HTTP API by which something is done in a room. Reading: `bad_json`, `too_big`;
/// `bad_id`; the rest as protocol/act has it, with `bad_request`. The posts have no ticket.
namespace greenroom::protocol {

/// `POST /room/{room}/acts {kind,id?,…}`
[[nodiscard]] core::result<core::post> read_act_body(std::string_view body);
/// `POST /room/{room}/messages {text,id?,target?}`
[[nodiscard]] core::result<core::post> read_message_body(std::string_view body);
/// `PATCH /room/{room} {topic,…}`: the body is the settings.
[[nodiscard]] core::result<core::post> read_settings_body(std::string_view body);
/// `PUT /room/{room}/members/{user} {role?,id?}`: without a role, the person is added. An empty body stands for `{}`.
[[nodiscard]] core::result<core::post> read_member_body(std::string_view body, core::user_id user);
/// `PUT /room/{room}/bans/{user} {reason?,until?,id?}` and `…/mutes/…`: `kind` says which. An empty body stands for
/// `{}`.
[[nodiscard]] core::result<core::post> read_sanction_body(std::string_view body, core::entry_kind kind,
                                                          core::user_id user);
/// `DELETE` of a member, a ban or a mute, `{reason?,id?}`: `remove`, `unban`, `unmute`. An empty body stands for `{}`.
[[nodiscard]] core::result<core::post> read_reason_body(std::string_view body, core::entry_kind kind,
                                                        core::user_id user);

/// Takes the field `Idempotency-Key` for the id of the post: a string in quotes (RFC 8941 section 3.3.3), or without
/// them. An empty field changes nothing. `bad_id`; `bad_request` where the body has another id.
[[nodiscard]] core::status take_key(std::string_view field, core::post& into);

/// `{room,generation,…}` and the entry's fields, with its id, and `duplicate` where that is so; or, where nothing would
/// have changed, `{room,unchanged:true}`.
[[nodiscard]] std::string to_json(const core::act_performed& answer, const core::room_id& room);

}  // namespace greenroom::protocol
