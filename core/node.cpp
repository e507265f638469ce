#include "core/node.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace greenroom::core {
namespace {

constexpr std::uint32_t retry_s = 1;

}  // namespace

std::optional<node_name> node::home_elsewhere(const room_id& room) const {
  auto home = placement(view_, room);
  if (home && *home == self_) home.reset();
  return home;  // before the first view there is no other node to ask
}

void node::ask_elsewhere(waiter who, const room_id& room, const node_name& owner, node_effects& out) {
  if (who.forwarded) {
    out.refused.emplace_back(who.asker, error{ec::fenced, {}, retry_s});
  } else if (!linked_.contains(owner)) {
    out.refused.emplace_back(who.asker, error{ec::unavailable, {}, retry_s});
  } else {
    forwards_.emplace(who.asker, std::pair{room, owner});
    out.forward.push_back({who.asker, room, owner});
  }
}

void node::find_into(waiter who, const room_id& room, node_effects& out) {
  const auto known = rooms_.find(room);
  if (known != rooms_.end() && known->second.live && !known->second.retiring) {
    out.found.emplace_back(who.asker, room);
  } else if (const auto home = home_elsewhere(room)) {
    ask_elsewhere(who, room, *home, out);
  } else if (may_ == rooms_here::no) {
    out.refused.emplace_back(who.asker, error{ec::unavailable, {}, retry_s});
  } else if (draining_) {
    out.refused.emplace_back(who.asker, error{ec::draining, {}, retry_s});
  } else {
    auto& wanted = rooms_[room];
    wanted.askers.push_back(who);
    // A room that is stopping is opened again when it has stopped.
    if (wanted.askers.size() == 1 && !wanted.live) out.open.push_back({room, self_, view_.version});
  }
}

node_effects node::find(asker_id asker, const room_id& room, bool forwarded) {
  node_effects out;
  find_into({asker, forwarded}, room, out);
  return out;
}

void node::retire(const room_id& room, place& where, node_effects& out) const {
  if (!where.live || where.retiring) return;
  where.retiring = true;
  out.retire.emplace_back(room, draining_ ? ec::draining : ec::fenced);
}

node_effects node::opened(const room_id& room, result<room_opened> answer) {
  node_effects out;
  const auto known = rooms_.find(room);
  if (known == rooms_.end()) return out;
  const auto askers = std::exchange(known->second.askers, {});
  if (!answer) {
    rooms_.erase(known);
    const node_name owner{answer.why().detail};
    const bool elsewhere = answer.code() == ec::fenced && !owner.value.empty() && owner != self_;
    for (const auto& who : askers) {
      if (elsewhere)
        ask_elsewhere(who, room, owner, out);
      else
        out.refused.emplace_back(who.asker, error{answer.code(), {}, retry_s});
    }
    return out;
  }
  GREENROOM_CHECK(!known->second.live && !known->second.retiring);
  known->second.live = true;
  out.spawn.push_back(std::move(*answer));
  for (const auto& who : askers) out.found.emplace_back(who.asker, room);
  if (handing_over_ || home_elsewhere(room)) retire(room, known->second, out);
  return out;
}

void node::forward_answered(asker_id asker) { forwards_.erase(asker); }

node_effects node::forward_failed(asker_id asker, error why) {
  node_effects out;
  if (forwards_.erase(asker) > 0) out.refused.emplace_back(asker, std::move(why));
  return out;
}

node_effects node::stopped(const room_id& room) {
  node_effects out;
  const auto known = rooms_.find(room);
  if (known == rooms_.end()) return out;
  const auto askers = std::exchange(known->second.askers, {});
  rooms_.erase(known);
  for (const auto& who : askers) find_into(who, room, out);
  return out;
}

void node::linked(const node_name& peer) { linked_.insert(peer); }

node_effects node::unlinked(const node_name& peer) {
  node_effects out;
  linked_.erase(peer);
  std::erase_if(forwards_, [&](const auto& one) {
    if (one.second.second != peer) return false;
    out.refused.emplace_back(one.first, error{ec::unavailable, {}, retry_s});
    return true;
  });
  return out;
}

node_effects node::view_changed(const cluster_view& view) {
  if (view.version <= view_.version) return {};
  view_ = view;
  const bool known_to_drain =
      draining_ && std::any_of(view_.nodes.begin(), view_.nodes.end(),
                               [&](const node_record& one) { return one.name == self_ && one.draining; });
  node_effects out;
  if (known_to_drain) out = hand_over();
  std::erase_if(forwards_, [&](const auto& one) {
    if (home_elsewhere(one.second.first) == one.second.second) return false;
    out.refused.emplace_back(one.first, error{ec::unavailable, {}, retry_s});
    return true;
  });
  for (auto& [room, where] : rooms_)
    if (home_elsewhere(room)) retire(room, where, out);
  return out;
}

node_effects node::hand_over() {
  node_effects out;
  draining_ = true;
  handing_over_ = true;
  for (auto& [room, where] : rooms_) retire(room, where, out);
  return out;
}

std::optional<node_name> node::way_home(const user_id& user, bool forwarded) const {
  const auto home = home_of(view_, user);
  const bool here = forwarded || !home || *home == self_;
  if (here) return may_ == rooms_here::yes ? std::optional{self_} : std::nullopt;
  return linked_.contains(*home) ? home : std::nullopt;
}

live_rooms page_of(std::vector<live_room> rooms, const room_id& after) {
  std::erase_if(rooms, [&](const live_room& one) { return !(after < one.room); });
  const auto page = std::min(rooms.size(), max_live_rooms_told);
  const auto end = rooms.begin() + static_cast<std::ptrdiff_t>(page);
  std::partial_sort(rooms.begin(), end, rooms.end(), [](const auto& a, const auto& b) { return a.room < b.room; });
  const bool more = page < rooms.size();
  rooms.erase(end, rooms.end());
  return {std::move(rooms), more};
}

}  // namespace greenroom::core
