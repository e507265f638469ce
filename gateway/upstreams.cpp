#include "gateway/upstreams.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <utility>

#include "net/listener.hpp"

namespace greenroom::gateway {
namespace {

constexpr std::array<upstream_role, 2> all_roles{upstream_role::users, upstream_role::chat};
constexpr std::array<core::circuit, 3> all_circuits{core::circuit::closed, core::circuit::open,
                                                    core::circuit::half_open};

}  // namespace

upstreams::upstreams(net::io_pool& pool, std::shared_ptr<const core::clock> clock, upstream_options options,
                     telemetry::metrics metrics)
    : clock_(std::move(clock)),
      metrics_(std::move(metrics)),
      has_peers_(options.peers != nullptr),
      client_(pool, {.idle_lifetime = options.idle_lifetime, .peers = std::move(options.peers)}) {
  for (auto& role : roles_) role.turns = core::balancer{options.rest};
}

// Requests to other machines go under TLS.
net::http::target upstreams::target_of(const core::node_record& node, const core::role_address& at) const {
  boost::system::error_code not_numeric;
  const auto address = boost::asio::ip::make_address(at.host, not_numeric);
  const bool is_here = not_numeric ? at.host == "localhost" : net::is_loopback(address);
  return {at.host, at.port, has_peers_ && !is_here ? node.name.value : std::string{}};
}

void upstreams::view_changed(const core::cluster_view& view) {
  const std::lock_guard guard{lock_};
  if (view.version < version_) return;
  version_ = view.version;
  for (const auto role : all_roles) {
    std::vector<core::balancer::instance> turns;
    std::vector<described> seen;
    for (const auto& node : view.nodes) {
      for (const auto& at : node.http) {
        if (at.role != to_string(role)) continue;
        seen.push_back({{role, {node.name, node.incarnation}, target_of(node, at)}, {}, node.draining, node.load});
        if (!node.draining) turns.push_back({node.name, node.incarnation});
      }
    }
    of(role).known = std::move(seen);
    of(role).turns.set(std::move(turns));
  }
  count_circuits();
}

std::optional<upstreams::instance> upstreams::pick(upstream_role role, std::span<const core::node_name> tried) {
  const auto now = clock_->now().mono;
  const std::lock_guard guard{lock_};
  return known(role, of(role).turns.pick(now, tried));
}

std::optional<upstreams::instance> upstreams::known(upstream_role role,
                                                    const std::optional<core::node_name>& name) const {
  if (!name) return std::nullopt;
  const auto& all = of(role).known;
  const auto at = std::find_if(all.begin(), all.end(), [&](const described& d) { return d.who.life.name == *name; });
  return at == all.end() ? std::nullopt : std::optional{at->who};
}

void upstreams::again(const instance& at) {
  const auto now = clock_->now().mono;
  const std::lock_guard guard{lock_};
  of(at.role).turns.again(at.life.name, now);
}

void upstreams::succeeded(const instance& at) {
  const std::lock_guard guard{lock_};
  auto& turns = of(at.role).turns;
  const bool was_closed = turns.state(at.life.name) == core::circuit::closed;
  turns.succeeded(at.life);
  if (!was_closed) count_circuits();
}

void upstreams::failed(const instance& at) {
  const auto now = clock_->now().mono;
  const std::lock_guard guard{lock_};
  of(at.role).turns.failed(at.life, now);
  count_circuits();
}

void upstreams::count_circuits() const {
  for (const auto role : all_roles) {
    std::array<std::size_t, all_circuits.size()> count{};
    for (const auto& one : of(role).known) ++count[static_cast<std::size_t>(of(role).turns.state(one.who.life.name))];
    for (const auto state : all_circuits)
      metrics_.upstream_circuits.with({to_string(role), core::to_string(state)})
          .set(static_cast<double>(count[static_cast<std::size_t>(state)]));
  }
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
