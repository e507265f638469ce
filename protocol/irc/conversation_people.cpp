// A conversation's people: how its own user looks, whom it watches, and what admins of the server do.
#include <algorithm>
#include <utility>

#include "core/direct.hpp"
#include "core/text.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::size_t longest_realname = 128;
constexpr std::size_t most_in_line = 400;  // of the nicks in a line, with commas between them

// Puts words into as few lines as there have to be, with commas between them.
template <class Put>
void in_lines(const std::vector<std::string>& words, Put put) {
  std::string line;
  for (const auto& word : words) {
    if (!line.empty() && line.size() + word.size() > most_in_line) put(std::exchange(line, {}));
    line.append(line.empty() ? "" : ",").append(word);
  }
  if (!line.empty()) put(line);
}

}  // namespace

// ---- the own user ----------------------------------------------------------------------------------------------

core::connection_face conversation::face() const {
  return {away_.value_or(""), who_.realname, bot_, who_.ident, oper_, since_};
}

// MODE of oneself: `i` is always on, `B` a bot, `w` hears WALLOPS, `o` is only laid down.
void conversation::user_modes(const mode_command& what, const answer_ptr& by) {
  speaker client = to(by);
  if (what.of.user != who_.user) return client.numeric(numeric::err_usersdontmatch);
  std::string changed;
  for (const auto& step : what.steps) {
    if (const auto* wrong = std::get_if<complaint>(&step)) {
      client.complain("MODE", *wrong);
      continue;
    }
    const auto* const one = std::get_if<mode_change>(&step);
    if (one == nullptr) continue;
    bool& state = one->letter == 'B' ? bot_ : wallops_;
    if (one->letter == 'o' && !one->on && oper_)
      stop_being_oper();
    else if ((one->letter != 'B' && one->letter != 'w') || state == one->on)
      continue;
    else
      state = one->on;
    if (one->letter == 'w' && ground_.others) ground_.others->hears_wallops(wallops_);
    changed.append(one->on ? "+" : "-").append(1, one->letter);
  }
  if (!changed.empty()) {
    look();
    line_writer(by->lines.emplace_back()).from_user(nick()).command("MODE").middle(nick()).middle(changed);
  }
  if (!what.steps.empty()) return;
  const auto letters = std::string("+i") + (bot_ ? "B" : "") + (oper_ ? "o" : "") + (wallops_ ? "w" : "");
  client.numeric(numeric::rpl_umodeis, {letters});
}

void conversation::run(away_command& what, const answer_ptr& by) {
  away_ = std::move(what.message);
  look();
  to(by).numeric(away_ ? numeric::rpl_nowaway : numeric::rpl_unaway);
}

// A nick is the name of its account.
void conversation::renick(std::string_view wanted, const answer_ptr& by) {
  if (wanted.empty()) return to(by).numeric(numeric::err_nonicknamegiven);
  if (core::equal_folded(wanted, nick())) return;
  auto user = user_from(wanted);
  if (std::holds_alternative<complaint>(user)) return to(by).numeric(numeric::err_erroneusnickname, {wanted});
  ++by->waits_for;
  ask(core::find_users{{std::get<core::user_id>(user)}}, [this, by, name = std::string(wanted)](const auto& got) {
    if (user_in(got) != nullptr)
      to(by).numeric(numeric::err_nicknameinuse, {name});
    else
      to(by).numeric(numeric::err_unknownerror, {"NICK"}, "Your nick is your account's name");
    one_done(by);
  });
}

void conversation::rename(const line& what, const answer_ptr& by) {
  const auto name = what[0];
  if (name.empty() || name.size() > longest_realname)
    return to(by).fail("SETNAME", "INVALID_REALNAME", {}, "A name has 1 to 128 bytes.");
  who_.realname = name;
  look();
  if (has(capability::setname)) line_writer(by->lines.emplace_back()).from_user(nick()).command("SETNAME").text(name);
}

// Others in the room hear of it where it is news for them.
void conversation::tell_room_of_self(const core::room_id& room, bool renamed) {
  if (core::nature_of(room) != core::room_nature::room || inside(room) == nullptr) return;
  order(core::client_face{room, {{}, self_.away, renamed ? self_.realname : core::shared_text{}}});
}

core::farewell conversation::farewell(const core::room_id& room) const {
  const auto known = rooms_.find(room);
  if (known != rooms_.end() && known->second.at == phase::leaving)
    return {core::departure::left, core::shared_text{part_reason_}, {}};
  // Somebody who is still there by another connection hasn't quit.
  const auto how = self_.connections > 1 ? core::departure::left : core::departure::quit;
  return {how, core::shared_text{last_words_}, {}};
}

talk_effects conversation::seen(const core::user_seen& what, core::instant now) {
  begin(now);
  if (what.user == who_.user) {
    const auto before = std::exchange(self_, what.state);
    const bool renamed = before.online && before.realname != self_.realname;
    for (const auto& [room, where] : rooms_) {
      if (before.away != self_.away) tell_room_of_self(room, false);
      if (renamed) tell_room_of_self(room, true);
    }
  }
  if (const auto known = monitored_.find(what.user); known != monitored_.end()) {
    const auto before = std::exchange(known->second, what.state);
    if (!before || before->online != what.state.online) {
      std::vector<std::string> lines;
      say_monitored({known->first}, lines);
      say(std::move(lines));
    }
    if (before) notice(what, *before);
  }
  return end();
}

// ---- MONITOR ---------------------------------------------------------------------------------------------------

void conversation::run(monitor_command& what, const answer_ptr& by) {
  using verb = monitor_command::verb;
  std::vector<core::user_id> all;
  for (const auto& [user, state] : monitored_) all.push_back(user);
  switch (what.what) {
    case verb::add:
      return monitor(what.users, by);
    case verb::remove:
      return monitor_no_more(what.users);
    case verb::clear:
      monitored_.clear();
      out_.emplace_back(talk_effect::watch{{}, std::move(all)});
      return;
    case verb::list: {
      std::vector<std::string> names;
      for (const auto& user : all) names.push_back(user.value);
      in_lines(names, [&](const std::string& line) { to(by).numeric(numeric::rpl_monlist, {}, line); });
      return to(by).numeric(numeric::rpl_endofmonlist);
    }
    case verb::status:
      return say_monitored(all, by->lines);
  }
}

// It is asked at once who is online, so that the answer comes with the command; `seen` says what changes.
void conversation::monitor(const each<core::user_id>& users, const answer_ptr& by) {
  std::vector<core::user_id> added;
  std::vector<std::string> left_out;
  for (const auto& one : users) {
    if (const auto* wrong = std::get_if<complaint>(&one)) {
      to(by).numeric(numeric::err_erroneusnickname, {wrong->about.empty() ? "*" : wrong->about.front()});
      continue;
    }
    const auto& user = std::get<core::user_id>(one);
    if (monitored_.contains(user)) continue;
    if (monitored_.size() >= max_monitored) {
      left_out.push_back(user.value);
      continue;
    }
    monitored_.try_emplace(user);
    added.push_back(user);
  }
  in_lines(left_out, [&](const std::string& line) {
    to(by).numeric(numeric::err_monlistfull, {std::to_string(max_monitored), line});
  });
  if (added.empty()) return;
  ++by->waits_for;
  ask(core::who_is{added}, [this, added, by](const auto& got) {
    const auto* known = answer_as<core::who_are>(got);
    std::vector<core::user_id> fresh;
    for (const auto& user : added) {
      const auto one = monitored_.find(user);
      if (one == monitored_.end() || one->second) continue;  // said already
      one->second.emplace();
      if (known != nullptr)
        for (const auto& each_known : known->users)
          if (each_known.user == user) one->second = each_known.state;
      fresh.push_back(user);
    }
    say_monitored(fresh, by->lines);
    out_.emplace_back(talk_effect::watch{added, {}});
    one_done(by);
  });
}

void conversation::monitor_no_more(const each<core::user_id>& users) {
  talk_effect::watch no_more;
  for (const auto& one : users)
    if (const auto* user = std::get_if<core::user_id>(&one); user != nullptr && monitored_.erase(*user) > 0)
      no_more.end.push_back(*user);
  if (!no_more.end.empty()) out_.emplace_back(std::move(no_more));
}

void conversation::say_monitored(const std::vector<core::user_id>& users, std::vector<std::string>& lines) const {
  std::vector<std::string> online, offline;
  for (const auto& user : users) {
    const auto known = monitored_.find(user);
    if (known == monitored_.end()) continue;
    if (known->second && known->second->online)
      online.push_back(source_of(known->first.value));
    else
      offline.push_back(known->first.value);
  }
  speaker client(ground_.face->name, nick(), lines);
  in_lines(online, [&](const std::string& line) { client.numeric(numeric::rpl_mononline, {}, line); });
  in_lines(offline, [&](const std::string& line) { client.numeric(numeric::rpl_monoffline, {}, line); });
}

// Changes of a monitored person, for a client that wants to know. In a room where both are it hears of them anyway.
void conversation::notice(const core::user_seen& what, const core::user_state& before) {
  const auto& now = what.state;
  const bool away = has(capability::away_notify) && before.away != now.away;
  const bool renamed = has(capability::setname) && before.realname != now.realname && !now.realname.empty();
  if (!has(capability::extended_monitor) || !before.online || !now.online || (!away && !renamed)) return;
  people_of_rooms([this, what, away, renamed](const names_by_room& here) {
    for (const auto& [room, people] : here)
      if (std::find(people.begin(), people.end(), what.user) != people.end()) return;
    std::vector<std::string> lines;
    if (away) {
      line_writer line(lines.emplace_back());
      line.from_user(what.user.value).command("AWAY");
      if (!what.state.away.empty()) line.text(what.state.away);
    }
    if (renamed)
      line_writer(lines.emplace_back()).from_user(what.user.value).command("SETNAME").text(what.state.realname);
    say(std::move(lines));
  });
}

/// The people of all rooms where the connection is, as far as their relays were asked.
struct conversation::people_round {
  std::vector<core::room_id> rest;
  names_by_room found{};
  std::function<void(names_by_room)> use;
};

void conversation::people_of_rooms(std::function<void(names_by_room)> use) {
  const auto all = std::make_shared<people_round>();
  all->rest = rooms_inside();
  all->use = std::move(use);
  ask_next_room(all);
}

void conversation::ask_next_room(const std::shared_ptr<people_round>& all) {
  if (all->rest.empty()) return all->use(std::move(all->found));
  const auto room = all->rest.back();
  all->rest.pop_back();
  ask(names_here{room}, [this, all, room](const auto& here) {
    if (const auto* people = answer_as<core::room_members>(here)) all->found[room] = people->first;
    ask_next_room(all);
  });
}

// ---- admins of the server --------------------------------------------------------------------------------------

void conversation::become_oper(const line& what, const answer_ptr& by) {
  auto user = user_from(what[0]);
  if (std::holds_alternative<complaint>(user)) return to(by).numeric(numeric::err_passwdmismatch);
  ++by->waits_for;
  ask(prove_admin{std::get<core::user_id>(std::move(user)), std::string(what[1])}, [this, by](const auto& got) {
    if (!got || !std::holds_alternative<admin_proved>(*got)) {
      to(by).numeric(numeric::err_passwdmismatch);
      return one_done(by);
    }
    if (!std::exchange(oper_, true) && ground_.others) ground_.others->is_oper(true);
    look();
    to(by).numeric(numeric::rpl_youreoper);
    line_writer(by->lines.emplace_back()).from_user(nick()).command("MODE").middle(nick()).middle("+o");
    one_done(by);
  });
}

void conversation::stop_being_oper() {
  if (std::exchange(oper_, false) && ground_.others) ground_.others->is_oper(false);
}

void conversation::kill(const line& what, const answer_ptr& by) {
  if (!oper_) return to(by).numeric(numeric::err_noprivileges);
  auto named = user_from(what[0]);
  if (auto* wrong = std::get_if<complaint>(&named)) return to(by).complain("KILL", *wrong);
  ++by->waits_for;
  const auto why = what[1].empty() ? std::string_view{nick()} : fitting(what[1], max_irc_topic_bytes);
  ask(core::who_is{{std::get<core::user_id>(named)}},
      [this, by, why = std::string(why), name = std::string(what[0])](const auto& got) {
        const auto* known = answer_as<core::who_are>(got);
        if (known == nullptr || known->users.empty())
          to(by).numeric(numeric::err_nosuchnick, {name});
        else
          out_.emplace_back(talk_effect::tell{{.user = known->users.front().user,
                                               .kind = core::news_kind::killed,
                                               .by = who_.user,
                                               .text = core::shared_text{why}}});
        one_done(by);
      });
}

void conversation::say_wallops(const line& what, const answer_ptr& by) {
  if (!oper_) return to(by).numeric(numeric::err_noprivileges);
  std::string text;
  line_writer(text).from_user(nick()).command("WALLOPS").text(what[0]);
  if (ground_.others) ground_.others->wallops(framed({text}, ground_.how));
}

// ---- WHOWAS ----------------------------------------------------------------------------------------------------

// The connections that an account had here. It goes with the account.
void conversation::whowas(const line& what, const answer_ptr& by) {
  if (what[0].empty()) return to(by).numeric(numeric::err_nonicknamegiven);
  const std::string name(what[0]);
  const auto finish = [this, by, name](const std::vector<past_person>& past) {
    speaker client = to(by);
    if (past.empty()) client.numeric(numeric::err_wasnosuchnick, {name});
    for (const auto& one : past) {
      const auto& nick_then = one.user.value;
      client.numeric(numeric::rpl_whowasuser, {nick_then, shown_ident(one.ident), host_of(nick_then), "*"},
                     one.realname);
      client.numeric(numeric::rpl_whoisserver, {nick_then, ground_.face->name}, core::time_text(one.left));
    }
    client.numeric(numeric::rpl_endofwhowas, {name});
  };
  auto user = user_from(name);
  if (std::holds_alternative<complaint>(user) || !ground_.others) return finish({});
  const auto most = core::number_from<std::uint32_t>(what[1]).value_or(0);
  ++by->waits_for;
  ask(core::find_users{{std::get<core::user_id>(user)}}, [this, by, finish, most](const auto& got) {
    const auto* found = user_in(got);
    auto past = found == nullptr ? std::vector<past_person>{} : ground_.others->past_of(*found);
    if (most > 0 && past.size() > most) past.resize(most);
    finish(past);
    one_done(by);
  });
}

}  // namespace greenroom::protocol::irc
