// Membership of a room: changes of members, and requests that wait until the room knows them.
#include <utility>

#include "core/check.hpp"
#include "core/room.hpp"

namespace greenroom::core {

room_effects room::change(member_act act, instant now) {
  room_effects out;
  const auto refused = [&](ec why) { out.changed.emplace_back(act.asker, why); };
  if (stop_ != ec::none) {
    refused(stop_);
  } else if (waiting_.size() + in_flight_.size() >= limits_.pending) {
    refused(ec::overloaded);
  } else {
    if (phase_ == phase::closed) reopen(out);
    auto& queued = waiting_.emplace_back();
    queued.act = std::make_unique<member_act>(std::move(act));
    append_next(out, now);
  }
  return out;
}

// Judges the change that is next. True: it is to be stored, and nothing else is in flight.
bool room::change_next(room_effects& out) {
  GREENROOM_CHECK(in_flight_.empty());
  auto next = std::move(waiting_.front());
  waiting_.pop_front();
  if (const auto verdict = roster_.judge(*next.act)) {
    refuse(next, *verdict, out);
    return false;
  }
  out.change = *next.act;
  out.epoch = epoch_;
  out.head = ring_.head();
  in_flight_.push_back(std::move(next));
  return true;
}

room_effects room::changed(change_result what, instant now) {
  room_effects out;
  GREENROOM_CHECK(in_flight_.size() == 1 && in_flight_.front().act);
  auto done = std::move(in_flight_.front());
  in_flight_.clear();
  switch (what) {
    case change_result::changed:
      roster_.apply(*done.act);
      if (!done.act->add) {
        out.removed = member_removed{id_, done.act->member, roster_.number()};
        drop_outsiders(now);
      }
      refuse(done, ec::none, out);
      break;
    case change_result::fenced:
      if (stop_ == ec::none) stop_ = ec::fenced;
      refuse(done, stop_, out);
      break;
    case change_result::refused:
      refuse(done, ec::conflict, out);
      break;
    case change_result::unavailable:
      refuse(done, ec::unavailable, out);
      break;
    case change_result::unknown:
      if (stop_ != ec::none) {
        refuse(done, ec::unknown_outcome, out);
        break;
      }
      // Opening again reads the members: then the outcome is known.
      done.act->doubtful = true;
      waiting_.push_front(std::move(done));
      reopen(out);
      break;
  }
  go_on(out, now);
  return out;
}

// Relays of which the room knows no listeners may have some: all of them compare.
void room::take_members(room_opened& opened, room_effects& out, instant now) {
  stale_ = false;
  if (!roster_.renew(opened)) return;
  drop_outsiders(now);
  for (const auto& [relay, seen] : compared_) out.compare.emplace_back(relay, compare_roster{roster_.number()});
}

void room::drop_outsiders(instant now) {
  std::erase_if(listeners_, [&](const auto& one) {
    if (roster_.admits(one.second.user)) return false;
    presence_.leave(one.second.user, now.mono);
    return true;
  });
}

void room::compared(relay_no relay, roster_no seen) {
  if (const auto known = compared_.find(relay); known != compared_.end()) known->second = seen;
}

room_effects room::sweep() {
  room_effects out;
  if (stop_ != ec::none || must_read()) return out;
  for (const auto& [relay, seen] : compared_)
    if (seen != roster_.number()) out.compare.emplace_back(relay, compare_roster{roster_.number()});
  return out;
}

void room::wait(relay_no relay, std::variant<join_room, rejoin_room> request, room_effects& out) {
  unsure_.emplace_back(relay, std::move(request));
  if (phase_ == phase::closed) reopen(out);
}

void room::let_in(room_effects& out, instant now) {
  for (auto& [relay, request] : std::exchange(unsure_, {})) {
    if (const auto* join = std::get_if<join_room>(&request))
      answer_join(relay, *join, out, now);
    else
      answer_rejoin(relay, std::get<rejoin_room>(request), out, now);
  }
}

void room::turn_away(ec why, room_effects& out) {
  turn_away_joins(why, out);
  for (auto& [relay, request] : std::exchange(unsure_, {})) {
    room_rejoined answer;
    answer.part = std::get<rejoin_room>(request).part;
    answer.refused = why;
    out.rejoined.emplace_back(relay, std::move(answer));
  }
}

void room::turn_away_joins(ec why, room_effects& out) {
  std::erase_if(unsure_, [&](const auto& one) {
    const auto* const join = std::get_if<join_room>(&one.second);
    if (join != nullptr) refuse_join(one.first, join->connection, why, out);
    return join != nullptr;
  });
}

void room::refuse_join(relay_no relay, connection_id connection, ec why, room_effects& out) const {
  room_joined answer;
  answer.connection = connection;
  answer.refused = why;
  answer.roster = roster_.number();
  out.joined.emplace_back(relay, std::move(answer));
}

}  // namespace greenroom::core
