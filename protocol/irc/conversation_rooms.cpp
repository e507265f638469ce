// A conversation's rooms: coming in and going, what is set in them, and by whom.
#include <algorithm>
#include <utility>

#include "core/direct.hpp"
#include "core/text.hpp"
#include "protocol/act.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/entry_lines.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::uint32_t members_asked = 500;
constexpr core::seconds invite_patience{10};

complaint about_join(const std::string& room, const core::error& why) {
  using enum core::ec;
  switch (why.bar) {
    case core::room_bar::key:
      return {numeric::err_badchannelkey, {}, {room}, {}};
    case core::room_bar::most:
      return {numeric::err_channelisfull, {}, {room}, {}};
    case core::room_bar::mask:
      return {numeric::err_bannedfromchan, {}, {room}, {}};
    case core::room_bar::none:
      break;
  }
  switch (why.code) {
    case banned:
      return {numeric::err_bannedfromchan, {}, {room}, {}};
    case forbidden:
    case not_found:
      return {numeric::err_inviteonlychan, {}, {room}, {}};
    case limit_reached:
      return {numeric::err_toomanychannels, {}, {room}, {}};
    case bad_name:
      return {numeric::err_nosuchchannel, {}, {room}, {}};
    default:
      return {numeric::err_unavailresource, {}, {room}, {}};
  }
}

// In an open room it ends that somebody is there, whatever else they are in it.
core::post kick_act(const core::user_id& user, const std::string& reason) {
  auto out = person_act(core::entry_kind::remove, user, reason);
  auto what = *out.act;
  what.out_only = true;
  out.act = std::make_shared<const core::act>(std::move(what));
  return out;
}

}  // namespace

// ---- JOIN ------------------------------------------------------------------------------------------------------

void conversation::run(join_command& what, const answer_ptr& by) {
  if (what.leave_all) {
    part_command all;
    for (const auto& [room, where] : rooms_)
      if (core::nature_of(room) == core::room_nature::room) all.rooms.emplace_back(core::room_id{where.name});
    return run(all, by);
  }
  joins_ = std::move(what.rooms);
  std::reverse(joins_.begin(), joins_.end());
  ++by->waits_for;
  join_next();
}

void conversation::join_next() {
  joining_.reset();
  while (!joins_.empty()) {
    const auto next = std::move(joins_.back());
    joins_.pop_back();
    if (const auto* wrong = std::get_if<complaint>(&next)) {
      to(task_).complain("JOIN", *wrong);
      continue;
    }
    const auto& [room, key] = std::get<join_command::one>(next);
    if (find(room) != nullptr) continue;  // bouncers join again
    const auto there = std::count_if(rooms_.begin(), rooms_.end(), [](const auto& one) {
      return core::nature_of(one.first) == core::room_nature::room;
    });
    if (static_cast<std::size_t>(there) >= ground_.face->rooms) {
      to(task_).numeric(numeric::err_toomanychannels, {channel_name(room.value)});
      continue;
    }
    rooms_[room].name = room.value;
    joining_ = room;
    return order(core::client_join{room, std::nullopt, std::nullopt, key, invited_.erase(room) > 0});
  }
  one_done(task_);
}

void conversation::cannot_join(const core::error& why) {
  // No connection is in more rooms than that, so more of them are none of its own.
  if (describe(why.code).retry && owed_.size() < ground_.face->rooms) owed_.insert(*joining_);
  to(task_).complain("JOIN", about_join(channel_name(joining_->value), why));
  rooms_.erase(*joining_);
  join_next();
}

talk_effects conversation::joined(const core::room_id& room, const core::room_joined& told, core::instant now) {
  begin(now);
  auto* const where = find(room);
  if (where == nullptr) return end();
  where->name = room.value;
  where->generation = told.generation;
  where->owner = told.face.owner;
  if (!joining_ || *joining_ != room) {
    greet_direct(room, told);
    return end();
  }
  ask(core::list_members{room, who_.user, {}, members_asked}, [this, room, told](const auto& got) {
    const auto* list = answer_as<core::member_list>(got);
    const auto members = list != nullptr ? list->members : std::vector<core::room_member>{};
    if (!has(capability::read_marker)) return greet(room, told, members, {});
    with_mark(room, [this, room, told, members](const auto& mark) {
      greet(room, told, members, mark ? *mark : core::mark_found{});
    });
  });
  return end();
}

void conversation::greet(const core::room_id& room, const core::room_joined& told,
                         const std::vector<core::room_member>& members, const core::mark_found& mark) {
  if (!task_ || find(room) == nullptr) return;
  const auto name = channel_name(room.value);
  line_writer own(task_->lines.emplace_back());
  own.from_user(nick()).command("JOIN").middle(name);
  if (has(capability::extended_join)) own.middle(nick()).text(who_.realname);
  speaker client = to(task_);
  if (has(capability::read_marker)) put_mark(name, mark.at, task_);
  put_topic(name, told.face.topic, told.face.topic_by, told.face.topic_at, task_);
  if (!has(capability::no_implicit_names)) {
    put_names(room, told.members.first, members, {.access = told.face.access, .modes = told.face.modes}, task_);
    client.numeric(numeric::rpl_endofnames, {name});
  }
  greeted(room, told);
}

// A room of two is just there. The words of its other person since it was seen last come with it.
void conversation::greet_direct(const core::room_id& room, const core::room_joined& told) {
  std::string frames;
  frame_writer out(frames, ground_.how);
  for (const auto& entry : told.missed) {
    const bool own = entry.author == who_.user;
    if (own && core::is_words(entry.kind) && !own_.elsewhere) continue;
    append_entry(entry, {room, told.generation, {}, own, false}, hearing_, out);
  }
  out_.emplace_back(talk_effect::open{room, std::move(frames), told.head + 1});
}

talk_effects conversation::opened(const core::room_id& room, core::instant now) {
  begin(now);
  if (auto* const where = find(room)) where->at = phase::in;
  entering_.erase(room);
  given_at_ = now.mono;
  direct_opened(room);
  if (!self_.away.empty()) tell_room_of_self(room, false);
  if (joining_ && *joining_ == room) join_next();
  return end();
}

// ---- PART ------------------------------------------------------------------------------------------------------

void conversation::run(part_command& what, const answer_ptr& by) {
  for (const auto& one : what.rooms)
    if (const auto* wrong = std::get_if<complaint>(&one))
      to(by).complain("PART", *wrong);
    else if (const auto& room = std::get<core::room_id>(one); inside(room) == nullptr)
      to(by).numeric(numeric::err_notonchannel, {channel_name(room.value)});
    else
      parts_.push_back(room);
  part_reason_ = std::move(what.reason);
  std::reverse(parts_.begin(), parts_.end());
  ++by->waits_for;
  part_next();
}

void conversation::part_next() {
  while (!parts_.empty()) {
    const auto room = parts_.back();
    parts_.pop_back();
    auto* const where = inside(room);
    if (where == nullptr) continue;
    where->at = phase::leaving;
    return order(core::client_leave{room});
  }
  if (task_) one_done(task_);
}

talk_effects conversation::left(const core::room_id& room, core::instant now) {
  begin(now);
  auto* const where = find(room);
  if (where == nullptr || where->at != phase::leaving) return end();
  line_writer line(task_->lines.emplace_back());
  line.from_user(nick()).command("PART").middle(channel_name(where->name));
  if (!part_reason_.empty()) line.text(part_reason_);
  rooms_.erase(room);
  part_next();
  return end();
}

// ---- what is set -----------------------------------------------------------------------------------------------

void conversation::run(topic_command& what, const answer_ptr& by) {
  if (!what.topic) return show_topic(what.room, by);
  if (inside(what.room) == nullptr) return not_there(what.room, by);
  if (!may_lead(what.room, by)) return;
  core::settings_change change;
  change.set(core::setting::topic);
  change.to.topic = *what.topic;
  act(what.room, settings_act(std::move(change)), {}, by);
}

// 403 where there is no such room, else 442.
void conversation::refuse_outsider(const core::room_id& room, core::ec why, const answer_ptr& by) {
  const bool missing = why == core::ec::not_found;
  to(by).numeric(missing ? numeric::err_nosuchchannel : numeric::err_notonchannel, {channel_name(room.value)});
}

void conversation::not_there(const core::room_id& room, const answer_ptr& by) {
  ++by->waits_for;
  ask(core::enter_room{room, who_.user, false}, [this, room, by](const auto& got) {
    refuse_outsider(room, got.code(), by);
    one_done(by);
  });
}

// An owner who has laid the operator down is refused, here, what only operators do.
bool conversation::may_lead(const core::room_id& room, const answer_ptr& by) {
  const auto* const where = find(room);
  if (where == nullptr || !where->humble) return true;
  to(by).numeric(numeric::err_chanoprivsneeded, {channel_name(room.value)});
  return false;
}

void conversation::show_topic(const core::room_id& room, const answer_ptr& by) {
  ++by->waits_for;
  ask(core::enter_room{room, who_.user, false}, [this, room, by](const auto& got) {
    const auto* there = answer_as<core::room_entered>(got);
    if (there == nullptr)
      refuse_outsider(room, got.code(), by);
    else if (const auto& set = there->info.settings; set.topic.empty())
      to(by).numeric(numeric::rpl_notopic, {channel_name(room.value)});
    else
      put_topic(channel_name(room.value), set.topic, set.topic_by, set.topic_at, by);
    one_done(by);
  });
}

void conversation::put_topic(const std::string& name, const core::shared_text& topic, const core::user_id& whose,
                             core::wall_time at, const answer_ptr& by) {
  if (topic.empty()) return;
  to(by).numeric(numeric::rpl_topic, {name}, topic);
  if (whose.value.empty()) return;
  to(by).numeric(numeric::rpl_topicwhotime, {name, whose.value, unix_seconds(at)});
}

void conversation::run(kick_command& what, const answer_ptr& by) {
  for (const auto& one : what.users) {
    if (const auto* wrong = std::get_if<complaint>(&one)) {
      to(by).complain("KICK", *wrong);
      continue;
    }
    const auto& [room, user] = std::get<kick_command::one>(one);
    if (inside(room) == nullptr)
      not_there(room, by);
    else if (may_lead(room, by))
      act(room, kick_act(user, what.reason.empty() ? nick() : what.reason), user.value, by);
  }
}

// ---- INVITE ----------------------------------------------------------------------------------------------------

void conversation::run(invite_command& what, const answer_ptr& by) {
  if (!what.user) {
    std::erase_if(invited_, [&](const auto& one) { return one.second <= now_.mono; });
    for (const auto& [room, until] : invited_) to(by).numeric(numeric::rpl_invitelist, {channel_name(room.value)});
    return to(by).numeric(numeric::rpl_endofinvitelist);
  }
  if (inside(what.room) == nullptr) return not_there(what.room, by);
  ++by->waits_for;
  ask(core::find_users{{*what.user}}, [this, room = what.room, user = *what.user, by](const auto& got) {
    if (const auto* found = user_in(got))
      ask_in(room, *found, by);
    else
      to(by).numeric(numeric::err_nosuchnick, {user.value});
    one_done(by);
  });
}

// Into an open room a person is asked; of any other they become a member.
void conversation::ask_in(const core::room_id& room, const core::user_id& user, const answer_ptr& by) {
  ++by->waits_for;
  ask(core::enter_room{room, who_.user, false}, [this, room, user, by](const auto& got) {
    const auto* there = answer_as<core::room_entered>(got);
    if (there != nullptr && there->info.is_open())
      ask_in_until(now_.mono + invite_patience, room, user, by);
    else if (may_lead(room, by))
      act(room, person_act(core::entry_kind::add, user), user.value, by);
    one_done(by);
  });
}

// A room that moves is asked again.
void conversation::ask_in_until(core::mono_time deadline, const core::room_id& room, const core::user_id& user,
                                const answer_ptr& by) {
  ++by->waits_for;
  ask(core::invite_person{room, who_.user, user}, [this, deadline, room, user, by](const auto& got) {
    const auto code = got.code();
    if (!got && core::describe(code).retry && now_.mono < deadline) {
      again_.emplace_back([this, deadline, room, user, by] {
        ask_in_until(deadline, room, user, by);
        one_done(by);
      });
      return;
    }
    if (got)
      to(by).numeric(numeric::rpl_inviting, {user.value, channel_name(room.value)});
    else if (code == core::ec::conflict)
      to(by).numeric(numeric::err_useronchannel, {user.value, channel_name(room.value)});
    else if (code == core::ec::not_joined)
      to(by).numeric(numeric::err_notonchannel, {channel_name(room.value)});
    else
      to(by).numeric(numeric::err_chanoprivsneeded, {channel_name(room.value)}, got.why().text());
    one_done(by);
  });
}

}  // namespace greenroom::protocol::irc
