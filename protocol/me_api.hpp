#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/messages/direct.hpp"
#include "core/result.hpp"

/// The bodies of direct messages, and of what people keep for themselves: `/direct` and `/me/…` of the chat role.
/// Reading: as protocol/chat_api.
namespace greenroom::protocol {

/// `POST /direct {with}`: 1 to 19 names, each once; oneself only alone, for notes.
[[nodiscard]] core::result<core::open_direct> read_open_direct(std::string_view body, core::user_id by);
/// `PUT /me/settings {direct}`: everyone, shared or nobody.
[[nodiscard]] core::result<core::own_settings> read_own_settings(std::string_view body);
/// `PUT /me/drafts/{room} {text}`: at most 8 KiB of what a text may have; empty removes the draft.
[[nodiscard]] core::result<core::put_draft> read_draft(std::string_view body, core::room_id room, core::user_id user);
/// `GET /me/drafts?after=ROOM&limit=N`
[[nodiscard]] core::result<core::list_drafts> read_list_drafts(std::string_view query, core::user_id user);

/// `{room,created}`
[[nodiscard]] std::string direct_json(const core::room_entered& answer);
/// `{direct:"everyone"|"shared"|"nobody"}`
[[nodiscard]] std::string to_json(const core::own_settings& settings);
/// `{blocks:[NAME,…]}`
[[nodiscard]] std::string to_json(const core::block_list& blocks);
/// `{drafts:[{room,text,at}],more}`
[[nodiscard]] std::string to_json(const core::draft_list& drafts);

}  // namespace greenroom::protocol
