#pragma once
#include <string>

#include "core/messages/catalog.hpp"
#include "core/messages/log.hpp"
#include "protocol/json_text.hpp"

/// An entry of a room's log as JSON: the only place that knows its fields, for frames and for HTTP.
namespace greenroom::protocol {

/// Appends `"seq":…,"from":…,"text":…,"at":…` and, with `with_id`, the entry's client id, if it has one. An entry that
/// is more than a text has `kind`, `target` and `user` besides, and the fields of its `extra`, which is a JSON object.
void append_entry(std::string& out, const core::room_entry& entry, bool with_id);
/// Puts `messages` (ascending, each with its id where the page has one) and `more`.
void put_page(json_writer& json, const core::history_page& page);

}  // namespace greenroom::protocol
