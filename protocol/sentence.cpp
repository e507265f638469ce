#include "protocol/sentence.hpp"

#include "core/text.hpp"
#include "protocol/act.hpp"
#include "protocol/room_words.hpp"

namespace greenroom::protocol {
namespace {

// Without milliseconds.
void append_second(std::string& out, std::string_view time) { out.append(time.substr(0, 19)).append("Z"); }

std::string settings_sentence(const core::settings_change& change, std::string_view mode_words) {
  std::string out;
  const auto part = [&](core::setting one, std::string_view name, std::string_view value) {
    if (!change.has(one)) return;
    out.append(out.empty() ? "set " : "; ").append(value.empty() ? "no " : "the ").append(name);
    if (!value.empty() && one != core::setting::data) out.append(": ").append(value);
  };
  const auto& to = change.to;
  using enum core::setting;
  part(access, "access", word_of(to.access));
  part(post, "right to write", word_of(to.post));
  part(slow, "pause between posts", to.slow_s == 0 ? "" : std::to_string(to.slow_s) + " s");
  part(edit_window, "time for edits", to.edit_window_s == 0 ? "" : std::to_string(to.edit_window_s) + " s");
  part(receipts, "read receipts", word_of(to.receipts));
  part(data, "data", to.data);
  part(modes, "modes", mode_words);
  part(title, "title", to.title);
  part(topic, "topic", to.topic);
  return out;
}

std::string settings_told(json_reader& extra) {
  const auto object = extra.object_if("settings");
  json_reader settings{object.value_or("{}"), core::ec::bad_json};
  std::string mode_words;
  const auto change = read_stored_settings(settings, mode_words);
  return settings.ok() ? settings_sentence(change, mode_words) : "changed the settings";
}

// The verb of an act that gives a person a right, or takes it away.
std::string_view past_of(core::entry_kind kind) {
  using enum core::entry_kind;
  switch (kind) {
    case role:
      return "made";
    case ban:
      return "banned";
    case unban:
      return "unbanned";
    case mute:
      return "muted";
    case unmute:
      return "unmuted";
    default:
      return "told";  // of a newer version
  }
}

// The deed without its reason; empty for what isn't an act that this version knows.
std::string deed_of(const core::room_entry& entry, json_reader& extra) {
  const auto& user = entry.subject.value;
  using enum core::entry_kind;
  switch (entry.kind) {
    case erase:
      return "removed a message";
    case unreact:
      return "took back " + std::string(entry.text);
    case pin:
      return "pinned a message";
    case unpin:
      return "unpinned a message";
    case settings:
      return settings_told(extra);
    case role:
      return std::string(past_of(role)) + " " + user + " " + extra.text_or("role", "member");
    case add:
      return "added " + user;
    case remove:
      return entry.subject == entry.author ? "left" : "removed " + user;
    case ban:
    case unban:
    case mute:
    case unmute:
      return std::string(past_of(entry.kind)) + " " + user;
    default:
      return {};
  }
}

}  // namespace

std::string_view told(const core::room_entry& entry, std::string& made) {
  using enum core::entry_kind;
  if (entry.kind == text || entry.kind == notice || entry.kind == edit || entry.kind == react) return entry.text;
  if (entry.kind == erased) return "(removed)";
  if (entry.kind == action) return made = "* " + std::string(entry.text);
  json_reader extra{entry.extra.empty() ? std::string_view{"{}"} : entry.extra.view(), core::ec::bad_json};
  made = deed_of(entry, extra);
  if (made.empty()) return entry.text;
  if (const auto until = extra.text_or("until", ""); !until.empty()) {
    made += " until ";
    append_second(made, until);
  }
  if (!core::is_written(entry.kind) && !entry.text.empty()) made.append(": ").append(entry.text);
  return made;
}

std::string told_to_subject(const core::user_news& notice) {
  std::string out;
  out.append(notice.by.value).append(" ").append(past_of(notice.what)).append(" you");
  if (notice.what == core::entry_kind::role) out.append(" ").append(word_of(notice.role));
  out.append(" in ").append(notice.room.value);
  if (notice.until != core::wall_time{}) append_second(out.append(" until "), core::time_text(notice.until));
  if (!notice.text.empty()) out.append(": ").append(notice.text);
  return out;
}

void append_because(std::string& out, const core::sanction& because) {
  const bool by = !because.by.value.empty(), until = because.until != core::wall_time{};
  if (by) out.append(" By ").append(because.by.value);
  if (until) append_second(out.append(by ? ", until " : " Until "), core::time_text(because.until));
  if (!because.why.empty()) out.append(by || until ? ": " : " Why: ").append(because.why);
}

}  // namespace greenroom::protocol
