#include "actors/directory_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/guarded.hpp"
#include "actors/same_link.hpp"
#include "core/placement.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

using directory_pointer = local_directory_actor::stateful_pointer<directory_state>;

constexpr auto pass_on_timeout = std::chrono::seconds(5);
constexpr auto administer_timeout = std::chrono::seconds(30);  // a thousand users, or sessions, may be written

void carry_out(directory_pointer self, core::directory_effects effects) {
  auto& st = self->state;
  if (effects.publish) {
    telemetry::log::info("view_published",
                         {{"view", effects.publish->version.value}, {"nodes", effects.publish->nodes.size()}});
    for (const auto& [name, life] : st.nodes) self->send(life.node, *effects.publish);
    if (st.deps.watcher) st.deps.watcher->view_changed(*effects.publish);
  }
  for (const auto& name : effects.lost) {
    telemetry::log::warn("node_lost", {{"node", name.value}});
    st.nodes.erase(name);
  }
}

void watch(directory_pointer self, const core::node_record& record, const node_actor& node) {
  auto& known = self->state.nodes[record.name];
  known.incarnation = record.incarnation;
  if (same_link(known.node, node.address())) return;
  known.node = node;
  self->monitor(node);
}

caf::result<core::cluster_view> enter(directory_pointer self, core::node_record& record, const node_actor& node) {
  auto& st = self->state;
  // CAF reads a handle of a node that it has no link with as null. The node registers again with its next beat.
  if (!node) return to_caf({ec::unavailable, {}, 1});
  const auto now = st.deps.clock->now();
  const core::node_record known = record;
  auto effects = st.machine->enter(std::move(record), now.mono);
  if (!effects) {
    telemetry::log::error("node_refused", {{"node", known.name.value}, {"detail", effects.why().detail}});
    return to_caf(effects.why());
  }
  watch(self, known, node);
  carry_out(self, std::move(*effects));
  return st.machine->view();
}

// The end of an earlier link may be reported after the node is back over another one.
void node_down(directory_pointer self, const caf::actor_addr& node) {
  auto& st = self->state;
  for (const auto& [name, life] : st.nodes)
    if (same_link(life.node, node)) st.machine->closed(name, life.incarnation, st.deps.clock->now().mono);
}

const node_actor* find(directory_pointer self, const core::node_name& name) {
  const auto at = self->state.nodes.find(name);
  return at == self->state.nodes.end() ? nullptr : &at->second.node;
}

caf::error no_such_node(const core::node_name& name) {
  return to_caf({ec::not_found, "There is no node " + name.value + " in the cluster.", 0});
}

// Not delegated: the operator has a link to this node only.
template <class Reply, class Request>
caf::result<Reply> answer_for(directory_pointer self, const node_actor& node, std::chrono::milliseconds patience,
                              const Request& request) {
  auto promise = self->make_response_promise<Reply>();
  self->request(node, patience, request)
      .then([promise](Reply& reply) mutable { promise.deliver(std::move(reply)); },
            [promise](const caf::error& why) mutable { promise.deliver(to_caf(from_caf(why))); });
  return promise;
}

// Of the node that the request names.
template <class Reply, class Request>
caf::result<Reply> ask_named(directory_pointer self, std::chrono::milliseconds patience, const Request& request) {
  const auto* const node = find(self, request.node);
  if (node == nullptr) return no_such_node(request.node);
  return answer_for<Reply>(self, *node, patience, request);
}

// Any node with the users role will do, for they share a database; one that drains only where there is no other.
caf::result<core::administered> administer(directory_pointer self, const core::administer& request) {
  const node_actor* chosen = nullptr;
  const auto view = self->state.machine->view();
  for (const auto& node : view.nodes) {
    if (!core::has_role(node, "users")) continue;
    const auto* const handle = find(self, node.name);
    if (handle != nullptr && (chosen == nullptr || !node.draining)) chosen = handle;
  }
  if (chosen == nullptr) return to_caf({ec::no_upstream, "No node with the users role is in the cluster.", 1});
  return answer_for<core::administered>(self, *chosen, administer_timeout, request);
}

template <class Request>
caf::result<void> pass_on(directory_pointer self, const node_actor& node, const Request& request) {
  auto promise = self->make_response_promise<void>();
  self->request(node, pass_on_timeout, request)
      .then([promise]() mutable { static_cast<caf::response_promise&>(promise).deliver(caf::unit); },
            [promise](const caf::error& why) mutable { promise.deliver(to_caf(from_caf(why))); });
  return promise;
}

caf::result<void> drain(directory_pointer self, const core::drain_node& request) {
  const auto* const node = find(self, request.node);
  return node == nullptr ? caf::result<void>{no_such_node(request.node)} : pass_on(self, *node, request);
}

caf::result<void> move(directory_pointer self, const core::move_room& request) {
  const auto* const node = find(self, request.node);
  if (node == nullptr) return no_such_node(request.node);
  const auto takes_rooms = [&](const core::node_record& known) {
    return known.name == request.node && !known.draining && core::has_role(known, "chat");
  };
  const auto view = self->state.machine->view();
  if (std::none_of(view.nodes.begin(), view.nodes.end(), takes_rooms))
    return to_caf({ec::conflict, "Node " + request.node.value + " is no chat node, or it drains.", 0});
  for (const auto& [name, life] : self->state.nodes)
    if (name != request.node) self->request(life.node, pass_on_timeout, request).then([] {}, [](const caf::error&) {});
  return pass_on(self, *node, request);
}

void sweep(directory_pointer self) {
  auto& st = self->state;
  carry_out(self, st.machine->sweep(st.deps.clock->now().mono));
  if (st.deps.watcher) st.deps.watcher->view_changed(st.machine->view());
}

}  // namespace

local_directory_actor::behavior_type directory_behavior(directory_pointer self, directory_deps deps) {
  // The machine needs two sweeps per grace; more often, a lost node is noticed sooner.
  const auto interval = deps.limits.grace / 5;
  self->state.deps = std::move(deps);
  self->state.machine.emplace(self->state.deps.limits, self->state.deps.life, self->state.deps.clock->now().mono);
  self->set_down_handler(
      [self](const caf::down_msg& down) { guarded("directory", [&] { node_down(self, down.source); }); });
  self->delayed_send(self, interval, sweep_tick::value);
  return {
      [self](core::node_record& record, const node_actor& node) {
        return guarded("directory", [&] { return enter(self, record, node); });
      },
      [self](const core::beat& from) {
        guarded("directory",
                [&] { carry_out(self, self->state.machine->beat(from, self->state.deps.clock->now().mono)); });
      },
      [self](core::read_view) { return self->state.machine->view(); },
      [self](const core::list_live_rooms& request) {
        return guarded("directory", [&] { return ask_named<core::live_rooms>(self, pass_on_timeout, request); });
      },
      [self](const core::administer& request) {
        return guarded("directory", [&] { return administer(self, request); });
      },
      [self](const core::maintain_database& request) {
        return guarded("directory",
                       [&] { return ask_named<core::database_maintained>(self, core::maintenance_patience, request); });
      },
      [self](const core::drain_node& request) { return guarded("directory", [&] { return drain(self, request); }); },
      [self](const core::move_room& request) { return guarded("directory", [&] { return move(self, request); }); },
      [self, interval](sweep_tick) {
        self->delayed_send(self, interval, sweep_tick::value);
        guarded("directory", [&] { sweep(self); });
      },
  };
}

}  // namespace greenroom::actors
