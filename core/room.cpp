#include "core/room.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/page.hpp"

namespace greenroom::core {

room::room(room_opened opened, room_limits limits)
    : id_(std::move(opened.room)),
      key_(opened.key),
      epoch_(opened.epoch),
      generation_(opened.generation),
      limits_(limits),
      append_limit_(limits.append),
      ring_(limits.ring, opened.head - opened.tail.size()),
      roster_(opened),
      presence_(limits.who),
      gathering_(limits.gather) {
  for (auto& entry : opened.tail) {
    last_at_ = std::max(last_at_, entry.at);
    ring_.push(std::move(entry));
  }
}

room_effects room::post(post_batch batch, instant now) {
  room_effects out;
  for (auto& one : batch.posts) accept(batch.author, batch.from, std::move(one), out);
  append_next(out, now);
  return out;
}

void room::accept(const user_id& author, connection_id from, core::post one, room_effects& out) {
  const auto refused = [&](ec why) { out.answers.emplace_back(from, post_answer{one.ticket, why, {}, {}, false}); };
  if (stop_ != ec::none) return refused(stop_);
  if (phase_ == phase::closed) reopen(out);
  id_key key;
  if (!one.client_id.empty()) {
    key = {folded(author.value), one.client_id};
    if (join_pending(key, {from, one.ticket, false}, one.text)) return;
  }
  if (waiting_.size() + in_flight_.size() >= limits_.pending) return refused(ec::overloaded);
  waiting_.push_back(
      {.entry = {.author = author, .client_id = std::move(one.client_id), .text = std::move(one.text), .poster = from},
       .first = {from, one.ticket, false},
       .others = {}});
  if (!key.second.empty()) by_id_.emplace(std::move(key), &waiting_.back());
}

// A pending id is never stored twice: a repeated post waits for the outcome of the first one.
bool room::join_pending(const id_key& key, const ask& who, const shared_text& wanted) {
  const auto first = by_id_.find(key);
  if (first == by_id_.end()) return false;
  first->second->others.push_back({who.from, who.ticket, first->second->entry.text != wanted});
  return true;
}

// Begins the next append or change, unless the room stops, or must know its members first.
void room::go_on(room_effects& out, instant now) {
  stop_if_idle(out);
  if (stale_ && stop_ == ec::none && in_flight_.empty() && phase_ != phase::reopening) reopen(out);
  append_next(out, now);
}

void room::append_next(room_effects& out, instant now) {
  while (phase_ == phase::open && !stale_ && in_flight_.empty() && !waiting_.empty()) {
    if (waiting_.front().act) {
      if (change_next(out)) return;
      continue;
    }
    if (gathering_.holds(waiting_.size(), now.mono)) return;
    number_posts(out, now);
  }
}

// Numbers as many posts as fit; none of a former member.
void room::number_posts(room_effects& out, instant now) {
  last_at_ = std::max(last_at_, now.wall);
  GREENROOM_CHECK(phase_ == phase::open && in_flight_.empty());
  seq_no next = ring_.head();
  out.append.reserve(std::min(waiting_.size(), append_limit_));
  while (!waiting_.empty() && !waiting_.front().act && in_flight_.size() < append_limit_) {
    in_flight_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    auto& moved = in_flight_.back();
    if (!roster_.admits(moved.entry.author)) {
      refuse(moved, ec::not_found, out);
      in_flight_.pop_back();
      continue;
    }
    moved.entry.seq = ++next;
    moved.entry.at = last_at_;
    if (!moved.entry.client_id.empty()) by_id_[{folded(moved.entry.author.value), moved.entry.client_id}] = &moved;
    out.append.push_back(moved.entry);
  }
  out.epoch = epoch_;
  appended_at_ = now.mono;
}

room_effects room::appended(const append_result& answer, instant now) {
  room_effects out;
  GREENROOM_CHECK(in_flight_.empty() || !in_flight_.front().act);
  switch (answer.what) {
    case append_result::kind::stored:
      confirmed_ = std::max(confirmed_.value_or(appended_at_), appended_at_);
      gathering_.begin(in_flight_.size() + waiting_.size(), listeners_.size(), limits_.append, now.mono);
      publish_in_flight(out);
      break;
    case append_result::kind::repeated:
      settle_repeated(answer, out);
      requeue_in_flight();
      break;
    case append_result::kind::fenced:
      if (stop_ == ec::none) stop_ = ec::fenced;
      refuse_all(in_flight_, stop_, out);
      break;
    case append_result::kind::refused:
      if (in_flight_.size() > 1) {  // find the bad row: one by one
        cautious_ = in_flight_.size();
        requeue_in_flight();
      } else {
        refuse_all(in_flight_, ec::internal, out);
      }
      break;
    case append_result::kind::unavailable:
      refuse_all(in_flight_, ec::unavailable, out);
      refuse_all(waiting_, ec::unavailable, out);
      break;
    case append_result::kind::unknown:
      refuse_all(in_flight_, ec::unknown_outcome, out);
      if (stop_ == ec::none) reopen(out);
      break;
  }
  GREENROOM_CHECK(in_flight_.empty() && by_id_.size() <= waiting_.size());
  append_limit_ = cautious_ > 0 ? 1 : limits_.append;
  if (cautious_ > 0) --cautious_;
  go_on(out, now);
  return out;
}

void room::publish_in_flight(room_effects& out) {
  out.publish.reserve(in_flight_.size());
  out.answers.reserve(in_flight_.size());
  for (auto& done : in_flight_) {
    GREENROOM_CHECK(done.entry.seq == ring_.head() + 1);
    forget_id(done.entry);
    out.answers.emplace_back(done.first.from,
                             post_answer{done.first.ticket, ec::none, done.entry.seq, done.entry.at, false});
    for (const auto& who : done.others)
      out.answers.emplace_back(who.from, who.conflicts
                                             ? post_answer{who.ticket, ec::conflict, {}, {}, false}
                                             : post_answer{who.ticket, ec::none, done.entry.seq, done.entry.at, true});
    out.publish.push_back(done.entry);
    ring_.push(std::move(done.entry));
  }
  in_flight_.clear();
}

void room::settle_repeated(const append_result& answer, room_effects& out) {
  for (const auto& known : answer.repeated) {
    if (known.index >= in_flight_.size()) continue;
    auto& first = in_flight_[known.index];
    if (first.settled) continue;
    first.for_each_ask([&](const ask& who) {
      // A text that differs from the pending one may match the stored one: only a new attempt can tell.
      const ec code = who.conflicts ? ec::unavailable : known.same_text ? ec::none : ec::conflict;
      const bool good = code == ec::none;
      out.answers.emplace_back(who.from, post_answer{who.ticket, code, good ? known.seq : seq_no{}, known.at, good});
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

void room::refuse(pending& which, ec why, room_effects& out) {
  if (which.act) {
    const bool unclear = which.act->doubtful && why != ec::none;
    out.changed.emplace_back(which.act->asker, unclear ? ec::unknown_outcome : why);
    return;
  }
  forget_id(which.entry);
  which.for_each_ask([&](const ask& who) {
    out.answers.emplace_back(who.from, post_answer{who.ticket, why, {}, {}, false});
  });
}

void room::refuse_all(std::deque<pending>& which, ec why, room_effects& out) {
  for (auto& one : which) refuse(one, why, out);
  which.clear();
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
    refuse_all(waiting_, lost ? stop_ : ec::unavailable, out);
    turn_away(lost ? stop_ : ec::unavailable, out);
    phase_ = phase::closed;
    stale_ = roster_.is_private();  // the next comparison tries again, though no one joins
    stop_if_idle(out);
    return out;
  }
  phase_ = phase::open;
  epoch_ = answer->epoch;
  if (answer->generation != generation_) {  // deleted and created again meanwhile
    stop_ = ec::gone;
    refuse_all(waiting_, ec::gone, out);
  } else if (answer->head < ring_.head()) {
    // The database was restored from a copy: entries published beyond its head are gone. The relays come back to a
    // room that is opened from the remaining log.
    stop_ = ec::fenced;
    refuse_all(waiting_, ec::fenced, out);
  } else {
    take_members(*answer, out, now);
    let_in(out, now);
    for (auto& entry : answer->tail) {
      if (entry.seq != ring_.head() + 1) continue;
      last_at_ = std::max(last_at_, entry.at);
      out.publish.push_back(entry);
      ring_.push(std::move(entry));
    }
  }
  go_on(out, now);
  return out;
}

bool room::trusts_itself(instant now) {
  if (!confirmed_) confirmed_ = now.mono;  // the room was opened just now
  return now.mono - *confirmed_ <= limits_.trust;
}

room_effects room::join(relay_no relay, join_room request, instant now) {
  room_effects out;
  if (stop_ != ec::none) {
    refuse_join(relay, request.connection, stop_, out);
  } else if (must_read()) {
    wait(relay, std::move(request), out);
  } else if ((request.from.known && request.from.after > ring_.head()) || !trusts_itself(now)) {
    // Perhaps this room has another owner by now, above all where the reader has seen more than the room knows.
    out.check_epoch = unsure_.empty();
    unsure_.emplace_back(relay, std::move(request));
  } else {
    answer_join(relay, request, out, now);
  }
  return out;
}

room_effects room::epoch_checked(const result<room_standing>& newest, mono_time asked, instant now) {
  room_effects out;
  if (stop_ != ec::none) return out;  // all who waited were answered
  // While the room reopens, a higher epoch may be its own.
  if (!newest || (phase_ == phase::reopening && newest->epoch > epoch_)) {
    if (!must_read()) turn_away_joins(ec::unavailable, out);
    return out;  // relays that returned wait for the next comparison
  }
  if (!newest->epoch || newest->epoch > epoch_) return retire(newest->epoch ? ec::fenced : ec::gone);
  confirmed_ = std::max(confirmed_.value_or(asked), asked);
  // An answer to a question from before the last opening is older than the members read there.
  if (roster_.is_private() && newest->epoch == epoch_ && newest->membership != roster_.membership()) stale_ = true;
  if (must_read())
    go_on(out, now);
  else
    let_in(out, now);
  return out;
}

void room::answer_join(relay_no relay, const join_room& request, room_effects& out, instant now) {
  if (!roster_.admits(request.user)) return refuse_join(relay, request.connection, ec::not_found, out);
  admit(relay, request.connection, request.user, now);
  if (roster_.is_private()) compared_.try_emplace(relay);
  room_joined answer;
  answer.connection = request.connection;
  answer.generation = generation_;
  answer.head = ring_.head();
  answer.roster = roster_.number();
  const auto& from = request.from;
  if (!from.known) {
    answer.missed = newest_that_fit(ring_.last(from.last).entries);
  } else if (!from.generation || from.generation == generation_) {
    auto missed = ring_.after(from.after);
    answer.recovered = missed.complete && page_weight(missed.entries) <= long_answer_bytes;
    if (answer.recovered) answer.missed = std::move(missed.entries);
  } else {
    answer.recovered = false;
  }
  answer.members = presence_.members();
  out.joined.emplace_back(relay, std::move(answer));
}

room_effects room::rejoin(relay_no relay, rejoin_room request, instant now) {
  room_effects out;
  if (request.first) drop_listeners_of(relay, now);
  if (stop_ == ec::none && must_read()) {
    wait(relay, std::move(request), out);
  } else if (stop_ == ec::none && request.generation == generation_ && request.after > ring_.head()) {
    // This relay has seen more than the room knows: either another owner went on with the log, or the log went back.
    out.check_epoch = true;
    unsure_.emplace_back(relay, std::move(request));
  } else {
    answer_rejoin(relay, request, out, now);
  }
  return out;
}

void room::answer_rejoin(relay_no relay, const rejoin_room& request, room_effects& out, instant now) {
  if (request.listeners.empty()) {  // the relay left
    compared_.erase(relay);
    return;
  }
  room_rejoined answer;
  answer.part = request.part;
  answer.roster = roster_.number();
  answer.generation = generation_;
  answer.head = ring_.head();
  if (stop_ != ec::none) {
    answer.refused = stop_;
  } else if (request.generation != generation_) {
    answer.refused = ec::gone;
  } else {
    presence_.doubt(now.mono);
    for (const auto& who : request.listeners) {
      if (roster_.admits(who.user))
        admit(relay, who.connection, who.user, now);
      else
        answer.outsiders.push_back(who.connection);
    }
    if (roster_.is_private()) compared_.insert_or_assign(relay, roster_no{});
    auto missed = ring_.after(request.after);
    answer.recovered = missed.complete;
    answer.missed = std::move(missed.entries);
  }
  out.rejoined.emplace_back(relay, std::move(answer));
}

void room::admit(relay_no relay, connection_id connection, const user_id& user, instant now) {
  const auto [who, added] = listeners_.try_emplace(connection, member{relay, user});
  if (added)
    presence_.join(user, now.mono);
  else
    who->second.relay = relay;
}

room_effects room::leave(connection_id connection, instant now) {
  room_effects out;
  if (const auto who = listeners_.extract(connection)) presence_.leave(who.mapped().user, now.mono);
  for (auto& [relay, request] : unsure_)
    if (auto* const returning = std::get_if<rejoin_room>(&request))
      std::erase_if(returning->listeners, [&](const listener& one) { return one.connection == connection; });
  out.presence = presence_.take(now.mono);
  return out;
}

room_effects room::relay_lost(relay_no relay, instant now) {
  drop_listeners_of(relay, now);
  compared_.erase(relay);
  return tick(now);
}

void room::drop_listeners_of(relay_no relay, instant now) {
  // No relay would hear the answer: these users would be here without listening.
  std::erase_if(unsure_, [&](const auto& one) { return one.first == relay; });
  std::erase_if(listeners_, [&](const auto& one) {
    if (one.second.relay != relay) return false;
    // Users of a dead node come back by another one; only those who don't have left.
    presence_.hush(now.mono);
    presence_.leave(one.second.user, now.mono);
    return true;
  });
}

room_effects room::relays_lost(const std::vector<relay_no>& relays, instant now) {
  for (const auto relay : relays) {
    drop_listeners_of(relay, now);
    if (roster_.is_private()) compared_.insert_or_assign(relay, roster_no{});
  }
  auto out = tick(now);
  for (const auto relay : relays) out.rejoined.emplace_back(relay, room_rejoined{{}, {}, false, {}, ec::fenced});
  return out;
}

void room::erase_author(const user_id& author) { ring_.pass_on(author, {"deleted"}); }

room_effects room::tick(instant now) {
  room_effects out;
  append_next(out, now);
  out.presence = presence_.take(now.mono);
  return out;
}

room_effects room::retire(ec why) {
  room_effects out;
  if (stop_ == ec::none || why == ec::gone) stop_ = why;
  refuse_all(waiting_, stop_, out);
  stop_if_idle(out);
  return out;
}

// An append in flight is still answered: its authors must not be left in doubt.
void room::stop_if_idle(room_effects& out) {
  if (stop_ == ec::none || !in_flight_.empty() || phase_ == phase::stopped) return;
  refuse_all(waiting_, stop_, out);
  turn_away(stop_, out);
  GREENROOM_CHECK(by_id_.empty() && unsure_.empty());
  phase_ = phase::stopped;
  out.stop = stop_;
}

}  // namespace greenroom::core
