#include "core/cluster.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace greenroom::core {

cluster::cluster(node_name self, rooms_here rooms, cluster_limits limits)
    : self_(std::move(self)), rooms_(rooms), limits_(limits) {}

// ---- this process

cluster_effects cluster::hosted(hosted_role role) {
  cluster_effects out;
  switch (role) {
    case hosted_role::accounts:
      hosts_accounts_ = true;
      break;
    case hosted_role::catalog:
      hosts_catalog_ = true;
      break;
    case hosted_role::directory:
      directory_ = self_;
      break;
    case hosted_role::door:
      hosts_door_ = true;
      return out;
  }
  introduce_again(out);
  return out;
}

cluster_effects cluster::joined(node_record record) {
  cluster_effects out;
  // A room may have been fenced before, and nobody asks the database again.
  record.stored = std::max(record.stored, record_.stored);
  record_ = std::move(record);
  joined_ = true;
  introduce_again(out);  // with the incarnation
  enter(out);
  return out;
}

cluster_effects cluster::pinned(const move_room& move) {
  cluster_effects out;
  auto& pins = record_.pins;
  const auto known = std::find(pins.begin(), pins.end(), move.room);
  if ((known != pins.end()) == (move.node == self_)) return out;
  if (known != pins.end()) {
    pins.erase(known);
  } else {
    if (pins.size() >= limits_.max_pins) pins.erase(pins.begin());
    pins.push_back(move.room);
  }
  enter(out);
  return out;
}

cluster_effects cluster::drain() {
  cluster_effects out;
  if (std::exchange(draining_, true)) return out;
  send_beat(out);
  return out;
}

cluster_effects cluster::tick(mono_time now) {
  cluster_effects out;
  if (rooms_ == rooms_here::yes) {
    if (!probed_at_) {
      probed_at_ = now;
      out.probe = true;
    } else if (now - *probed_at_ >= limits_.database_patience) {
      database_answers(false, out);
    }
  }
  send_beat(out);
  return out;
}

cluster_effects cluster::probed(bool well) {
  cluster_effects out;
  GREENROOM_CHECK(probed_at_);
  probed_at_.reset();
  database_answers(well, out);
  return out;
}

void cluster::database_answers(bool well, cluster_effects& out) {
  if (record_.database_away == !well) return;
  record_.database_away = !well;
  out.database_away = !well;
  send_beat(out);
}

// ---- registration

// Views must be newer than those in which rooms of the database were opened, whichever directory published them.
cluster_effects cluster::stored_read(std::optional<view_version> newest) {
  cluster_effects out;
  GREENROOM_CHECK(reads_stored_);
  reads_stored_ = false;
  if (newest) record_.stored = std::max(record_.stored, *newest);
  const bool first = !std::exchange(knows_stored_, true);
  if (first || record_.stored > seen_) enter(out);
  return out;
}

cluster_effects cluster::room_refused(ec why) {
  cluster_effects out;
  if (why == ec::fenced) read_stored(out);
  return out;
}

void cluster::read_stored(cluster_effects& out) {
  if (!std::exchange(reads_stored_, true)) out.read_stored = true;
}

void cluster::enter(cluster_effects& out) {
  if (!directory_ || !joined_) return;
  if (rooms_ == rooms_here::yes && !knows_stored_) return read_stored(out);
  GREENROOM_CHECK(record_.pins.size() <= limits_.max_pins);
  record_.seen = seen_;
  record_.seen_of = seen_of_;
  record_.draining = draining_;
  out.enter = record_;
}

// A node that was taken for dead registers again; a beat alone doesn't restore it.
void cluster::send_beat(cluster_effects& out) {
  if (!directory_ || !joined_) return;
  if (in_view())
    out.beat = core::beat{record_.name, record_.incarnation, {}, draining_, record_.database_away};
  else
    enter(out);
}

cluster_effects cluster::refused(error why) {
  cluster_effects out;
  if (why.code == ec::unavailable) return out;
  const bool for_good = why.code == ec::conflict;
  out.refused = registration_refusal{std::move(why), for_good};
  return out;
}

}  // namespace greenroom::core
