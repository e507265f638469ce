#include "core/relay.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace greenroom::core {
namespace {

constexpr milliseconds first_pause{100}, longest_pause{1000};
constexpr unsigned patience = 5;                // failures until waiting joins are turned away
constexpr std::size_t rejoin_listeners = 2000;  // in one message

// Refusals that mean that the user may not be in the room.
constexpr bool shuts_out(ec why) noexcept { return why == ec::not_found || why == ec::forbidden || why == ec::banned; }

}  // namespace

relay_effects relay::listen(listener who, position from) {
  relay_effects out;
  join_room request{who.connection, std::move(who.user), from};
  if (phase_ == phase::following) out.join.push_back(request);
  out.find = phase_ == phase::idle;
  if (out.find) phase_ = phase::finding;
  waiting_.insert_or_assign(who.connection, std::move(request));
  return out;
}

relay_effects relay::unlisten(connection_id connection, farewell why, bool at_once) {
  relay_effects out;
  out.why_left = std::move(why);
  out.left_at_once = at_once;
  const bool known = listeners_.erase(connection) + waiting_.erase(connection) > 0;
  if (known && phase_ == phase::following) out.leave.push_back(connection);
  return out;
}

relay_effects relay::found() {
  relay_effects out;
  if (phase_ != phase::finding) return out;
  phase_ = phase::following;
  failures_ = 0;
  resumes_ = !listeners_.empty();
  rejoin(out);
  return out;
}

// Rejoins all listeners, in as many parts as it takes (the first part takes them out of the room), and repeats joins.
void relay::rejoin(relay_effects& out) {
  judged_.reset();
  answered_.reset();
  parts_.clear();
  late_ = false;
  for (const auto& [connection, user] : listeners_) {
    if (out.rejoin.empty() || out.rejoin.back().listeners.size() >= rejoin_listeners) {
      parts_.insert(++last_part_);
      out.rejoin.push_back({generation_, head_, {}, out.rejoin.empty(), last_part_});
    }
    out.rejoin.back().listeners.push_back({connection, user});
  }
  for (const auto& [connection, request] : waiting_) out.join.push_back(request);
}

// The room's last message stands for this roster. Its messages come in order, so that nothing is missing where this is
// the roster that was known before.
void relay::settle(roster_no now, relay_effects& out) {
  if (phase_ != phase::following) return;
  if (judged_ && *judged_ != now && !listeners_.empty()) return rejoin(out);
  judged_ = now;
  if (!parts_.empty() || answered_ == now) return;
  answered_ = now;
  out.compared = roster_compared{now};
}

// Returns whether it was a listener.
bool relay::drop(connection_id connection, const member_removed& why, relay_effects& out) {
  if (listeners_.erase(connection) == 0) return false;
  waiting_.erase(connection);  // a join that it asked for meanwhile is answered by this
  out.removed.emplace_back(connection, why);
  return true;
}

relay_effects relay::not_found(ec why) {
  relay_effects out;
  if (phase_ != phase::finding) return out;
  if (!listeners_.empty() && (why == ec::gone || why == ec::not_found)) return gone();
  if (++failures_ > patience || !describe(why).retry) {
    for (const auto& [connection, request] : waiting_) {
      listeners_.erase(connection);  // it had asked again
      out.turned_away.emplace_back(connection, error{why, {}, 0});
    }
    waiting_.clear();
  }
  if (empty()) {
    phase_ = phase::idle;
    failures_ = 0;
  } else {
    out.find_in = std::min(first_pause * (1u << std::min(failures_ - 1, 10u)), longest_pause);
  }
  return out;
}

relay_effects relay::lost() {
  relay_effects out;
  if (phase_ != phase::following) return out;
  judged_.reset();
  phase_ = empty() ? phase::idle : phase::finding;
  out.find = phase_ == phase::finding;
  // A room that lives on, and is found again later, must not count those who leave meanwhile.
  out.rejoin.push_back({generation_, head_, {}});
  return out;
}

relay_effects relay::tick() {
  relay_effects out;
  out.find = phase_ == phase::finding;
  return out;
}

relay_effects relay::sweep() {
  auto out = tick();
  if (phase_ == phase::following && std::exchange(late_, !parts_.empty()) && !parts_.empty()) rejoin(out);
  return out;
}

void relay::advance(std::vector<room_entry> entries, relay_effects& out) {
  for (auto& entry : entries) {
    if (entry.seq <= head_) continue;
    if (entry.seq != head_ + 1) {  // never within one FIFO; if it happens, say so rather than renumber
      out.skip = entry.seq - 1;
      out.deliver.clear();
    }
    GREENROOM_CHECK(out.deliver.empty() || out.deliver.back().seq + 1 == entry.seq);
    head_ = entry.seq;
    out.deliver.push_back(std::move(entry));
  }
}

relay_effects relay::joined(room_joined answer) {
  relay_effects out;
  const auto who = waiting_.extract(answer.connection);
  if (!who) {
    // The connection left before the answer; or the room refuses a join that has been repeated after a move.
    if (!listeners_.contains(answer.connection) && answer.refused == ec::none) out.leave.push_back(answer.connection);
    return out;
  }
  if (answer.refused == ec::fenced || answer.refused == ec::draining) {  // the room moves: found() joins again
    waiting_.emplace(answer.connection, who.mapped());
    return out;
  }
  if (answer.refused == ec::gone) {  // for everybody
    waiting_.emplace(answer.connection, who.mapped());
    return gone();
  }
  if (answer.refused != ec::none) {
    const bool kept_out = shuts_out(answer.refused);
    if (kept_out && drop(answer.connection, {{}, {}, {}, answer.refused, answer.because}, out)) return out;
    if (listeners_.erase(answer.connection) > 0) out.leave.push_back(answer.connection);
    const auto because = answer.refused == ec::banned && !answer.because.user.value.empty()
                             ? std::make_shared<const sanction>(std::move(answer.because))
                             : nullptr;
    out.turned_away.emplace_back(answer.connection,
                                 error{answer.refused, std::string(describe(answer.bar)), 0, because, answer.bar});
    return out;
  }
  if (!continues(answer)) {
    listeners_.erase(answer.connection);  // it asked again, and is answered
    turn_back(out);
    out.afresh.push_back(answer.connection);
  }
  if (listeners_.empty()) {
    judged_.reset();
    resumes_ = false;  // nobody is left who was in it before
    generation_ = answer.generation;
    head_ = answer.head;
  }
  GREENROOM_CHECK(generation_ == answer.generation && head_ <= answer.head);
  listeners_.emplace(answer.connection, who.mapped().user);
  const auto roster = answer.roster;
  out.open.push_back(std::move(answer));
  settle(roster, out);
  return out;
}

relay_effects relay::rejoined(room_rejoined answer) {
  relay_effects out;
  const bool another_log = answer.generation && answer.generation != generation_;
  if (answer.refused == ec::gone && !another_log) return gone();
  if (answer.refused == ec::unavailable && phase_ == phase::following) {  // the room can't read its members
    phase_ = phase::finding;
    judged_.reset();
    return not_found(ec::unavailable);
  }
  if (answer.refused != ec::none && !another_log) return lost();  // the room stops, or took this node for dead
  const bool expected = parts_.erase(answer.part) > 0;
  if (!expected) return out;  // the answer to a rejoin that has been repeated
  if (another_log || answer.head < head_) {
    turn_back(out);
    return out;
  }
  for (const auto connection : answer.outsiders) drop(connection, {{}, {}, {}, ec::not_found, {}}, out);
  out.resumed = std::exchange(resumes_, false);
  settle(answer.roster, out);
  if (!hears()) return out;  // the last part's answer has everything that was missed
  if (!answer.recovered && answer.head > head_) {
    const seq_no first = answer.missed.empty() ? answer.head + 1 : answer.missed.front().seq;
    out.skip = first - 1;
    head_ = first - 1;
  }
  advance(std::move(answer.missed), out);
  return out;
}

relay_effects relay::batch(room_batch batch) {
  relay_effects out;
  if (listeners_.empty() || !hears() || batch.generation != generation_) return out;
  if (!batch.entries.empty() && batch.entries.back().seq <= head_) {  // never within one FIFO: the log went back
    out.owed = std::move(batch.entries);
    turn_back(out);
    return out;
  }
  advance(std::move(batch.entries), out);
  return out;
}

// Whether the room's log is the one that was delivered from, as far as it was. Listeners are not needed for that: those
// who wait may hold entries that others, who left, were sent.
bool relay::continues(const room_joined& answer) const noexcept {
  return !generation_ || (generation_ == answer.generation && head_ <= answer.head);
}

void relay::turn_back(relay_effects& out) {
  for (const auto& [connection, user] : listeners_) {
    out.leave.push_back(connection);
    out.turned_away.emplace_back(connection, error{ec::unavailable, {}, 0});
    waiting_.erase(connection);
  }
  for (const auto& [connection, request] : waiting_) out.afresh.push_back(connection);
  listeners_.clear();
  parts_.clear();
  generation_ = {};
  head_ = {};
}

relay_effects relay::removed(const member_removed& who) {
  relay_effects out;
  for (const auto connection : listeners())
    if (listeners_.at(connection) == who.user) drop(connection, who, out);
  if (!who.roster) return out;
  if (judged_ && who.roster == *judged_ + 1) judged_ = who.roster;
  settle(who.roster, out);
  return out;
}

relay_effects relay::compare(const compare_roster& asked) {
  relay_effects out;
  if (phase_ != phase::following) return out;
  answered_.reset();  // the answer got lost
  if (parts_.empty() && (judged_ || listeners_.empty()))
    settle(asked.roster, out);
  else
    rejoin(out);
  return out;
}

relay_effects relay::gone() {
  relay_effects out;
  // A listener that has asked again hears of the removal as all listeners do.
  for (const auto& [connection, request] : waiting_)
    if (!listeners_.contains(connection)) out.turned_away.emplace_back(connection, error{ec::gone, {}, 0});
  out.ended = true;
  waiting_.clear();
  listeners_.clear();
  parts_.clear();
  phase_ = phase::idle;
  return out;
}

const user_id* relay::user_of(connection_id connection) const {
  const auto who = listeners_.find(connection);
  return who == listeners_.end() ? nullptr : &who->second;
}

std::vector<connection_id> relay::listeners() const {
  std::vector<connection_id> out;
  out.reserve(listeners_.size());
  for (const auto& [connection, user] : listeners_) out.push_back(connection);
  return out;
}

}  // namespace greenroom::core
