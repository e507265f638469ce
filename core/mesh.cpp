#include "core/mesh.hpp"

#include <algorithm>
#include <utility>

#include "core/placement.hpp"

namespace greenroom::core {
namespace {

const node_name discovery_target{};

}  // namespace

mesh::mesh(identity self, mesh_limits limits, std::uint64_t seed)
    : self_(std::move(self)), limits_(limits), chance_(seed) {}

mesh_effects mesh::start(mono_time now) {
  mesh_effects out;
  if (!self_.has_discovery)
    targets_[discovery_target] = {self_.discovery_host, self_.discovery_port, {}, 0, 0, now, {}, {}};
  dial_due(out, now);
  return out;
}

mesh_effects mesh::view_changed(const cluster_view& view, mono_time now) {
  mesh_effects out;
  std::map<node_name, target> wanted;
  if (auto discovery = targets_.extract(discovery_target)) wanted.insert(std::move(discovery));
  for (const auto& node : view.nodes) {
    if (!takes_dials(node)) continue;
    auto known = targets_.extract(node.name);
    auto& where = known ? known.mapped() : wanted[node.name];
    const bool another =
        where.host != node.link.host || where.port != node.link.port || where.incarnation != node.incarnation;
    where.host = node.link.host;
    where.port = node.link.port;
    where.incarnation = node.incarnation;
    if (another) {
      where.due = first_dial(node.name, now);
      where.failures = 0;
    }
    if (known) wanted.insert(std::move(known));
  }
  targets_ = std::move(wanted);
  dial_due(out, now);
  return out;
}

mesh_effects mesh::link_up(link_no link, const node_name& name, incarnation_id incarnation, bool dialled,
                           mono_time now) {
  mesh_effects out;
  target* const from = target_of(name, dialled);
  if (from != nullptr) from->dialling = 0;
  if (name == self_.name) {
    // Discovery's address is our own.
    if (from != nullptr) failed(*from, now);
    out.close.push_back(link);
    return out;
  }
  const auto known = peers_.find(name);
  const one_link fresh{link, incarnation, dialled};
  if (known != peers_.end() && known->second.now.incarnation == incarnation && known->second.now.dialled != dialled &&
      dialled != (self_.name < name)) {
    if (from != nullptr) failed(*from, now);
    out.close.push_back(link);
    return out;
  }
  if (from != nullptr) {
    from->link = link;
    from->linked_at = now;
  }
  take(out, name, fresh);
  return out;
}

mesh_effects mesh::link_down(link_no link, mono_time now) {
  mesh_effects out;
  for (auto& [name, where] : targets_) {
    if (where.link != link) continue;
    where.link = {};
    if (now - where.linked_at >= limits_.longest_retry) where.failures = 0;
    failed(where, now);
  }
  const auto ended = std::find_if(peers_.begin(), peers_.end(), [&](const auto& one) {
    return one.second.now.link == link || (one.second.next && one.second.next->link == link);
  });
  if (ended == peers_.end()) return out;
  auto& [held, next] = ended->second;
  if (held.link != link) {
    next.reset();
  } else if (next) {
    held = *std::exchange(next, std::nullopt);
    out.open.push_back(held.link);
  } else {
    if (const auto where = targets_.find(ended->first); where != targets_.end())
      where->second.due = std::max(where->second.due, first_dial(ended->first, now));
    peers_.erase(ended);
  }
  return out;
}

mesh_effects mesh::dial_failed(std::uint64_t which, mono_time now) {
  for (auto& [name, where] : targets_) {
    if (where.dialling != which) continue;
    where.dialling = 0;
    failed(where, now);
  }
  return {};
}

mesh_effects mesh::tick(mono_time now) {
  mesh_effects out;
  dial_due(out, now);
  return out;
}

std::optional<mono_time> mesh::next() const {
  std::optional<mono_time> soonest;
  for (const auto& [name, where] : targets_) {
    if (where.dialling != 0 || is_linked(name, where)) continue;
    soonest = soonest ? std::min(*soonest, where.due) : where.due;
  }
  return soonest;
}

std::vector<node_name> mesh::linked() const {
  std::vector<node_name> out;
  for (const auto& [name, other] : peers_) out.push_back(name);
  return out;
}

bool mesh::takes_dials(const node_record& node) const {
  return !self_.has_discovery && self_.name != node.name && node.link.port != 0 && !has_role(node, "discovery");
}

mono_time mesh::first_dial(const node_name& name, mono_time now) const {
  return self_.name < name ? now : now + limits_.other_end;
}

mesh::target* mesh::target_of(const node_name& name, bool dialled) {
  if (!dialled) return nullptr;
  auto at = targets_.find(name);
  if (at == targets_.end() || at->second.dialling == 0) at = targets_.find(discovery_target);
  return at == targets_.end() || at->second.dialling == 0 ? nullptr : &at->second;
}

bool mesh::is_linked(const node_name& name, const target& where) const { return where.link || peers_.contains(name); }

void mesh::failed(target& where, mono_time now) {
  const auto doubled = limits_.first_retry * (1LL << std::min(where.failures, 16u));
  const auto wait = std::min<milliseconds>(doubled, limits_.longest_retry);
  ++where.failures;
  where.due = now + wait - wait * static_cast<std::int64_t>(chance_() % 1000) / 3000;
}

void mesh::take(mesh_effects& out, const node_name& name, one_link link) {
  const auto [at, is_first] = peers_.try_emplace(name, peer{link, std::nullopt});
  if (is_first) {
    out.open.push_back(link.link);
    return;
  }
  // CAF must have dropped the old link before it hears of another one to the same node.
  if (at->second.next)
    out.close.push_back(at->second.next->link);
  else
    out.close.push_back(at->second.now.link);
  at->second.next = link;
}

void mesh::dial_due(mesh_effects& out, mono_time now) {
  for (auto& [name, where] : targets_) {
    if (where.dialling != 0 || where.due > now || is_linked(name, where)) continue;
    where.dialling = ++last_dial_;
    out.dial.push_back({where.dialling, where.host, where.port, name});
  }
}

}  // namespace greenroom::core
