#include "protocol/entry.hpp"

#include <string_view>
#include <utility>

#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/room_words.hpp"
#include "protocol/sentence.hpp"

namespace greenroom::protocol {
namespace {

void append_told(std::string& out, const core::room_entry& entry) {
  std::string made;
  append_quoted(out, told(entry, made));
}

void append_more(std::string& out, const core::room_entry& entry) {
  if (entry.kind != core::entry_kind::text) out.append(R"(,"kind":")").append(word_of(entry.kind)).append(1, '"');
  if (entry.target) {
    out += R"(,"target":)";
    core::append_number(out, entry.target.value);
  }
  if (!entry.subject.value.empty()) {
    out += R"(,"user":)";
    append_quoted(out, entry.subject.value);
  }
  if (!core::is_written(entry.kind) && !entry.text.empty()) {
    out += R"(,"reason":)";
    append_quoted(out, entry.text);
  }
  // `{…}` without its braces.
  const auto extra = entry.extra.view();
  if (extra.size() > 2 && !core::has_tags(entry.kind)) out.append(1, ',').append(extra.substr(1, extra.size() - 2));
}

void append_state(std::string& out, const core::message_state& state) {
  if (state.edited) {
    out += R"(,"edited":{"seq":)";
    core::append_number(out, state.edited.value);
    out += R"(,"at":")";
    core::append_time(out, state.edited_at);
    out += R"("})";
  }
  if (!state.reactions.empty()) {
    out += R"(,"reactions":)";
    char before = '[';
    for (const auto& [text, count, mine] : state.reactions) {
      out.append(1, std::exchange(before, ',')).append(R"({"text":)");
      append_quoted(out, text);
      out += R"(,"count":)";
      core::append_number(out, count);
      out += mine ? R"(,"mine":true})" : R"(,"mine":false})";
    }
    out += ']';
  }
  if (state.pinned) out += R"(,"pinned":true)";
}

}  // namespace

void append_entry(std::string& out, const core::room_entry& entry, bool with_id) {
  out += "\"seq\":";
  core::append_number(out, entry.seq.value);
  out += ",\"from\":";
  append_quoted(out, entry.author.value);
  out += ",\"text\":";
  // A mark that is taken back is the same text as the one that was given.
  if (entry.kind == core::entry_kind::text || entry.kind == core::entry_kind::unreact)
    append_quoted(out, entry.text);
  else
    append_told(out, entry);
  out += ",\"at\":\"";
  core::append_time(out, entry.at);
  out += '"';
  if (with_id && !entry.client_id.empty() && !core::is_edges_id(entry.client_id)) {
    out += ",\"id\":";
    append_quoted(out, entry.client_id);
  }
  if (!core::is_plain(entry)) append_more(out, entry);
}

void put_entries(json_writer& json, std::string_view name, const std::vector<core::room_entry>& entries) {
  json.begin_list(name);
  for (const auto& entry : entries) {
    auto& out = json.raw_item();
    out += '{';
    append_entry(out, entry, true);
    out += '}';
  }
  json.end_list();
}

void put_page(json_writer& json, const core::history_page& page) {
  json.begin_list("messages");
  auto state = page.states.begin();
  for (const auto& entry : page.entries) {
    auto& out = json.raw_item();
    out += '{';
    append_entry(out, entry, true);
    if (state != page.states.end() && state->seq == entry.seq) append_state(out, *state++);
    out += '}';
  }
  json.end_list();
  json.put("more", page.more).put("as_of", page.as_of.value);
}

}  // namespace greenroom::protocol
