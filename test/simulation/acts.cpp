#include "test/simulation/acts.hpp"

#include <sstream>
#include <string>
#include <utility>

namespace greenroom::simulation {
namespace {

using core::entry_kind;

// Of something that may be empty, among words that blanks part.
std::string word(const core::shared_text& text) { return text.empty() ? "-" : std::string(text.view()); }
core::shared_text text_of_word(const std::string& word) { return word == "-" ? core::shared_text{} : word; }

std::string words_of(const core::settings_change& change) {
  const auto& to = change.to;
  std::ostringstream out;
  out << unsigned{change.which} << ' ' << static_cast<unsigned>(to.access) << ' ' << static_cast<unsigned>(to.post)
      << ' ' << to.slow_s << ' ' << word(to.title) << ' ' << word(to.topic) << ' ' << to.edit_window_s << ' '
      << static_cast<unsigned>(to.receipts);
  return out.str();
}

core::settings_change settings_of(std::string_view words) {
  std::istringstream from{std::string(words)};
  unsigned which = 0, access = 0, post = 0, receipts = 0;
  core::settings_change out;
  std::string title, topic;
  from >> which >> access >> post >> out.to.slow_s >> title >> topic >> out.to.edit_window_s >> receipts;
  out.to.receipts = static_cast<core::room_receipts>(receipts);
  out.which = static_cast<std::uint8_t>(which);
  out.to.access = static_cast<core::room_access>(access);
  out.to.post = static_cast<core::room_posting>(post);
  out.to.title = text_of_word(title);
  out.to.topic = text_of_word(topic);
  return out;
}

}  // namespace

core::act with_extra(entry_kind kind, core::act what) {
  if (kind == entry_kind::settings) what.extra = words_of(what.set);
  if (kind == entry_kind::role) what.extra = std::to_string(static_cast<unsigned>(what.role));
  if (what.until != core::wall_time{}) what.extra = std::to_string(what.until.time_since_epoch().count());
  return what;
}

core::act act_of(const core::room_entry& entry) {
  core::act out;
  out.target = entry.target;
  out.subject = entry.subject;
  out.extra = entry.extra;
  if (entry.extra.empty()) return out;
  const std::string extra(entry.extra.view());
  if (entry.kind == entry_kind::settings)
    out.set = settings_of(extra);
  else if (entry.kind == entry_kind::role)
    out.role = static_cast<core::room_role>(std::stoul(extra));
  else
    out.until = core::wall_time{core::milliseconds{std::stoll(extra)}};
  return out;
}

std::string_view word_of(entry_kind kind) {
  switch (kind) {
    case entry_kind::text:
      return "text";
    case entry_kind::notice:
      return "notice";
    case entry_kind::action:
      return "action";
    case entry_kind::edit:
      return "edit";
    case entry_kind::erase:
      return "erase";
    case entry_kind::react:
      return "react";
    case entry_kind::unreact:
      return "unreact";
    case entry_kind::pin:
      return "pin";
    case entry_kind::unpin:
      return "unpin";
    case entry_kind::erased:
      return "erased";
    case entry_kind::settings:
      return "settings";
    case entry_kind::role:
      return "role";
    case entry_kind::add:
      return "add";
    case entry_kind::remove:
      return "remove";
    case entry_kind::ban:
      return "ban";
    case entry_kind::unban:
      return "unban";
    case entry_kind::mute:
      return "mute";
    case entry_kind::unmute:
      return "unmute";
    default:
      return "?";
  }
}

}  // namespace greenroom::simulation
