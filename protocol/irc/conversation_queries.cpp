// A conversation's questions: who is where, which rooms there are.
#include <algorithm>
#include <set>
#include <utility>

#include "core/direct.hpp"
#include "core/masks.hpp"
#include "core/modes.hpp"
#include "core/text.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::uint32_t members_of_page = 500, rooms_of_page = 200;

bool leads(const core::user_id& user, const std::vector<core::room_member>& members) {
  return std::any_of(members.begin(), members.end(), [&](const core::room_member& one) {
    return one.user == user && one.role >= core::room_role::moderator;
  });
}

// Whether a room is one of those that LIST asked for. How many people are in it isn't known: it isn't asked for.
bool is_wanted(const core::room_info& room, const list_command& what, core::wall_time now) {
  using of = list_condition::of;
  const auto minutes_since = [&](core::wall_time then) {
    return std::chrono::duration_cast<std::chrono::minutes>(now - then).count();
  };
  const auto age = minutes_since(room.created), topic_age = minutes_since(room.settings.topic_at);
  const bool has_topic = room.settings.topic_at != core::wall_time{};
  return std::all_of(what.conditions.begin(), what.conditions.end(), [&](const list_condition& one) {
    switch (one.what) {
      case of::mask:
        return core::mask_matches(one.mask, channel_name(room.room.value));
      case of::no_mask:
        return !core::mask_matches(one.mask, channel_name(room.room.value));
      case of::older:
        return age > static_cast<std::int64_t>(one.number);
      case of::newer:
        return age < static_cast<std::int64_t>(one.number);
      case of::topic_older:
        return has_topic && topic_age > static_cast<std::int64_t>(one.number);
      case of::topic_newer:
        return has_topic && topic_age < static_cast<std::int64_t>(one.number);
      default:
        return true;
    }
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

void conversation::names_of(const core::room_id& room, const answer_ptr& by, std::function<void()> after) {
  ++by->waits_for;
  ask(names_here{room}, [this, room, by, after = std::move(after)](const auto& here) {
    const auto* people = answer_as<core::room_members>(here);
    auto users = people != nullptr ? people->first : std::vector<core::user_id>{};
    ask(core::list_members{room, who_.user, {}, members_of_page},
        [this, room, by, users = std::move(users), after](const auto& got) {
          const auto* list = answer_as<core::member_list>(got);
          auto members = list != nullptr ? list->members : std::vector<core::room_member>{};
          ask(core::enter_room{room, who_.user, false},
              [this, room, by, users, members = std::move(members), after](const auto& entered) {
                const auto* there = answer_as<core::room_entered>(entered);
                put_names(room, users, members, there != nullptr ? there->info.settings : core::room_settings{}, by);
                if (after) after();
                one_done(by);
              });
        });
  });
}

void conversation::put_names(const core::room_id& room, const std::vector<core::user_id>& here,
                             const std::vector<core::room_member>& members, const core::room_settings& set,
                             const answer_ptr& by) {
  const auto* const where = find(room);
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
    std::string one;
    const bool humble = where != nullptr && where->humble && user == who_.user;
    const bool leader = !humble && (leads(user, members) || (where != nullptr && where->owner == user));
    const bool voiced = core::has_voice(set.modes, user);
    if (leader) one += '@';
    if (voiced && (!leader || has(capability::multi_prefix))) one += '+';
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
  ask(names_here{room}, [this, room, what, by, finish](const auto& here) {
    const auto* people = answer_as<core::room_members>(here);
    auto users = people != nullptr ? people->first : std::vector<core::user_id>{};
    if (std::find(users.begin(), users.end(), who_.user) == users.end()) users.push_back(who_.user);
    if (users.size() > core::max_asked_users) users.resize(core::max_asked_users);
    ask(core::list_members{room, who_.user, {}, members_of_page},
        [this, room, what, by, finish, users = std::move(users)](const auto& got) {
          const auto* list = answer_as<core::member_list>(got);
          auto members = list != nullptr ? list->members : std::vector<core::room_member>{};
          ask(core::who_is{users}, [this, room, what, by, finish, users, members](const auto& looked) {
            const auto* known = answer_as<core::who_are>(looked);
            const auto* const where = find(room);
            for (const auto& user : users) {
              const bool leader = leads(user, members) || (where != nullptr && where->owner == user);
              const auto* seen = known != nullptr ? state_of(user, *known) : nullptr;
              const auto name = where != nullptr ? channel_name(where->name) : channel_name(room.value);
              put_who(user, seen != nullptr ? *seen : core::user_state{}, name, leader ? "@" : "", *what, by);
            }
            finish();
          });
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

// `sign`: of the room, where it is asked for.
void conversation::put_who(const core::user_id& user, const core::user_state& seen, std::string_view room,
                           std::string_view sign, const who_command& what, const answer_ptr& by) {
  const auto host = "user-" + user.value;
  const auto ident = shown_ident(seen.ident);
  const std::string realname{seen.realname.empty() ? std::string_view{user.value} : seen.realname.view()};
  std::string flags = seen.away.empty() ? "H" : "G";
  if (seen.oper) flags += '*';
  flags += sign;
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
        fields.emplace_back(sign == "@" ? "@" : "n/a");
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
  client.numeric(numeric::rpl_whoisuser, {name, ident, "user-" + name, "*"}, realname.empty() ? name : realname);
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

// ---- LIST ------------------------------------------------------------------------------------------------------

void conversation::run(list_command& what, const answer_ptr& by) {
  ++by->waits_for;
  list_page(std::make_shared<list_command>(std::move(what)), {}, rooms_inside(), by);
}

void conversation::put_listed(const core::room_info& room, const list_command& what, const answer_ptr& by) {
  const auto asked = [&](const auto& one) {
    const auto* name = std::get_if<core::room_id>(&one);
    return name != nullptr && *name == room.room;
  };
  const bool chosen = what.rooms.empty() || std::any_of(what.rooms.begin(), what.rooms.end(), asked);
  // A room that came with the server, and that nobody has used, isn't worth a line.
  const bool unused = room.owner.value.empty() && !room.head && !room.is_seen_only();
  if (!chosen || unused || core::nature_of(room.room) != core::room_nature::room || !is_wanted(room, what, now_.wall))
    return;
  to(by).numeric(numeric::rpl_list, {channel_name(room.room.value), inside(room.room) != nullptr ? "1" : "0"},
                 room.settings.topic.empty() ? std::string_view{" "} : room.settings.topic.view());
}

// `joined`: rooms where the connection is, which weren't listed yet.
void conversation::list_page(std::shared_ptr<list_command> what, core::room_id after, std::vector<core::room_id> joined,
                             const answer_ptr& by) {
  ask(core::list_rooms{who_.user, std::move(after), rooms_of_page},
      [this, what, by, joined = std::move(joined)](const auto& got) mutable {
        const auto* page = answer_as<core::room_list>(got);
        if (page == nullptr) to(by).numeric(numeric::err_unknownerror, {"LIST"}, got.why().text());
        if (page != nullptr)
          for (const auto& room : page->rooms) {
            std::erase(joined, room.room);
            put_listed(room, *what, by);
          }
        if (page == nullptr || !page->more || page->rooms.empty()) return list_joined(what, std::move(joined), by);
        say_so_far(by);
        list_page(what, page->rooms.back().room, std::move(joined), by);
      });
}

// A room that isn't listed is known to those who are in it.
void conversation::list_joined(std::shared_ptr<list_command> what, std::vector<core::room_id> rooms,
                               const answer_ptr& by) {
  if (rooms.empty()) {
    to(by).numeric(numeric::rpl_listend);
    return one_done(by);
  }
  const auto room = rooms.back();
  rooms.pop_back();
  ask(core::enter_room{room, who_.user, false}, [this, what, by, rooms = std::move(rooms)](const auto& got) mutable {
    if (const auto* there = answer_as<core::room_entered>(got)) put_listed(there->info, *what, by);
    list_joined(what, std::move(rooms), by);
  });
}

}  // namespace greenroom::protocol::irc
