#include "gateway/upstreams.hpp"

#include <algorithm>
#include <utility>

namespace greenroom::gateway {
namespace {

constexpr std::array<upstream_role, 2> all_roles{upstream_role::users, upstream_role::chat};

}  // namespace

upstreams::upstreams(net::io_pool& pool, std::shared_ptr<const core::clock> clock, upstream_options options)
    : clock_(std::move(clock)), client_(pool, {.idle_lifetime = options.idle_lifetime}) {
  for (auto& role : roles_) role.turns = core::balancer{options.rest};
}

void upstreams::view_changed(const core::cluster_view& view) {
  const std::lock_guard guard{lock_};
  if (view.version < version_) return;
  version_ = view.version;
  for (const auto role : all_roles) {
    std::vector<core::balancer::instance> turns;
    auto& known = of(role).known;
    known.clear();
    for (const auto& node : view.nodes) {
      for (const auto& at : node.http) {
        if (at.role != to_string(role)) continue;
        known.push_back({{role, {node.name, node.incarnation}, {at.host, at.port}}, {}, node.draining, node.load});
        if (!node.draining) turns.push_back({node.name, node.incarnation});
      }
    }
    of(role).turns.set(std::move(turns));
  }
}

std::optional<upstreams::instance> upstreams::pick(upstream_role role, std::span<const core::node_name> tried) {
  const auto now = clock_->now().mono;
  const std::lock_guard guard{lock_};
  const auto name = of(role).turns.pick(now, tried);
  if (!name) return std::nullopt;
  const auto& known = of(role).known;
  const auto at =
      std::find_if(known.begin(), known.end(), [&](const described& d) { return d.who.life.name == *name; });
  return at->who;
}

void upstreams::again(const instance& at) {
  const auto now = clock_->now().mono;
  const std::lock_guard guard{lock_};
  of(at.role).turns.again(at.life.name, now);
}

void upstreams::succeeded(const instance& at) {
  const std::lock_guard guard{lock_};
  of(at.role).turns.succeeded(at.life);
}

void upstreams::failed(const instance& at) {
  const auto now = clock_->now().mono;
  const std::lock_guard guard{lock_};
  of(at.role).turns.failed(at.life, now);
}

bool upstreams::alive(upstream_role role) const {
  const std::lock_guard guard{lock_};
  return !of(role).turns.empty();
}

std::vector<upstreams::described> upstreams::list() const {
  const std::lock_guard guard{lock_};
  std::vector<described> out;
  for (const auto role : all_roles) {
    for (described known : of(role).known) {
      known.circuit = of(role).turns.state(known.who.life.name);
      out.push_back(std::move(known));
    }
  }
  return out;
}

}  // namespace greenroom::gateway
