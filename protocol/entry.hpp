#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/messages/catalog.hpp"
#include "core/messages/log.hpp"
#include "protocol/json_text.hpp"

/// An entry of a room's log as JSON: the only place that knows its fields, for frames and for HTTP.
namespace greenroom::protocol {

/// Appends `"seq":…,"from":…,"text":…,"at":…` and, with `with_id`, the entry's client id, if it has one. An entry that
/// is more than a text has `kind`, `target`, `user` and `reason` besides, and the fields of its `extra`, which is a
/// JSON object; its `text` is what it says to clients that know no kinds (protocol/sentence), but of `unreact` the
/// mark.
void append_entry(std::string& out, const core::room_entry& entry, bool with_id);
/// Puts a list of entries, each with its id where it has one.
void put_entries(json_writer& json, std::string_view name, const std::vector<core::room_entry>& entries);
/// Puts `messages` (ascending), `more` and `as_of`. A message also has `edited`, `reactions` and `pinned`, where those
/// hold of it.
void put_page(json_writer& json, const core::history_page& page);

}  // namespace greenroom::protocol
