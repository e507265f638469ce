// A conversation's questions: who is where.
#include <algorithm>
#include <set>
#include <utility>

#include "core/masks.hpp"
#include "core/modes.hpp"
#include "core/text.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::uint32_t members_of_page = 500;

bool leads(const core::user_id& user, const std::vector<core::room_member>& members) {
  return std::any_of(members.begin(), members.end(), [&](const core::room_member& one) {
    return one.user == user && one.role >= core::room_role::moderator;
  });
}

// How one of the people of a `who_is` looks; null: they aren't online.
const core::user_state* state_of(const core::user_id& user, const core::who_are& known) {
  const auto one = std::find_if(known.users.begin(), known.users.end(),
                                [&](const core::known_user& each) { return each.user == user; });
  return one == known.users.end() ? nullptr : &one->state;
}

}  // namespace

// ---- NAMES -----------------------------------------------------------------------------------------------------

// One end for all rooms that were asked for.
void conversation::run(names_command& what, const answer_ptr& by) {
  if (what.rooms.empty()) return to(by).numeric(numeric::rpl_endofnames, {"*"});
  const auto end = std::make_shared<std::string>();
  std::vector<core::room_id> shown;
  for (const auto& one : what.rooms) {
    if (const auto* wrong = std::get_if<complaint>(&one)) {
      end->append(end->empty() ? "" : ",").append(wrong->about.empty() ? "*" : wrong->about[0]);
      continue;
    }
    const auto& room = std::get<core::room_id>(one);
    end->append(end->empty() ? "" : ",").append(channel_name(room.value));
    if (inside(room) != nullptr) shown.push_back(room);
  }
  if (end->empty()) return;
  if (shown.empty()) return to(by).numeric(numeric::rpl_endofnames, {*end});
  const auto left = std::make_shared<std::size_t>(shown.size());
  for (const auto& room : shown)
    names_of(room, by, [this, by, end, left] {
      if (--*left == 0) to(by).numeric(numeric::rpl_endofnames, {*end});
    });
}

/// The people who are in a room, its members, and what is set there.
struct conversation::company_of_room {
  std::vector<core::user_id> here;
  std::vector<core::room_member> members;
  core::room_settings set;
};

void conversation::with_company(const core::room_id& room, std::function<void(const company_of_room&)> use) {
  const auto found = std::make_shared<company_of_room>();
  ask(names_here{room}, [this, room, found, use = std::move(use)](const auto& here) {
    if (const auto* people = answer_as<core::room_members>(here)) found->here = people->first;
    ask(core::list_members{room, who_.user, {}, members_of_page}, [this, room, found, use](const auto& got) {
      if (const auto* list = answer_as<core::member_list>(got)) found->members = list->members;
      ask(core::enter_room{room, who_.user, false}, [found, use](const auto& entered) {
        if (const auto* there = answer_as<core::room_entered>(entered)) found->set = there->info.settings;
        use(*found);
      });
    });
  });
}

void conversation::names_of(const core::room_id& room, const answer_ptr& by, std::function<void()> after) {
  ++by->waits_for;
  with_company(room, [this, room, by, after = std::move(after)](const company_of_room& all) {
    put_names(room, all.here, all.members, all.set, by);
    if (after) after();
    one_done(by);
  });
}

// The signs before a nick, the highest first; all of them only for clients that know more than one.
std::string conversation::signs_of(const core::user_id& user, const core::room_id& room,
                                   const std::vector<core::room_member>& members, const core::room_modes& modes) const {
  const auto known = rooms_.find(room);
  const bool owns = known != rooms_.end() && known->second.owner == user;
  const bool humble = known != rooms_.end() && known->second.humble && user == who_.user;
  std::string out;
  if (!humble && (owns || leads(user, members))) out += '@';
  if (core::has_voice(modes, user) && (out.empty() || has(capability::multi_prefix))) out += '+';
  return out;
}

void conversation::put_names(const core::room_id& room, const std::vector<core::user_id>& here,
                             const std::vector<core::room_member>& members, const core::room_settings& set,
                             const answer_ptr& by) {
  auto users = here;
  if (std::find(users.begin(), users.end(), who_.user) == users.end()) users.push_back(who_.user);
  constexpr std::size_t most = 400;  // of a line: leaves room for all that comes before
  const bool hidden = set.access == core::room_access::secret || set.modes.has(core::room_flag::unlisted);
  std::string names;
  const auto flush = [&] {
    if (!names.empty()) to(by).numeric(numeric::rpl_namreply, {hidden ? "@" : "=", channel_name(room.value)}, names);
    names.clear();
  };
  for (const auto& user : users) {
    auto one = signs_of(user, room, members, set.modes);
    has(capability::userhost_in_names) ? append_source(one, user.value) : void(one += user.value);
    if (names.size() + one.size() > most) flush();
    names.append(names.empty() ? "" : " ").append(one);
  }
  flush();
}

// ---- WHO -------------------------------------------------------------------------------------------------------

void conversation::run(who_command& what, const answer_ptr& by) {
  const auto shared = std::make_shared<who_command>(std::move(what));
  if (shared->mask.empty()) shared->mask = "*";
  ++by->waits_for;
  if (const auto room = room_from(shared->mask); std::holds_alternative<core::room_id>(room))
    return who_in(std::get<core::room_id>(room), shared, by);
  who_matches(shared, by);
}

void conversation::who_in(const core::room_id& room, std::shared_ptr<who_command> what, const answer_ptr& by) {
  const auto finish = [this, by, what] {
    to(by).numeric(numeric::rpl_endofwho, {what->mask});
    one_done(by);
  };
  if (inside(room) == nullptr) return finish();
  with_company(room, [this, room, what, by, finish](const company_of_room& all) {
    auto users = all.here;
    if (std::find(users.begin(), users.end(), who_.user) == users.end()) users.push_back(who_.user);
    if (users.size() > core::max_asked_users) users.resize(core::max_asked_users);
    auto question = core::who_is{users};
    ask(std::move(question), [this, room, what, by, finish, all, users = std::move(users)](const auto& looked) {
      const auto* known = answer_as<core::who_are>(looked);
      const auto* const where = find(room);
      const auto name = channel_name(where != nullptr ? where->name : room.value);
      for (const auto& user : users) {
        const auto* seen = known != nullptr ? state_of(user, *known) : nullptr;
        const auto signs = signs_of(user, room, all.members, all.set.modes);
        put_who(user, seen != nullptr ? *seen : core::user_state{}, name, signs, *what, by);
      }
      finish();
    });
  });
}

// A nick, whoever it is; of a mask, people in rooms in common.
void conversation::who_matches(std::shared_ptr<who_command> what, const answer_ptr& by) {
  const auto show = [this, what, by](std::vector<core::user_id> users) {
    if (users.size() > core::max_asked_users) users.resize(core::max_asked_users);
    auto question = core::who_is{users};
    ask(std::move(question), [this, what, by, users = std::move(users)](const auto& looked) {
      const auto* known = answer_as<core::who_are>(looked);
      for (const auto& user : users)
        if (const auto* seen = known != nullptr ? state_of(user, *known) : nullptr)
          put_who(user, *seen, "*", "", *what, by);
      to(by).numeric(numeric::rpl_endofwho, {what->mask});
      one_done(by);
    });
  };
  if (const auto user = user_from(what->mask); std::holds_alternative<core::user_id>(user))
    return ask(core::find_users{{std::get<core::user_id>(user)}}, [show](const auto& got) {
      const auto* found = answer_as<core::users_found>(got);
      show(found != nullptr ? found->users : std::vector<core::user_id>{});
    });
  people_of_rooms([this, what, show](const names_by_room& here) {
    std::set<core::user_id> users{who_.user};
    for (const auto& [room, people] : here) users.insert(people.begin(), people.end());
    std::erase_if(users, [&](const core::user_id& one) {
      return !core::mask_matches(what->mask, one.value) && !core::mask_means(what->mask, one);
    });
    show({users.begin(), users.end()});
  });
}

// `signs`: of the room, where it is asked for.
void conversation::put_who(const core::user_id& user, const core::user_state& seen, std::string_view room,
                           std::string_view signs, const who_command& what, const answer_ptr& by) {
  const auto host = host_of(user.value);
  const auto ident = shown_ident(seen.ident);
  const std::string realname{seen.realname.empty() ? std::string_view{user.value} : seen.realname.view()};
  std::string flags = seen.away.empty() ? "H" : "G";
  if (seen.oper) flags += '*';
  flags += signs;
  if (seen.bot) flags += 'B';
  if (!what.extended)
    return to(by).numeric(numeric::rpl_whoreply, {room, ident, host, ground_.face->name, user.value, flags},
                          "0 " + realname);
  std::vector<std::string> fields;
  bool with_name = false;
  for (const char field : std::string_view{"tcuihsnfdlaor"}) {
    if (what.fields.find(field) == std::string::npos) continue;
    switch (field) {
      case 't':
        fields.push_back(what.token.empty() ? "0" : what.token);
        break;
      case 'c':
        fields.emplace_back(room);
        break;
      case 'u':
        fields.push_back(ident);
        break;
      case 'i':
        fields.emplace_back("255.255.255.255");
        break;
      case 'h':
        fields.push_back(host);
        break;
      case 's':
        fields.push_back(ground_.face->name);
        break;
      case 'n':
      case 'a':
        fields.push_back(user.value);
        break;
      case 'f':
        fields.push_back(flags);
        break;
      case 'd':
        fields.emplace_back("0");
        break;
      case 'l':
        fields.push_back(std::to_string(seen.idle_ms / 1000));
        break;
      case 'o':
        fields.emplace_back(signs.starts_with('@') ? "@" : "n/a");
        break;
      default:
        with_name = true;
    }
  }
  to(by).listed(numeric::rpl_whospcrpl, fields, with_name ? std::string_view{realname} : std::string_view{});
}

// ---- WHOIS, ISON, USERHOST -------------------------------------------------------------------------------------

void conversation::whois(const line& what, const answer_ptr& by) {
  // `WHOIS server nick` names the server first.
  const std::string nick_asked(what.count > 1 ? what[1] : what[0]);
  if (nick_asked.empty()) return to(by).numeric(numeric::err_nonicknamegiven);
  const auto user = user_from(nick_asked);
  const auto unknown = [this, by, nick_asked] {
    to(by).numeric(numeric::err_nosuchnick, {nick_asked});
    to(by).numeric(numeric::rpl_endofwhois, {nick_asked});
  };
  if (std::holds_alternative<complaint>(user)) return unknown();
  ++by->waits_for;
  ask(core::find_users{{std::get<core::user_id>(user)}}, [this, by, unknown](const auto& got) {
    const auto* found = user_in(got);
    if (found == nullptr) {
      unknown();
      return one_done(by);
    }
    const auto known = *found;
    ask(core::who_is{{known}}, [this, by, known, unknown](const auto& answered) {
      const auto* online = state_in(answered);
      if (online == nullptr) {
        unknown();
        return one_done(by);
      }
      people_of_rooms([this, by, known, looks = *online](const names_by_room& here) {
        put_whois(known, looks, here, by);
        one_done(by);
      });
    });
  });
}

void conversation::put_whois(const core::user_id& user, const core::user_state& seen, const names_by_room& here,
                             const answer_ptr& by) {
  const auto& name = user.value;
  const bool own = user == who_.user;
  const std::string realname = own ? who_.realname : std::string(seen.realname);
  const auto ident = shown_ident(seen.ident);
  speaker client = to(by);
  client.numeric(numeric::rpl_whoisuser, {name, ident, host_of(name), "*"}, realname.empty() ? name : realname);
  std::string rooms;
  for (const auto& [room, people] : here) {
    const auto* const where = find(room);
    if (where == nullptr || (!own && std::find(people.begin(), people.end(), user) == people.end())) continue;
    rooms.append(rooms.empty() ? "" : " ").append(where->owner == user && !(own && where->humble) ? "@#" : "#");
    rooms.append(where->name);
  }
  if (!rooms.empty()) client.numeric(numeric::rpl_whoischannels, {name}, rooms);
  client.numeric(numeric::rpl_whoisserver, {name, ground_.face->name}, ground_.face->network);
  if (seen.oper) client.numeric(numeric::rpl_whoisoperator, {name});
  if (!seen.away.empty()) client.numeric(numeric::rpl_away, {name}, seen.away);
  client.numeric(numeric::rpl_whoisaccount, {name, name}, "is logged in as");
  if (seen.bot) client.numeric(numeric::rpl_whoisbot, {name}, "is a bot");
  if (own && !ground_.address.empty())
    client.numeric(numeric::rpl_whoisactually, {name, "~u@user-" + name, ground_.address}, "is actually using host");
  if (own && ground_.secure) client.numeric(numeric::rpl_whoissecure, {name});
  client.numeric(numeric::rpl_whoisidle, {name, std::to_string(seen.idle_ms / 1000), unix_seconds(seen.since)},
                 "seconds idle, signon time");
  client.numeric(numeric::rpl_endofwhois, {name});
}

// Those of the named people who are online.
void conversation::ison(const line& what, const answer_ptr& by, bool hosts) {
  constexpr std::size_t most = 20;
  std::vector<core::user_id> users;
  for (std::size_t i = 0; i < what.count; ++i)
    for (std::string_view rest = what[i]; !rest.empty() && users.size() < most;)
      if (auto user = user_from(core::take_until(rest, ' ')); std::holds_alternative<core::user_id>(user))
        users.push_back(std::get<core::user_id>(std::move(user)));
  ++by->waits_for;
  auto question = core::who_is{users};
  ask(std::move(question), [this, by, users = std::move(users), hosts](const auto& got) {
    const auto* known = answer_as<core::who_are>(got);
    std::string text;
    for (const auto& user : users) {
      const auto* seen = known != nullptr ? state_of(user, *known) : nullptr;
      if (seen == nullptr) continue;
      text.append(text.empty() ? "" : " ").append(user.value);
      if (!hosts) continue;
      text.append(seen->oper ? "*" : "").append(seen->away.empty() ? "=+" : "=-");
      text.append(shown_ident(seen->ident)).append("@user-").append(user.value);
    }
    const auto number = hosts ? numeric::rpl_userhost : numeric::rpl_ison;
    // An empty text is the table's, and there is none.
    line_writer line(by->lines.emplace_back());
    line.from(ground_.face->name).command(digits_of(number)).middle(nick()).text(text);
    one_done(by);
  });
}

}  // namespace greenroom::protocol::irc
