#include "protocol/irc/commands.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/irc/command_table.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/query_commands.hpp"
#include "protocol/irc/tags.hpp"

namespace greenroom::protocol::irc {
namespace {

using reading = std::variant<any_command, complaint>;

constexpr std::size_t max_message_targets = 4, max_kicked = 10;

complaint needs_more(std::string_view name) { return {numeric::err_needmoreparams, {}, {std::string(name)}, {}}; }
complaint too_many(std::string_view list) { return {numeric::err_toomanytargets, {}, {std::string(list)}, {}}; }

std::string reason_from(std::string_view text) { return std::string(fitting(text, max_irc_topic_bytes)); }

// ---- rooms -----------------------------------------------------------------------------------------------------

reading join(const line& what, std::string_view) {
  join_command out;
  if (what.count == 1 && what[0] == "0") {
    out.leave_all = true;
    return out;
  }
  std::string_view keys = what[1];
  for (const auto name : members_of(what[0])) {
    const auto key = core::take_until(keys, ',');
    auto room = room_from(name);
    if (auto* wrong = std::get_if<complaint>(&room))
      out.rooms.emplace_back(std::move(*wrong));
    else
      out.rooms.emplace_back(join_command::one{std::get<core::room_id>(std::move(room)), std::string(key)});
  }
  if (out.rooms.empty()) return needs_more("JOIN");
  return out;
}

reading part(const line& what, std::string_view) {
  part_command out{rooms_from(what[0]), reason_from(what[1])};
  if (out.rooms.empty()) return needs_more("PART");
  return out;
}

reading topic(const line& what, std::string_view) {
  auto room = room_from(what[0]);
  if (auto* wrong = std::get_if<complaint>(&room)) return std::move(*wrong);
  topic_command out{std::get<core::room_id>(std::move(room))};
  if (what.count > 1) out.topic = reason_from(what[1]);
  return out;
}

// Of one room several people, or of several rooms one each.
reading kick(const line& what, std::string_view) {
  const auto rooms = members_of(what[0]), names = members_of(what[1]);
  if (rooms.empty() || names.empty()) return needs_more("KICK");
  if (names.size() > max_kicked || rooms.size() > max_kicked) return too_many(what[1]);
  if (rooms.size() > 1 && rooms.size() != names.size()) return needs_more("KICK");
  kick_command out{{}, reason_from(what[2])};
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto room = room_from(rooms[rooms.size() > 1 ? i : 0]);
    auto user = user_from(names[i]);
    if (auto* wrong = std::get_if<complaint>(&room)) {
      if (rooms.size() == 1) return std::move(*wrong);
      out.users.emplace_back(std::move(*wrong));
    } else if (auto* nobody = std::get_if<complaint>(&user)) {
      out.users.emplace_back(std::move(*nobody));
    } else {
      out.users.emplace_back(
          kick_command::one{std::get<core::room_id>(std::move(room)), std::get<core::user_id>(std::move(user))});
    }
  }
  return out;
}

reading invite(const line& what, std::string_view) {
  if (what.count == 0) return invite_command{};
  if (what.count == 1) return needs_more("INVITE");
  auto user = user_from(what[0]);
  if (auto* wrong = std::get_if<complaint>(&user)) return std::move(*wrong);
  auto room = room_from(what[1]);
  if (auto* wrong = std::get_if<complaint>(&room)) return std::move(*wrong);
  return invite_command{std::get<core::user_id>(std::move(user)), std::get<core::room_id>(std::move(room))};
}

reading mode(const line& what, std::string_view) {
  auto of = target_from(what[0]);
  if (auto* wrong = std::get_if<complaint>(&of)) return std::move(*wrong);
  mode_command out{std::get<message_target>(std::move(of))};
  if (out.of.to == message_target::reach::user)
    out.steps = user_modes_from(what);
  else if (out.of.to == message_target::reach::room)
    out.steps = room_modes_from(what);
  else
    return complaint{numeric::err_nosuchchannel, {}, {std::string(what[0])}, {}};
  return out;
}

// ---- messages --------------------------------------------------------------------------------------------------

// Nothing is cut: a text that won't fit in a line to its target is refused.
bool fits(std::string_view nick, std::string_view verb, std::string_view target, std::string_view text) noexcept {
  constexpr std::size_t marks = std::string_view{":!~u@user-   :"}.size();
  return marks + 2 * nick.size() + verb.size() + target.size() + text.size() <= max_body_bytes;
}

// An action is the text between its marks; any other text between them is CTCP.
void read_ctcp(message_command& out) {
  constexpr std::string_view begins = "\x01", action = "ACTION";
  std::string_view inner = out.text;
  if (!inner.starts_with(begins)) return;
  inner.remove_prefix(begins.size());
  if (inner.ends_with(begins)) inner.remove_suffix(begins.size());
  const auto word = core::take_until(inner, ' ');
  out.ctcp = word != action || out.kind == core::entry_kind::notice;
  if (out.ctcp) return;
  out.kind = core::entry_kind::action;
  out.text = std::string(inner);
}

each<message_target> targets_from(std::string_view list) {
  each<message_target> out;
  for (const auto one : members_of(list)) {
    auto target = target_from(one);
    std::visit([&](auto& known) { out.emplace_back(std::move(known)); }, target);
  }
  return out;
}

reading message(const line& what, std::string_view nick) {
  message_command out;
  const bool notice = what.is("NOTICE");
  const std::string_view verb = notice ? "NOTICE" : "PRIVMSG";
  if (notice) out.kind = core::entry_kind::notice;
  const auto refuse = [&](complaint why) -> reading {
    // A NOTICE is never answered with a numeric, so that no two programs answer each other for ever.
    if (notice && why.code.empty()) return any_command{};
    return why;
  };
  const auto names = members_of(what[0]);
  if (names.empty())
    return refuse({numeric::err_norecipient, {}, {}, "No recipient given (" + std::string(verb) + ")"});
  if (what[1].empty()) return refuse({numeric::err_notexttosend, {}, {}, {}});
  if (names.size() > max_message_targets) return refuse(too_many(what[0]));
  out.text = what[1];
  read_ctcp(out);
  if (out.text.empty()) return refuse({numeric::err_notexttosend, {}, {}, {}});
  if (!out.ctcp && !core::check_text(out.text))
    return refuse({{}, "INVALID_UTF8", {}, "The text has control characters that no message may have."});
  if (auto wrong = take_tags(what.tags, out)) return refuse(*std::move(wrong));
  for (auto& one : targets_from(what[0])) {
    const auto name = names[out.to.size()];
    if (std::holds_alternative<message_target>(one) && !fits(nick, verb, name, what[1]))
      out.to.emplace_back(complaint{numeric::err_inputtoolong, {}, {}, {}});
    else
      out.to.emplace_back(std::move(one));
  }
  if (notice) std::erase_if(out.to, [](const auto& one) { return std::holds_alternative<complaint>(one); });
  if (out.to.empty()) return any_command{};
  return out;
}

reading tagmsg(const line& what, std::string_view) {
  tag_command out{targets_from(what[0]), client_only_tags(what.tags)};
  if (out.to.empty()) return needs_more("TAGMSG");
  if (out.to.size() > max_message_targets) return too_many(what[0]);
  return out;
}

// The order of checks is that of draft/message-redaction: whether the id means anything comes behind the target.
reading redact(const line& what, std::string_view) {
  auto target = target_from(what[0]);
  if (!std::holds_alternative<message_target>(target))
    return complaint{{}, "INVALID_TARGET", {std::string(what[0])}, "There is no such room or person."};
  return redact_command{std::get<message_target>(std::move(target)), std::string(what[1]), message_from(what[1]),
                        reason_from(what[2])};
}

struct reader {
  std::string_view name;
  reading (*read)(const line&, std::string_view nick);
};
constexpr std::array readers{
    reader{"JOIN", join},
    reader{"PART", part},
    reader{"PRIVMSG", message},
    reader{"NOTICE", message},
    reader{"TAGMSG", tagmsg},
    reader{"TOPIC", topic},
    reader{"KICK", kick},
    reader{"INVITE", invite},
    reader{"MODE", mode},
    reader{"REDACT", redact},
    reader{"NAMES", read_names},
    reader{"WHO", read_who},
    reader{"LIST", read_list},
    reader{"AWAY", read_away},
    reader{"MONITOR", read_monitor},
    reader{"CHATHISTORY", read_history},
    reader{"MARKREAD", read_mark},
};

}  // namespace

std::optional<complaint> take_tags(std::string_view tags, message_command& out) {
  if (tags.empty()) return std::nullopt;
  const auto id = tag_value(tags, "greenroom.chat/id");
  if (id && !core::check_given_id(*id))
    return complaint{{}, "INVALID_ID", {}, "An id has 1 to 64 printable ASCII characters, and begins with no tilde."};
  out.id = id.value_or("");
  const auto own = client_only_tags(tags);
  for (std::string_view rest = own; !rest.empty();) {
    const auto one = core::take_until(rest, ';');
    std::string_view word = one;
    if (take_tag(word).key == "+reply")
      out.answers = message_from(tag_value(one, "+reply").value_or(""));
    else
      out.tags.append(out.tags.empty() ? "" : ";").append(one);
  }
  return std::nullopt;
}

reading read_command(const line& what, std::string_view nick) {
  const auto* known =
      std::find_if(readers.begin(), readers.end(), [&](const reader& one) { return what.is(one.name); });
  if (known == readers.end()) return any_command{};
  if (what.count < find_command(known->name)->least) return needs_more(known->name);
  return known->read(what, nick);
}

}  // namespace greenroom::protocol::irc
