#include "core/node.hpp"

namespace greenroom::core {

bool node::lives_here(const room_id& room) const {
  const auto home = placement(view_, room);
  return !home || *home == self_;  // before the first view there is nobody else to ask
}

node_effects node::find(asker_id asker, const room_id& room) {
  node_effects out;
  const auto known = rooms_.find(room);
  if (known != rooms_.end() && known->second.live && !known->second.retiring) {
    out.found.emplace_back(asker, room);
  } else if (draining_) {
    out.refused.emplace_back(asker, error{ec::draining, {}, 1});
  } else if (!lives_here(room)) {
    out.refused.emplace_back(asker, error{ec::fenced, {}, 1});
  } else {
    auto& wanted = rooms_[room];
    wanted.askers.push_back(asker);
    // A room that is stopping is opened again when it has stopped.
    if (wanted.askers.size() == 1 && !wanted.live) out.open.push_back({room, self_, view_.version});
  }
  return out;
}

node_effects node::opened(const room_id& room, result<room_opened> answer) {
  node_effects out;
  const auto known = rooms_.find(room);
  if (known == rooms_.end()) return out;
  auto askers = std::exchange(known->second.askers, {});
  if (!answer) {
    rooms_.erase(known);
    for (const auto asker : askers) out.refused.emplace_back(asker, answer.why());
    return out;
  }
  known->second.live = true;
  out.spawn.push_back(std::move(*answer));
  for (const auto asker : askers) out.found.emplace_back(asker, room);
  if (draining_ || !lives_here(room)) {
    known->second.retiring = true;
    out.retire.emplace_back(room, draining_ ? ec::draining : ec::fenced);
  }
  return out;
}

node_effects node::stopped(const room_id& room) {
  node_effects out;
  const auto known = rooms_.find(room);
  if (known == rooms_.end()) return out;
  auto askers = std::exchange(known->second.askers, {});
  rooms_.erase(known);
  for (const auto asker : askers) {
    auto again = find(asker, room);
    out.open.insert(out.open.end(), again.open.begin(), again.open.end());
    out.refused.insert(out.refused.end(), again.refused.begin(), again.refused.end());
  }
  return out;
}

node_effects node::view_changed(const cluster_view& view) {
  node_effects out;
  if (view.version <= view_.version) return out;
  view_ = view;
  for (auto& [room, where] : rooms_) {
    if (!where.live || where.retiring || lives_here(room)) continue;
    where.retiring = true;
    out.retire.emplace_back(room, ec::fenced);
  }
  return out;
}

node_effects node::drain() {
  node_effects out;
  draining_ = true;
  for (auto& [room, where] : rooms_) {
    if (!where.live || where.retiring) continue;
    where.retiring = true;
    out.retire.emplace_back(room, ec::draining);
  }
  return out;
}

}  // namespace greenroom::core
