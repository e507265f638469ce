// A room's posts: put in order, stored exactly once, told to everybody.
#include "core/room.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/message_refusal.hpp"

namespace greenroom::core {
namespace {

// Authors that are remembered where posts are slowed down, before those are forgotten who may write again.
constexpr std::size_t slowed_authors = 1024;

bool same_post(const room_entry& first, const act* done, const post& wanted) {
  if (first.kind != wanted.kind || first.text != wanted.text) return false;
  if (done == nullptr || wanted.act == nullptr)
    return done == wanted.act.get() && first.target == wanted.target && first.extra == wanted.extra;
  return done->target == wanted.act->target && done->subject == wanted.act->subject &&
         done->extra == wanted.act->extra && done->invite == wanted.act->invite;
}

}  // namespace

room::room(room_opened opened, room_limits limits)
    : id_(std::move(opened.room)),
      key_(opened.key),
      epoch_(opened.epoch),
      generation_(opened.generation),
      limits_(limits),
      append_limit_(limits.append),
      ring_(limits.ring, opened.head - opened.tail.size()),
      roster_(opened, limits.roster, nature_of(id_)),
      presence_(limits.who),
      gathering_(limits.gather) {
  for (auto& entry : opened.tail) {
    last_at_ = std::max(last_at_, entry.at);
    ring_.push(std::move(entry));
  }
}

room_effects room::post(post_batch batch, instant now) {
  room_effects out;
  for (auto& one : batch.posts) {
    const ask whose{batch.from, one.ticket, false};
    if (one.passing)
      pass(batch.author, whose, std::move(one), out, now);
    else
      accept(batch.author, whose, std::move(one), out);
  }
  append_next(out, now);
  return out;
}

void room::accept(const user_id& author, ask whose, core::post one, room_effects& out, bool as_admin) {
  GREENROOM_CHECK(is_words(one.kind) == (one.act == nullptr));
  if (stop_ != ec::none) return refuse(whose, {stop_, {}, 0}, out);
  if (phase_ == phase::closed) reopen(out);
  id_key key;
  if (!one.client_id.empty()) {
    key = {folded(author.value), one.client_id};
    if (join_pending(key, whose, one)) return;
  }
  if (pending_posts() + in_flight_.size() >= limits_.pending) return refuse(whose, {ec::overloaded, {}, 0}, out);
  pending made{.entry = {.author = author,
                         .client_id = std::move(one.client_id),
                         .text = std::move(one.text),
                         .poster = whose.from,
                         .kind = one.kind,
                         .target = one.target,
                         .extra = std::move(one.extra)},
               .first = whose,
               .others = {},
               .act = std::move(one.act),
               .as_admin = as_admin};
  if (made.act) {
    made.entry.target = made.act->target;
    made.entry.subject = made.act->subject;
    made.entry.extra = made.act->extra;
  }
  const bool unfound = made.act && must_be_found(made);
  if (unfound) out.find_users.push_back(made.entry.subject);
  auto& queue = unfound ? unfound_ : waiting_;
  queue.push_back(std::move(made));
  if (!key.second.empty()) by_id_.emplace(std::move(key), &queue.back());
}

// A pending id is never stored twice: a repeated post waits for the outcome of the first one.
bool room::join_pending(const id_key& key, ask who, const core::post& wanted) {
  const auto first = by_id_.find(key);
  if (first == by_id_.end()) return false;
  who.conflicts = !same_post(first->second->entry, first->second->act.get(), wanted);
  first->second->others.push_back(who);
  return true;
}

// Begins the next append, unless the room stops, or must know its roster first.
void room::go_on(room_effects& out, instant now) {
  stop_if_idle(out);
  if (stale_ && stop_ == ec::none && in_flight_.empty() && phase_ != phase::reopening) reopen(out);
  append_next(out, now);
}

void room::append_next(room_effects& out, instant now) {
  while (phase_ == phase::open && !stale_ && in_flight_.empty() && !waiting_.empty()) {
    if (waiting_.front().act) {
      if (act_next(out, now)) return;
      continue;
    }
    if (gathering_.holds(waiting_.size(), now.mono)) return;
    number_words(out, now);
  }
}

// Numbers as many posts as fit, up to the next act; none of somebody who may not write now.
void room::number_words(room_effects& out, instant now) {
  last_at_ = std::max(last_at_, now.wall);
  GREENROOM_CHECK(phase_ == phase::open && in_flight_.empty());
  out.append.reserve(std::min(waiting_.size(), append_limit_));
  while (!waiting_.empty() && !waiting_.front().act && in_flight_.size() < append_limit_) {
    const auto& next = waiting_.front().entry;
    const auto refusal = judge_words(next, now);
    const bool may_be_stored = refusal && !next.client_id.empty();
    // Of a message that is here no more, only the database knows whether it can be answered.
    const bool answers_old = !refusal && next.target && ring_.find(next.target) == nullptr;
    if ((may_be_stored || answers_old) && !in_flight_.empty()) break;  // that travels alone
    in_flight_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (may_be_stored) return look(*refusal, out, now);
    if (refusal) {
      refuse(in_flight_.back(), *refusal, out);
      in_flight_.pop_back();
      continue;
    }
    number(in_flight_.back(), out);
    if (!answers_old) continue;
    effect_ = std::make_shared<const act_effect>(act_effect{.what = {.target = in_flight_.back().entry.target}});
    out.effect = effect_;
    break;
  }
  appended_at_ = now.mono;
}

// The one in flight is refused, or would change nothing (`none`). Yet it may be a repetition, and its first one may
// have been stored: before its author was banned, or as the change itself. Then that is the answer.
void room::look(error refusal, room_effects& out, instant now) {
  GREENROOM_CHECK(in_flight_.size() == 1 && !in_flight_.front().entry.client_id.empty());
  foregone_ = std::move(refusal);
  number(in_flight_.front(), out);
  out.look_only = true;
  appended_at_ = now.mono;
}

void room::settle_looked(const append_result& answer, room_effects& out) {
  const auto foregone = *std::exchange(foregone_, std::nullopt);
  if (answer.what == append_result::kind::repeated) return settle_repeated(answer, out);
  if (answer.what != append_result::kind::unchanged)
    refuse_all(in_flight_, ec::unavailable, out);
  else if (foregone.code == ec::none)
    settle_unchanged(out);
  else
    refuse(in_flight_.front(), foregone, out);
  in_flight_.clear();
}

// The post is the last in flight.
void room::number(pending& one, room_effects& out) {
  one.entry.seq = ring_.head() + in_flight_.size();
  one.entry.at = last_at_;
  if (!one.entry.client_id.empty()) by_id_[{folded(one.entry.author.value), one.entry.client_id}] = &one;
  out.append.push_back(one.entry);
  out.epoch = epoch_;
}

std::optional<error> room::judge_words(const room_entry& next, instant now) {
  const auto& author = next.author;
  if (const auto why = roster_.may_write(author, now.wall); why != ec::none) {
    const bool explained = why == ec::banned || why == ec::muted;
    const auto* const because = explained ? roster_.sanction_of(author, now.wall) : nullptr;
    return error{why, {}, 0, because == nullptr ? nullptr : std::make_shared<const sanction>(*because)};
  }
  if (const auto left = slow_seconds_left(author, now.mono); left > 0)
    return error{ec::rate_limited, "This room is slow: everybody waits between two messages.", left};
  if (const auto why = judge_answer(next.target); why != ec::none) return refusal_of(next.kind, true, why);
  return std::nullopt;
}

// As far as it is known here: an older message may have been erased.
ec room::judge_answer(seq_no target) const {
  if (!target) return ec::none;
  if (target > ring_.head()) return ec::not_found;
  const auto* const message = ring_.find(target);
  if (message == nullptr || is_words(message->kind)) return ec::none;
  return message->kind == entry_kind::erased ? ec::gone : ec::not_found;
}

// 0: they may write. Posts in flight count as written now, but only stored ones are remembered.
unsigned room::slow_seconds_left(const user_id& author, mono_time now) {
  const std::chrono::seconds pause{roster_.settings().slow_s};
  if (pause.count() == 0 || roster_.role_of(author) >= room_role::moderator) return 0;
  const auto theirs = [&](const pending& one) { return one.entry.author == author; };
  if (std::any_of(in_flight_.begin(), in_flight_.end(), theirs)) return roster_.settings().slow_s;
  const auto last = last_posts_.find(author);
  if (last == last_posts_.end() || last->second + pause <= now) return 0;
  return static_cast<unsigned>(std::chrono::ceil<std::chrono::seconds>(last->second + pause - now).count());
}

void room::remember_posts() {
  const std::chrono::seconds pause{roster_.settings().slow_s};
  if (pause.count() == 0) return last_posts_.clear();
  if (last_posts_.size() >= slowed_authors)
    std::erase_if(last_posts_, [&](const auto& one) { return one.second + pause <= appended_at_; });
  for (const auto& done : in_flight_) last_posts_.insert_or_assign(done.entry.author, appended_at_);
}

room_effects room::appended(const append_result& answer, instant now) {
  room_effects out;
  if (foregone_)
    settle_looked(answer, out);
  else
    settle(answer, out, now);
  effect_.reset();
  GREENROOM_CHECK(in_flight_.empty() && by_id_.size() <= pending_posts());
  append_limit_ = cautious_ > 0 ? 1 : limits_.append;
  if (cautious_ > 0) --cautious_;
  if (roster_.must_be_read()) stale_ = true;
  go_on(out, now);
  return out;
}

void room::settle(const append_result& answer, room_effects& out, instant now) {
  switch (answer.what) {
    case append_result::kind::stored:
      confirmed_ = std::max(confirmed_.value_or(appended_at_), appended_at_);
      gathering_.begin(in_flight_.size() + waiting_.size(), listeners_.size(), limits_.append, now.mono);
      if (is_words(in_flight_.front().entry.kind) && (roster_.settings().slow_s > 0 || !last_posts_.empty()))
        remember_posts();
      publish_in_flight(answer, out, now);
      break;
    case append_result::kind::repeated:
      settle_repeated(answer, out);
      requeue_in_flight();
      break;
    case append_result::kind::unchanged:
      settle_unchanged(out);
      break;
    case append_result::kind::fenced:
      if (stop_ == ec::none) stop_ = ec::fenced;
      refuse_all(in_flight_, stop_, out);
      break;
    case append_result::kind::refused:
      if (in_flight_.size() > 1) {  // find the bad row: one by one
        cautious_ = in_flight_.size();
        requeue_in_flight();
      } else if (!in_flight_.empty()) {
        refuse(in_flight_.front(), effect_ ? refusal_of_act(answer.why, now.wall) : error{}, out);
        in_flight_.clear();
      }
      break;
    case append_result::kind::unavailable:
      refuse_all(in_flight_, ec::unavailable, out);
      refuse_waiting(ec::unavailable, out);
      break;
    case append_result::kind::unknown:
      refuse_all(in_flight_, ec::unknown_outcome, out);
      if (stop_ == ec::none) reopen(out);
      break;
  }
}

void room::publish_in_flight(const append_result& given, room_effects& out, instant now) {
  out.publish.reserve(in_flight_.size());
  out.answers.reserve(in_flight_.size());
  for (auto& done : in_flight_) {
    forget_id(done.entry);
    const auto& [seq, at] = std::pair{done.entry.seq, done.entry.at};
    answer(done.first, done, {done.first.ticket, ec::none, seq, at, false}, out);
    for (const auto& who : done.others) {
      if (who.conflicts)
        refuse(who, {ec::conflict, {}, 0}, out);
      else
        answer(who, done, {who.ticket, ec::none, seq, at, true}, out);
    }
    if (effect_) take_effect(done, given.was_member, out, now);
    publish(std::move(done.entry), out);
  }
  in_flight_.clear();
  tell_people(out);
}

std::optional<note_read> room::marked(note_read mark) const {
  const auto& settings = roster_.settings();
  const std::size_t people = knows_members(settings) ? roster_.members().size() : presence_.count();
  const bool small = people <= max_receipts_people;
  if (settings.receipts == room_receipts::off || (settings.receipts == room_receipts::by_size && !small)) return {};
  mark.seq = std::min(mark.seq, ring_.head());
  return mark;
}

// Nobody has to be in a direct room, or in a group, to hear that there is more. Those are few people.
void room::tell_people(room_effects& out) const {
  if (nature_of(id_) == room_nature::room) return;
  for (const auto& who : roster_.members())
    out.news.push_back({.user = who, .kind = news_kind::head, .room = id_, .seq = ring_.head()});
}

void room::publish(room_entry&& entry, room_effects& out) {
  GREENROOM_CHECK(entry.seq == ring_.head() + 1);
  if (presence_.holds_back())
    if (auto arrival = presence_.announce(entry.author)) out.arrived.push_back(*std::move(arrival));
  out.publish.push_back(entry);
  ring_.push(std::move(entry));
}

void room::settle_repeated(const append_result& answer, room_effects& out) {
  for (const auto& known : answer.repeated) {
    if (known.index >= in_flight_.size()) continue;
    auto& first = in_flight_[known.index];
    if (first.settled) continue;
    first.for_each_ask([&](const ask& who) {
      // A post that differs from the pending one may match the stored one: only a new attempt can tell.
      if (who.conflicts) return refuse(who, {ec::unavailable, {}, 0}, out);
      if (!known.same) return refuse(who, {ec::conflict, {}, 0}, out);
      this->answer(who, first, {who.ticket, ec::none, known.seq, known.at, true}, out);
    });
    forget_id(first.entry);
    first.settled = true;
  }
  std::erase_if(in_flight_, [](const pending& one) { return one.settled; });
}

void room::requeue_in_flight() {
  while (!in_flight_.empty()) {
    waiting_.push_front(std::move(in_flight_.back()));
    in_flight_.pop_back();
    auto& moved = waiting_.front();
    if (!moved.entry.client_id.empty()) by_id_[{folded(moved.entry.author.value), moved.entry.client_id}] = &moved;
  }
}

void room::answer(const ask& whom, const pending& of, const post_answer& what, room_effects& out) const {
  if (whom.from) {
    out.answers.emplace_back(whom.from, what);
    return;
  }
  act_performed done{of.entry, generation_, what.duplicate};
  done.entry.seq = what.seq;
  done.entry.at = what.at;
  done.entry.poster = {};
  out.performed.emplace_back(asker_id{whom.ticket}, std::move(done));
}

void room::refuse(const ask& whom, const error& why, room_effects& out) {
  if (!whom.from) {
    out.performed.emplace_back(asker_id{whom.ticket}, why);
    return;
  }
  out.answers.emplace_back(whom.from, post_answer{whom.ticket, why.code, {}, {}, false});
  if (why.because || why.retry_after > 0)
    out.refusals.emplace_back(
        whom.from, refusal{whom.ticket, why.because ? *why.because : sanction{}, std::uint32_t{why.retry_after}});
}

void room::refuse(pending& which, const error& why, room_effects& out) {
  forget_id(which.entry);
  which.for_each_ask([&](const ask& who) { refuse(who, why, out); });
}

void room::refuse_all(std::deque<pending>& which, ec why, room_effects& out) {
  for (auto& one : which) refuse(one, {why, {}, 0}, out);
  which.clear();
}

void room::refuse_waiting(ec why, room_effects& out) {
  refuse_all(waiting_, why, out);
  refuse_all(unfound_, why, out);
}

void room::forget_id(const room_entry& entry) {
  if (!entry.client_id.empty()) by_id_.erase({folded(entry.author.value), entry.client_id});
}

void room::reopen(room_effects& out) {
  out.reopen = true;
  phase_ = phase::reopening;
}

room_effects room::reopened(result<room_opened> answer, instant now) {
  room_effects out;
  if (phase_ != phase::reopening) return out;
  if (!answer) {
    const bool lost = answer.code() == ec::fenced || answer.code() == ec::not_found;
    if (lost) stop_ = answer.code() == ec::fenced ? ec::fenced : ec::gone;
    refuse_waiting(lost ? stop_ : ec::unavailable, out);
    turn_away(lost ? stop_ : ec::unavailable, out);
    phase_ = phase::closed;
    stale_ = true;  // the next comparison tries again, though no one joins
    stop_if_idle(out);
    return out;
  }
  phase_ = phase::open;
  epoch_ = answer->epoch;
  if (answer->generation != generation_) {  // deleted and created again meanwhile
    stop_ = ec::gone;
    refuse_waiting(ec::gone, out);
  } else if (answer->head < ring_.head()) {
    // The database was restored from a copy: entries published beyond its head are gone. The relays come back to a
    // room that is opened from the remaining log.
    stop_ = ec::fenced;
    refuse_waiting(ec::fenced, out);
  } else {
    take_roster(*answer, out, now);
    empty_as_in(answer->tail, out);
    let_in(out, now);
    for (auto& entry : answer->tail) {
      if (entry.seq != ring_.head() + 1) continue;
      last_at_ = std::max(last_at_, entry.at);
      // Relays compare their rosters: others may have been removed elsewhere meanwhile, of whom no entry tells.
      follow(entry, {}, out, now);
      publish(std::move(entry), out);
    }
    if (!out.publish.empty()) tell_people(out);
  }
  go_on(out, now);
  return out;
}

room_effects room::erase_author(const author_erased& which) {
  room_effects out;
  auto passed = ring_.pass_on(which.user, {"deleted"}, which.erase);
  if (passed.any) out.authors_left.push_back({which.user, which.erase, std::move(passed.emptied)});
  return out;
}

// A deletion may have emptied them while this room heard nothing of it.
void room::empty_as_in(const std::vector<room_entry>& tail, room_effects& out) {
  for (auto& [author, seq] : ring_.empty_as_in(tail)) {
    auto& left = out.authors_left;
    auto of =
        std::find_if(left.begin(), left.end(), [&, who = &author](const auto& one) { return one.author == *who; });
    if (of == left.end()) of = left.insert(of, author_left{std::move(author), true, {}});
    of->seqs.push_back(seq);
  }
}

room_effects room::tick(instant now) {
  room_effects out;
  append_next(out, now);
  out.presence = presence_.take(now.mono);
  return out;
}

room_effects room::retire(ec why) {
  room_effects out;
  if (stop_ == ec::none || why == ec::gone) stop_ = why;
  refuse_waiting(stop_, out);
  stop_if_idle(out);
  return out;
}

// An append in flight is still answered: its authors must not be left in doubt.
void room::stop_if_idle(room_effects& out) {
  if (stop_ == ec::none || !in_flight_.empty() || phase_ == phase::stopped) return;
  refuse_waiting(stop_, out);
  turn_away(stop_, out);
  GREENROOM_CHECK(by_id_.empty() && unsure_.empty());
  phase_ = phase::stopped;
  out.stop = stop_;
}

}  // namespace greenroom::core
