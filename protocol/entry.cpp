#include "protocol/entry.hpp"

#include <string_view>

#include "core/text.hpp"

namespace greenroom::protocol {
namespace {

std::string_view word(core::entry_kind kind) noexcept {
  using enum core::entry_kind;
  switch (kind) {
    case text:
      return "text";
    case edit:
      return "edit";
    case erase:
      return "erase";
    case react:
      return "react";
    case unreact:
      return "unreact";
    case pin:
      return "pin";
    case unpin:
      return "unpin";
    case erased:
      return "erased";
    case notice:
      return "notice";
    case action:
      return "action";
    case tag:
      return "tag";
    case settings:
      return "settings";
    case role:
      return "role";
    case add:
      return "add";
    case remove:
      return "remove";
    case ban:
      return "ban";
    case unban:
      return "unban";
    case mute:
      return "mute";
    case unmute:
      return "unmute";
  }
  return "unknown";  // a row that a newer version wrote
}

void append_more(std::string& out, const core::room_entry& entry) {
  if (entry.kind != core::entry_kind::text) out.append(R"(,"kind":")").append(word(entry.kind)).append(1, '"');
  if (entry.target) {
    out += R"(,"target":)";
    core::append_number(out, entry.target.value);
  }
  if (!entry.subject.value.empty()) {
    out += R"(,"user":)";
    append_quoted(out, entry.subject.value);
  }
  // `{…}` without its braces.
  const auto extra = entry.extra.view();
  if (extra.size() > 2) out.append(1, ',').append(extra.substr(1, extra.size() - 2));
}

}  // namespace

void append_entry(std::string& out, const core::room_entry& entry, bool with_id) {
  out += "\"seq\":";
  core::append_number(out, entry.seq.value);
  out += ",\"from\":";
  append_quoted(out, entry.author.value);
  out += ",\"text\":";
  append_quoted(out, entry.text);
  out += ",\"at\":\"";
  core::append_time(out, entry.at);
  out += '"';
  if (with_id && !entry.client_id.empty()) {
    out += ",\"id\":";
    append_quoted(out, entry.client_id);
  }
  if (!core::is_plain(entry)) append_more(out, entry);
}

void put_page(json_writer& json, const core::history_page& page) {
  json.begin_list("messages");
  for (const auto& entry : page.entries) {
    auto& out = json.raw_item();
    out += '{';
    append_entry(out, entry, true);
    out += '}';
  }
  json.end_list().put("more", page.more);
}

}  // namespace greenroom::protocol
