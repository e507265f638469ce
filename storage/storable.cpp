#include "storage/storable.hpp"

#include <algorithm>
#include <string_view>

#include "core/names.hpp"
#include "core/text.hpp"

namespace greenroom::storage {
namespace {

// An edge's id is like a client's, with a mark before it.
std::string_view without_mark(std::string_view id) { return id.substr(core::is_edges_id(id) ? 1 : 0); }

constexpr std::size_t most_extra_bytes = 8 * 1024;

bool storable_bytes(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos && core::valid_utf8(bytes);
}

bool storable_entry(const core::room_entry& entry) {
  return (entry.client_id.empty() || core::check_client_id(without_mark(entry.client_id))) &&
         entry.extra.size() <= most_extra_bytes && storable_bytes(entry.extra);
}

bool storable_words(const core::room_entry& entry) {
  return core::is_words(entry.kind) && entry.subject.value.empty() && core::check_text(entry.text) &&
         storable_entry(entry);
}

constexpr bool is_act(core::entry_kind kind) {
  return core::is_on_message(kind) || kind == core::entry_kind::tag ||
         (kind >= core::entry_kind::settings && kind <= core::entry_kind::unmute);
}

constexpr bool is_mark(core::entry_kind kind) {
  return kind == core::entry_kind::react || kind == core::entry_kind::unreact;
}

// An answer to a message of which the database is asked.
bool storable_answer(const core::room_entry& entry) { return storable_words(entry) && bool(entry.target); }

// A reason may be missing; the new text and the mark may not. Tags have no words.
bool storable_said(const core::room_entry& entry) {
  if (entry.kind == core::entry_kind::tag) return entry.text.empty() && !entry.extra.empty();
  if (is_mark(entry.kind))
    return !entry.text.empty() && entry.text.size() <= core::max_mark_bytes && storable_bytes(entry.text);
  return (entry.text.empty() && entry.kind != core::entry_kind::edit) || core::check_text(entry.text);
}

bool storable_act(const core::room_entry& entry, const core::act_effect& effect) {
  const auto& set = effect.settings;
  return is_act(entry.kind) && storable_said(entry) && storable_entry(entry) && storable_bytes(entry.subject.value) &&
         storable_bytes(set.title) && storable_bytes(set.topic) && storable_bytes(set.data) &&
         storable_bytes(set.modes.key) && storable_bytes(set.modes.masks);
}

}  // namespace

bool storable(const room_append& append) {
  const auto& entries = append.entries;
  if (append.look_only)
    return entries.size() == 1 && !entries.front().client_id.empty() && storable_entry(entries.front()) &&
           storable_bytes(entries.front().text);
  if (append.effect)
    return entries.size() == 1 && (storable_act(entries.front(), *append.effect) || storable_answer(entries.front()));
  return !entries.empty() && std::all_of(entries.begin(), entries.end(), storable_words);
}

}  // namespace greenroom::storage
