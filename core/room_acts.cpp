// A room's acts: each is judged when it is next, travels alone, and changes the roster once it is durable.
#include <algorithm>
#include <iterator>
#include <utility>

#include "core/check.hpp"
#include "core/message_refusal.hpp"
#include "core/permissions.hpp"
#include "core/room.hpp"

namespace greenroom::core {

room_effects room::perform(asker_id asker, perform_act request, instant now) {
  room_effects out;
  accept(request.by, {{}, asker.value, false}, std::move(request.what), out, request.as_admin);
  append_next(out, now);
  return out;
}

bool room::must_be_found(const pending& one) const {
  return is_for_users(one.entry.kind) && !roster_.knows(one.entry.subject);
}

room_effects room::user_found(const user_id& asked, const result<user_id>& found, instant now) {
  room_effects out;
  const auto about = [&](const pending& one) { return one.entry.subject == asked; };
  std::deque<pending> others;
  for (auto& one : std::exchange(unfound_, {})) {
    auto& queue = !about(one) ? others : waiting_;
    if (about(one) && !found) {
      refuse(one, found.why(), out);
      continue;
    }
    if (about(one)) {
      auto named = *one.act;
      named.subject = *found;
      one.act = std::make_shared<const act>(std::move(named));
      one.entry.subject = *found;
    }
    queue.push_back(std::move(one));
  }
  unfound_ = std::move(others);
  const auto find_again = [&](std::deque<pending>& queue) {
    for (auto& one : queue)
      if (!one.entry.client_id.empty()) by_id_[{folded(one.entry.author.value), one.entry.client_id}] = &one;
  };
  find_again(unfound_);
  find_again(waiting_);
  append_next(out, now);
  return out;
}

// Judges the act that is next. True: it is to be stored, and nothing else is in flight.
bool room::act_next(room_effects& out, instant now) {
  GREENROOM_CHECK(in_flight_.empty() && phase_ == phase::open);
  in_flight_.push_back(std::move(waiting_.front()));
  waiting_.pop_front();
  auto& next = in_flight_.back();
  roster_.forget_ended(now.wall);
  const bool here = next.entry.kind == entry_kind::remove && listens(next.entry.subject);
  auto verdict = roster_.judge(next.entry.kind, *next.act, next.entry.author, now.wall, here, next.as_admin);
  const bool beyond = next.entry.target > ring_.head();
  if (verdict.code == ec::none && (beyond || (is_on_message(next.entry.kind) && !next.entry.target)))
    verdict.code = ec::not_found;
  if (verdict.code != ec::none) {
    auto why = refusal_of_act(verdict.code, now.wall);
    const auto& barred = is_by_invite(next) ? next.entry.subject : next.entry.author;
    const bool explained = why.code == ec::banned || why.code == ec::muted;
    if (const auto* const because = roster_.sanction_of(barred, now.wall); because && explained)
      why.because = std::make_shared<const sanction>(*because);
    if (!next.entry.client_id.empty()) return look(std::move(why), out, now), true;
    refuse(next, why, out);
    in_flight_.clear();
    return false;
  }
  if (verdict.unchanged) {
    if (!next.entry.client_id.empty()) return look({ec::none, {}, 0}, out, now), true;
    settle_unchanged(out);
    return false;
  }
  last_at_ = std::max(last_at_, now.wall);
  effect_ = std::move(verdict.effect);
  number(next, out);
  out.effect = effect_;
  appended_at_ = now.mono;
  return true;
}

// Answers the act in flight: there is no entry, for nothing would change.
void room::settle_unchanged(room_effects& out) {
  GREENROOM_CHECK(in_flight_.size() == 1 && in_flight_.front().act);
  auto& one = in_flight_.front();
  forget_id(one.entry);
  one.for_each_ask([&](const ask& who) {
    if (who.conflicts) return refuse(who, {ec::conflict, {}, 0}, out);
    answer(who, one, {who.ticket, ec::none, {}, {}, false}, out);
  });
  in_flight_.clear();
}

void room::take_effect(const pending& done, bool was_member, room_effects& out, instant now) {
  const auto& entry = done.entry;
  out.act_address = done.act ? done.act->address : std::string{};
  // A role makes a member of somebody who wasn't one. Plain members of an open room only the database knows.
  if (entry.kind == entry_kind::role && roster_.role_of(entry.subject) == room_role::outsider && !was_member)
    out.news.push_back(news_of(entry, news_kind::added));
  roster_.apply(done.entry.kind, *effect_, done.entry.author, done.entry.text);
  follow(done.entry, roster_.number(), out, now);
  // Another owner was named.
  if (!effect_->owner_before.value.empty()) give_notice(entry, effect_->owner_before, out, now.wall);
}

// An act is in the log: what listeners, and those who come back, must no longer see or hear.
void room::follow(const room_entry& entry, roster_no number, room_effects& out, instant now) {
  if (entry.kind == entry_kind::erase) return ring_.erase(entry.target, entry.seq);
  if (entry.kind == entry_kind::add) out.news.push_back(news_of(entry, news_kind::added));
  give_notice(entry, entry.subject, out, now.wall);
  if (entry.kind != entry_kind::remove && entry.kind != entry_kind::ban) return;
  farewell how{departure::kicked, {}, {}};
  if (entry.author == entry.subject)
    how.how = departure::left;
  else if (entry.kind == entry_kind::ban)
    how = {departure::banned, entry.text, entry.author};
  drop_user(entry.subject, how, now);
  member_removed told{id_, entry.subject, number, ec::removed, {entry.subject, entry.author, entry.text, {}}};
  if (entry.author == entry.subject) told.reason = ec::left;
  if (entry.kind == entry_kind::ban) {
    told.reason = ec::banned;
    if (const auto* const ban = roster_.sanction_of(entry.subject, now.wall)) told.because.until = ban->until;
  }
  auto news = news_of(entry, news_kind::removed);
  news.reason = told.reason;
  news.text = entry.text;
  news.until = told.because.until;
  out.news.push_back(std::move(news));
  out.removed.push_back(std::move(told));
}

// Removals and bans are news of their own.
void room::give_notice(const room_entry& entry, const user_id& to, room_effects& out, wall_time now) const {
  const bool told = entry.kind == entry_kind::role || entry.kind == entry_kind::unban ||
                    entry.kind == entry_kind::mute || entry.kind == entry_kind::unmute;
  if (!told || to == entry.author) return;
  auto news = news_of(entry, news_kind::notice);
  news.user = to;
  news.what = entry.kind;
  news.text = entry.text;
  // A plain member of an open room isn't known as one.
  if (entry.kind == entry_kind::role) news.role = std::max(roster_.role_of(to), room_role::member);
  if (const auto* const mute = roster_.mute_of(to, now); mute != nullptr && entry.kind == entry_kind::mute)
    news.until = mute->until;
  out.news.push_back(std::move(news));
}

user_news room::news_of(const room_entry& entry, news_kind kind) const {
  return {.user = entry.subject, .kind = kind, .room = id_, .by = entry.author};
}

bool room::listens(const user_id& user) const {
  return std::any_of(listeners_.begin(), listeners_.end(), [&](const auto& one) { return one.second.user == user; });
}

// Says no more about the room than its author may know, or the person who comes by an invite.
error room::refusal_of_act(ec why, wall_time now) const {
  const auto& entry = in_flight_.front().entry;
  // Its maker is being deleted.
  if (why == ec::conflict && is_by_invite(in_flight_.front())) return {ec::gone, {}, 0};
  if (why != ec::bad_request && !roster_.admits(entry.author, now)) return {why, {}, 0};
  if (why == ec::not_found && entry.kind == entry_kind::remove)
    return {why, entry.subject.value + " isn't a member of this room, and isn't here.", 0};
  return refusal_of(entry.kind, bool{entry.target}, why);
}

void room::drop_user(const user_id& user, const farewell& why, instant now) {
  faces_.erase(user);
  std::erase_if(listeners_, [&](const auto& one) {
    if (one.second.user != user) return false;
    presence_.leave(user, now.mono, why, why.how == departure::banned);
    return true;
  });
}

}  // namespace greenroom::core
