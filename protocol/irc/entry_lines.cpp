#include "protocol/irc/entry_lines.hpp"

#include <utility>

#include "core/direct.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/act.hpp"
#include "protocol/irc/hearing.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/long_text.hpp"
#include "protocol/irc/tags.hpp"
#include "protocol/irc/targets.hpp"
#include "protocol/json_text.hpp"
#include "protocol/room_words.hpp"
#include "protocol/sentence.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::string_view action_begins =
    "\x01"
    "ACTION ";
constexpr std::string_view action_ends = "\x01";

// FNV-1a: of a connection's own number, which others aren't shown.
std::uint64_t short_hash(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// `-i-nt mask`, made of several changes, is `-int mask`.
std::string with_signs_once(std::string_view words) {
  std::string out;
  char sign = 0;
  const auto letters = core::take_until(words, ' ');
  for (const char c : letters) {
    const bool is_sign = c == '+' || c == '-';
    if (!is_sign || c != sign) out += c;
    if (is_sign) sign = c;
  }
  return words.empty() ? out : out.append(" ").append(words);
}

class entry_writer {
 public:
  entry_writer(const core::room_entry& entry, const entry_place& place, features with, frame_writer& out)
      : entry_(entry), place_(place), with_(with), out_(out), target_(target_of(place.room, entry.author)) {
    if (!target_.empty()) target_.insert(0, place.sign);
    if (entry.extra.empty()) return;
    json_reader extra{entry.extra, core::ec::bad_json};
    if (hears_of(with, hears::tags)) kept_tags_ = extra.text_or("tags", "");
    if (!fit_in_line(kept_tags_)) kept_tags_.clear();
    cuts_ = extra.text_or("cuts", "");
    by_bot_ = core::has_tags(entry.kind) && extra.flag("bot", false);
  }

  void write();

 private:
  /// The tags of a line. A piece of a longer text has those of its sender, but no id.
  enum class tagged : std::uint8_t { whole, piece };

  template <class Rest>
  void put(std::string_view verb, tagged how, Rest rest) {
    line_writer line(out_.begin());
    put_tags(line, how);
    line.from_user(entry_.author.value).command(verb);
    rest(line);
    out_.end();
  }
  /// `:author VERB target :text`
  void put_text(std::string_view verb, std::string_view text, tagged how = tagged::whole) {
    put(verb, how, [&](line_writer& line) { line.middle(target_).text(text); });
  }
  /// `:author MODE target change parameter`
  void put_mode(std::string_view change, std::string_view parameter, tagged how = tagged::whole) {
    put("MODE", how, [&](line_writer& line) {
      line.middle(target_).middle(change);
      if (!parameter.empty()) line.middle(parameter);
    });
  }
  /// The same of a change in words as `core::words_of` writes them.
  void put_mode_words(std::string_view words, tagged how) {
    put("MODE", how, [&](line_writer& line) {
      line.middle(target_);
      while (!words.empty()) line.middle(core::take_until(words, ' '));
    });
  }
  void put_tags(line_writer& line, tagged how);
  void put_id(line_writer& line, std::string_view key, core::seq_no seq) {
    append_message_id(line.open_tag(key), place_.generation, seq);
  }

  void put_words(std::string_view verb, std::string_view text);
  void put_action();
  void put_pieces(std::string_view verb, std::string_view text, std::size_t most, bool as_action);
  void put_batch(std::string_view verb, std::string_view text, std::size_t most);
  void put_reaction();
  void put_redaction();
  void put_changes();
  void put_role();
  void put_kick();
  void told_as_notice() {
    std::string made;
    put_words("NOTICE", told(entry_, made));
  }
  [[nodiscard]] std::string left_out(std::size_t lines) const;
  [[nodiscard]] std::size_t room_in(std::string_view verb) const noexcept;

  const core::room_entry& entry_;
  const entry_place& place_;
  features with_;
  frame_writer& out_;
  std::string target_;
  std::string kept_tags_;
  std::string cuts_;
  bool by_bot_ = false;
};

void entry_writer::put_tags(line_writer& line, tagged how) {
  const bool tags = hears_of(with_, hears::tags);
  if (!place_.batch.empty()) line.tag("batch", place_.batch);
  if (!place_.tag.empty() && how == tagged::whole) line.tag(place_.tag, place_.tag_value);
  if (hears_of(with_, hears::time)) core::append_time(line.open_tag("time"), entry_.at);
  if (tags && how == tagged::whole && entry_.seq) put_id(line, "msgid", entry_.seq);
  if (tags && how == tagged::whole && !place_.passing.empty()) {
    auto& id = line.open_tag("msgid");
    core::append_hex(id, place_.generation.value);
    id.append("-t").append(place_.passing);
  }
  if (hears_of(with_, hears::account)) line.tag("account", entry_.author.value);
  if (!tags) return;
  if (place_.with_id && how == tagged::whole && !entry_.client_id.empty() && !core::is_edges_id(entry_.client_id)) {
    line.tag("greenroom.chat/id", entry_.client_id);
    if (place_.duplicate) line.tag("greenroom.chat/duplicate");
  }
  const bool reaction = entry_.kind == core::entry_kind::react || entry_.kind == core::entry_kind::unreact;
  if (entry_.target && entry_.kind != core::entry_kind::erased)
    put_id(line, reaction ? "+draft/reply" : "+reply", entry_.target);
  if (by_bot_) line.tag("bot");
  line.written_tags(kept_tags_);
}

// The bytes of a text in a line `:nick!~u@user-nick VERB target :text`.
std::size_t entry_writer::room_in(std::string_view verb) const noexcept {
  constexpr std::size_t marks = std::string_view{":!~u@user-   :"}.size();
  return max_body_bytes - marks - 2 * entry_.author.value.size() - verb.size() - target_.size();
}

// ---- words -----------------------------------------------------------------------------------------------------

void entry_writer::put_words(std::string_view verb, std::string_view text) {
  const auto most = room_in(verb);
  if (text.size() <= most && cuts_.empty() && text.find('\n') == text.npos) return put_text(verb, text);
  if (hears_of(with_, hears::multiline) && text.find_first_not_of('\n') != text.npos)
    return put_batch(verb, text, most);
  put_pieces(verb, text, most, false);
}

void entry_writer::put_action() {
  put_pieces("PRIVMSG", entry_.text, room_in("PRIVMSG") - action_begins.size() - action_ends.size(), true);
}

std::string entry_writer::left_out(std::size_t lines) const {
  std::string out = "\u2026 and " + grouped(lines) + (lines == 1 ? " more line: " : " more lines: ");
  append_message_id(out, place_.generation, entry_.seq);
  return out;
}

// One line after the other; an action is one in each of them. Empty ones can't be said.
void entry_writer::put_pieces(std::string_view verb, std::string_view text, std::size_t most, bool as_action) {
  std::size_t said = 0, more = 0;
  for (text_pieces all(text, most, cuts_); !all.ended();) {
    const auto piece = all.next().text;
    if (piece.empty()) continue;
    if (said == max_plain_lines) {
      ++more;
      continue;
    }
    const auto how = said++ == 0 ? tagged::whole : tagged::piece;
    if (as_action)
      put_text(verb, std::string(action_begins).append(piece).append(action_ends), how);
    else
      put_text(verb, piece, how);
  }
  if (said == 0) put_text(verb, " ");
  if (more > 0) put_text(verb, left_out(more), tagged::piece);
}

void entry_writer::put_batch(std::string_view verb, std::string_view text, std::size_t most) {
  const std::string reference = "m" + std::to_string(entry_.seq.value);
  put("BATCH", tagged::whole,
      [&](line_writer& line) { line.middle("+" + reference).middle("draft/multiline").middle(target_); });
  std::size_t said = 0, more = 0;
  const auto put_piece = [&](std::string_view piece, bool goes_on) {
    line_writer line(out_.begin());
    line.tag("batch", reference);
    if (goes_on) line.tag("draft/multiline-concat");
    line.from_user(entry_.author.value).command(verb).middle(target_).text(piece);
    out_.end();
  };
  for (text_pieces all(text, most, cuts_); !all.ended();) {
    const auto next = all.next();
    if (said == max_batch_lines) {
      ++more;
      continue;
    }
    ++said;
    put_piece(next.text, next.goes_on);
  }
  if (more > 0) put_piece(left_out(more), false);
  line_writer(out_.begin()).command("BATCH").middle("-" + reference);
  out_.end();
}

// ---- acts ------------------------------------------------------------------------------------------------------

void entry_writer::put_reaction() {
  if (!hears_of(with_, hears::tags)) return;
  const bool back = entry_.kind == core::entry_kind::unreact;
  line_writer line(out_.begin());
  put_tags(line, tagged::whole);
  line.tag(back ? "+draft/unreact" : "+draft/react", entry_.text);
  line.from_user(entry_.author.value).command("TAGMSG").middle(target_);
  out_.end();
}

void entry_writer::put_redaction() {
  if (!hears_of(with_, hears::redaction)) return told_as_notice();
  put("REDACT", tagged::whole, [&](line_writer& line) {
    std::string id;
    append_message_id(id, place_.generation, entry_.target);
    line.middle(target_).middle(id);
    if (!entry_.text.empty()) line.text(entry_.text);
  });
}

void entry_writer::put_changes() {
  json_reader extra{entry_.extra.empty() ? std::string_view{"{}"} : entry_.extra.view(), core::ec::bad_json};
  json_reader changed{extra.object_if("settings").value_or("{}"), core::ec::bad_json};
  std::string words;
  auto change = read_stored_settings(changed, words);
  if (!changed.ok()) return told_as_notice();
  using enum core::setting;
  const auto take = [&](core::setting one) {
    const bool there = change.has(one);
    change.which = static_cast<std::uint16_t>(change.which & ~static_cast<unsigned>(one));
    return there;
  };
  auto how = tagged::whole;
  if (take(topic)) put_text("TOPIC", change.to.topic, std::exchange(how, tagged::piece));
  std::string letters;
  if (take(access)) letters += change.to.access == core::room_access::open ? "-i" : "+i";
  if (take(post)) letters += change.to.post == core::room_posting::all ? "-m" : "+m";
  if (take(modes)) letters += words;
  if (!letters.empty()) put_mode_words(with_signs_once(letters), std::exchange(how, tagged::piece));
  if (change.which != 0) told_as_notice();
}

void entry_writer::put_role() {
  json_reader extra{entry_.extra.empty() ? std::string_view{"{}"} : entry_.extra.view(), core::ec::bad_json};
  const auto now = role_by_word(extra.text_or("role", "member")).value_or(core::room_role::member);
  put_mode(now >= core::room_role::moderator ? "+o" : "-o", entry_.subject.value);
}

void entry_writer::put_kick() {
  put("KICK", tagged::whole, [&](line_writer& line) {
    line.middle(target_).middle(entry_.subject.value);
    line.text(entry_.text.empty() ? std::string_view{entry_.author.value} : entry_.text.view());
  });
}

void entry_writer::write() {
  if (target_.empty()) return;
  const auto& subject = entry_.subject.value;
  using enum core::entry_kind;
  switch (entry_.kind) {
    case text:
      return put_words("PRIVMSG", entry_.text);
    case notice:
      return put_words("NOTICE", entry_.text);
    case action:
      return put_action();
    case edit:
      return put_words("PRIVMSG", "* " + std::string(entry_.text));
    case react:
    case unreact:
      return put_reaction();
    case tag:
      if (!kept_tags_.empty()) put("TAGMSG", tagged::whole, [&](line_writer& line) { line.middle(target_); });
      return;
    case erase:
      return put_redaction();
    case erased:
      return;
    case core::entry_kind::settings:
      return put_changes();
    case core::entry_kind::role:
      return put_role();
    case add:
      if (!hears_of(with_, hears::invites)) return;
      return put("INVITE", tagged::whole, [&](line_writer& line) { line.middle(subject).middle(target_); });
    case remove:  // who left by themselves is told as any other who goes
      return entry_.subject == entry_.author ? void() : put_kick();
    case ban:  // who was there goes, of which presence tells
      return put_mode("+b", subject + "!*@*");
    case unban:
      return put_mode("-b", subject + "!*@*");
    case mute:
      return put_mode("+b", "m:" + subject);
    case unmute:
      return put_mode("-b", "m:" + subject);
    default:
      return told_as_notice();
  }
}

}  // namespace

void append_message_id(std::string& out, core::generation_id generation, core::seq_no seq) {
  core::append_hex(out, generation.value);
  core::append_number(out += '-', seq.value);
}

std::string target_of(const core::room_id& room, const core::user_id& author) {
  switch (core::nature_of(room)) {
    case core::room_nature::room:
      return channel_name(room.value);
    case core::room_nature::direct:
      for (const auto& one : core::people_of(room))
        if (one != author) return one.value;
      return author.value;
    case core::room_nature::group:
      break;
  }
  return {};
}

std::string kept_as_extra(std::string_view tags, const std::vector<std::uint32_t>& cuts, bool bot) {
  std::string out, places;
  if (tags.empty() && cuts.empty() && !bot) return out;
  for (const auto cut : cuts) core::append_number(places.append(places.empty() ? "" : ","), cut);
  json_writer json(out);
  json.begin();
  if (!tags.empty()) json.put("tags", tags);
  if (!places.empty()) json.put("cuts", places);
  if (bot) json.put("bot", true);
  json.end();
  return out;
}

void append_entry(const core::room_entry& entry, const entry_place& place, features with, frame_writer& out) {
  entry_writer(entry, place, with, out).write();
}

void append_passing(const core::note_passing& note, const core::room_id& room, core::generation_id generation,
                    features with, frame_writer& out) {
  const core::room_entry said{
      .author = note.user, .text = note.text, .at = note.at, .kind = note.kind, .extra = note.extra};
  entry_place place{room, generation};
  if (note.heard_by != core::earshot::all) place.sign = note.heard_by == core::earshot::voiced ? "+" : "@";
  std::string id;
  if (!note.text.view().starts_with('\x01')) core::append_hex(id, short_hash(note.id));
  place.passing = id;
  append_entry(said, place, with, out);
}

}  // namespace greenroom::protocol::irc
