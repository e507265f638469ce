// How a room lets people in, and keeps out those who may not be there: joins, relays that come back, and requests that
// wait until the room knows its roster.
#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "core/page.hpp"
#include "core/room.hpp"

namespace greenroom::core {

bool room::trusts_itself(instant now) {
  if (!confirmed_) confirmed_ = now.mono;  // the room was opened just now
  return now.mono - *confirmed_ <= limits_.trust;
}

room_effects room::join(relay_no relay, join_room request, instant now) {
  room_effects out;
  if (stop_ != ec::none) {
    refuse_join(relay, request, stop_, out, now.wall);
  } else if (must_read()) {
    wait(relay, std::move(request), out);
  } else if ((request.from.known && request.from.after > ring_.head()) || !trusts_itself(now)) {
    // Perhaps this room has another owner by now, above all where the reader has seen more than the room knows.
    out.check_epoch = unsure_.empty();
    unsure_.emplace_back(relay, std::move(request));
  } else {
    answer_join(relay, request, out, now);
    if (request.from.at_once) out.presence = presence_.take(now.mono);
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
  // An answer to a question from before the last opening is older than the roster read there.
  if (newest->epoch == epoch_ && newest->membership != roster_.membership()) stale_ = true;
  if (must_read())
    go_on(out, now);
  else
    let_in(out, now);
  if (!must_read()) out.presence = presence_.take(now.mono);
  return out;
}

room_effects room::roster_changed(instant now) {
  room_effects out;
  if (stop_ != ec::none) return out;
  again_ = phase_ == phase::reopening;
  stale_ = true;
  go_on(out, now);
  return out;
}

void room::answer_join(relay_no relay, const join_room& request, room_effects& out, instant now) {
  const bool opens = !openings_.empty() && opens_for(request.user, now.mono);
  if (const auto why = roster_.refusal_of(request.user, now.wall); why != ec::none && !(opens && why == ec::banned))
    return refuse_join(relay, request, why, out, now.wall);
  if (!opens && !listeners_.contains(request.connection)) {  // else it is in already, and asks again
    const auto people = presence_.has(request.user) ? 0 : presence_.count();
    if (const auto bar = roster_.bar_to(request.user, request.from.key, people); bar != room_bar::none)
      return refuse_join(relay, request, ec::forbidden, out, now.wall, bar);
  }
  admit(relay, request.connection, request.user, now, request.from.at_once);
  compared_.try_emplace(relay);
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
  const auto& settings = roster_.settings();
  auto modes = settings.modes;
  if (!modes.masks.empty()) modes.masks = voices_of(modes);
  if (!modes.key.empty()) modes.key = "*";
  answer.face = {settings.access,        roster_.owner(),   roster_.role_of(request.user),
                 settings.title,         settings.topic,    std::move(modes),
                 settings.edit_window_s, settings.topic_by, settings.topic_at};
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
      if (roster_.admits(who.user, now.wall))
        admit(relay, who.connection, who.user, now);
      else
        answer.outsiders.push_back(who.connection);
    }
    compared_.insert_or_assign(relay, roster_no{});
    auto missed = ring_.after(request.after);
    answer.recovered = missed.complete;
    answer.missed = std::move(missed.entries);
  }
  out.rejoined.emplace_back(relay, std::move(answer));
}

void room::admit(relay_no relay, connection_id connection, const user_id& user, instant now, bool at_once) {
  const auto [who, added] = listeners_.try_emplace(connection, member{relay, user});
  if (added)
    presence_.join(user, now.mono, at_once);
  else
    who->second.relay = relay;
}

room_effects room::leave(connection_id connection, instant now, farewell why, bool at_once) {
  room_effects out;
  if (const auto who = listeners_.extract(connection)) {
    presence_.leave(who.mapped().user, now.mono, std::move(why), at_once);
    if (!faces_.empty() && !presence_.has(who.mapped().user)) faces_.erase(who.mapped().user);
  }
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
    presence_.leave(one.second.user, now.mono, {departure::lost, {}, {}});
    return true;
  });
  std::erase_if(faces_, [&](const auto& one) { return !presence_.has(one.first); });
}

room_effects room::relays_lost(const std::vector<relay_no>& relays, instant now) {
  for (const auto relay : relays) {
    drop_listeners_of(relay, now);
    compared_.insert_or_assign(relay, roster_no{});
  }
  auto out = tick(now);
  for (const auto relay : relays) out.rejoined.emplace_back(relay, room_rejoined{{}, {}, false, {}, ec::fenced});
  return out;
}

// Relays of which the room knows no listeners may have some: all of them compare.
void room::take_roster(room_opened& opened, room_effects& out, instant now) {
  stale_ = std::exchange(again_, false);
  if (!roster_.renew(opened)) return;
  drop_outsiders(now);
  for (const auto& [relay, seen] : compared_) out.compare.emplace_back(relay, compare_roster{roster_.number()});
}

void room::drop_outsiders(instant now) {
  std::erase_if(listeners_, [&](const auto& one) {
    if (roster_.admits(one.second.user, now.wall)) return false;
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
    if (join != nullptr) refuse_join(one.first, *join, why, out, {});
    return join != nullptr;
  });
}

void room::refuse_join(relay_no relay, const join_room& request, ec why, room_effects& out, wall_time now,
                       room_bar bar) const {
  room_joined answer;
  answer.connection = request.connection;
  answer.refused = why;
  answer.bar = bar;
  answer.roster = roster_.number();
  const auto* const ban = why == ec::banned ? roster_.sanction_of(request.user, now) : nullptr;
  if (ban != nullptr) answer.because = *ban;
  out.joined.emplace_back(relay, std::move(answer));
}

}  // namespace greenroom::core
