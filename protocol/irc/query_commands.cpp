#include "protocol/irc/query_commands.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

using reading = std::variant<any_command, complaint>;

template <class Target>
each<Target> each_of(std::string_view list, std::variant<Target, complaint> (*read)(std::string_view)) {
  each<Target> out;
  for (const auto one : members_of(list)) {
    auto target = read(one);
    std::visit([&](auto& known) { out.emplace_back(std::move(known)); }, target);
  }
  return out;
}

std::optional<list_condition> condition_from(std::string_view text) {
  using of = list_condition::of;
  const auto numbered = [&](of more, of less, std::size_t at) -> std::optional<list_condition> {
    const auto number = core::number_from<std::uint32_t>(text.substr(at + 1));
    if (!number || (text[at] != '>' && text[at] != '<')) return std::nullopt;
    return list_condition{text[at] == '>' ? more : less, {}, *number};
  };
  if (text.front() == '>' || text.front() == '<') return numbered(of::more_users, of::fewer_users, 0);
  if (text.size() > 2 && (text[1] == '>' || text[1] == '<')) {
    // `C>10`: created more than ten minutes ago.
    if (core::fold(text[0]) == 'c') return numbered(of::older, of::newer, 1);
    if (core::fold(text[0]) == 't') return numbered(of::topic_older, of::topic_newer, 1);
  }
  if (text.size() > 1 && text.front() == '!') return list_condition{of::no_mask, std::string(text.substr(1)), 0};
  if (text.find_first_of("*?") != text.npos) return list_condition{of::mask, std::string(text), 0};
  return std::nullopt;
}

// ---- history ---------------------------------------------------------------------------------------------------

constexpr std::string_view message_key = "msgid=", time_key = "timestamp=";

struct history_verb {
  std::string_view name;
  history_command::verb what;
  std::size_t count;  // of parameters, with the verb and the limit
};
using asked = history_command::verb;
constexpr std::array history_verbs{
    history_verb{"LATEST", asked::latest, 4},   history_verb{"BEFORE", asked::before, 4},
    history_verb{"AFTER", asked::after, 4},     history_verb{"AROUND", asked::around, 4},
    history_verb{"BETWEEN", asked::between, 5}, history_verb{"TARGETS", asked::targets, 4}};

struct history_reader {
  const history_verb& verb;
  const line& what;

  [[nodiscard]] complaint invalid(std::string_view text) const {
    return {{}, "INVALID_PARAMS", {std::string(verb.name)}, std::string(text)};
  }
  // Nothing where it is fine.
  std::optional<complaint> point(std::string_view text, history_point& out) const {
    if (text == "*" && verb.what == asked::latest) return std::nullopt;
    if (text.starts_with(time_key)) {
      const auto at = core::time_from(text.substr(time_key.size()));
      if (!at) return invalid("This is no time.");
      out = *at;
      return std::nullopt;
    }
    if (!text.starts_with(message_key) || verb.what == asked::targets) return invalid("This is no place in a history.");
    const auto message = message_from(text.substr(message_key.size()));
    if (!message)
      return complaint{
          {}, "MESSAGE_ERROR", {std::string(verb.name), std::string(what[1])}, "There is no such message."};
    out = *message;
    return std::nullopt;
  }
};

}  // namespace

each<core::room_id> rooms_from(std::string_view list) { return each_of<core::room_id>(list, room_from); }
each<core::user_id> users_from(std::string_view list) { return each_of<core::user_id>(list, user_from); }

reading read_names(const line& what, std::string_view) { return names_command{rooms_from(what[0])}; }

// WHO mask %fields,token
reading read_who(const line& what, std::string_view) {
  who_command out{std::string(what[0])};
  std::string_view fields = what[1];
  if (!fields.starts_with('%')) return out;
  fields.remove_prefix(1);
  out.extended = true;
  out.fields = core::take_until(fields, ',');
  if (fields.size() <= 3 && core::is_number(fields)) out.token = fields;
  return out;
}

// A word that is neither a condition nor a room has no rooms: 403 as for a room.
reading read_list(const line& what, std::string_view) {
  list_command out;
  for (const auto one : members_of(what[0])) {
    if (auto condition = condition_from(one)) {
      out.conditions.push_back(*std::move(condition));
      continue;
    }
    auto room = room_from(one);
    std::visit([&](auto& known) { out.rooms.emplace_back(std::move(known)); }, room);
  }
  return out;
}

reading read_away(const line& what, std::string_view) {
  if (what[0].empty()) return away_command{};
  return away_command{std::string(fitting(what[0], max_irc_topic_bytes))};
}

reading read_monitor(const line& what, std::string_view) {
  using verb = monitor_command::verb;
  const auto word = what[0];
  const auto is = [&](std::string_view name) { return core::equal_folded(word, name); };
  const bool add = is("+"), remove = is("-");
  if (add || remove) {
    if (what.count < 2) return complaint{numeric::err_needmoreparams, {}, {"MONITOR"}, {}};
    return monitor_command{add ? verb::add : verb::remove, users_from(what[1])};
  }
  if (is("C")) return monitor_command{verb::clear, {}};
  if (is("L")) return monitor_command{verb::list, {}};
  if (is("S")) return monitor_command{verb::status, {}};
  return any_command{};
}

reading read_history(const line& what, std::string_view) {
  const auto* verb = std::find_if(history_verbs.begin(), history_verbs.end(),
                                  [&](const auto& one) { return core::equal_folded(one.name, what[0]); });
  if (verb == history_verbs.end())
    return complaint{{}, "INVALID_PARAMS", {std::string(what[0])}, "This is no way to ask for history."};
  const history_reader reader{*verb, what};
  if (what.count != verb->count)
    return reader.invalid(what.count < verb->count ? "Insufficient parameters" : "Too many parameters");
  history_command out{verb->what, verb->name};
  std::size_t next = 1;
  if (out.what != asked::targets) {
    auto target = target_from(what[next++]);
    if (!std::holds_alternative<message_target>(target))
      return complaint{
          {}, "INVALID_TARGET", {std::string(verb->name), std::string(what[1])}, "Messages could not be retrieved"};
    out.target = std::get<message_target>(std::move(target));
  }
  if (auto wrong = reader.point(what[next++], out.from)) return *std::move(wrong);
  if (next + 1 < what.count)
    if (auto wrong = reader.point(what[next++], out.to)) return *std::move(wrong);
  const auto limit = core::number_from<std::uint32_t>(what[next]);
  if (!limit || *limit == 0) return reader.invalid("The limit is a number from 1 on.");
  out.limit = std::min<std::uint32_t>(*limit, max_history_page);
  return out;
}

reading read_mark(const line& what, std::string_view) {
  if (what[0].empty()) return complaint{{}, "NEED_MORE_PARAMS", {}, "Missing parameters"};
  auto target = target_from(what[0]);
  if (!std::holds_alternative<message_target>(target))
    return complaint{{}, "INVALID_PARAMS", {std::string(what[0])}, "There is no such room or person."};
  mark_command out{std::get<message_target>(std::move(target))};
  if (what.count < 2) return out;
  const auto text = what[1];
  if (text.starts_with(time_key)) out.read = core::time_from(text.substr(time_key.size()));
  if (!out.read) return complaint{{}, "INVALID_PARAMS", {std::string(what[0]), std::string(text)}, "This is no time."};
  return out;
}

}  // namespace greenroom::protocol::irc
