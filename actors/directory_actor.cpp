#include "actors/directory_actor.hpp"

#include <caf/actor_cast.hpp>

#include <chrono>
#include <utility>

#include "actors/guarded.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

using pointer = local_directory_actor::stateful_pointer<directory_state>;

void carry_out(pointer self, core::directory_effects effects) {
  auto& st = self->state;
  if (effects.publish) {
    telemetry::log::info("view_published",
                         {{"view", effects.publish->version.value}, {"nodes", effects.publish->nodes.size()}});
    for (const auto& [name, node] : st.nodes) self->send(node, *effects.publish);
    if (st.deps.watcher) st.deps.watcher->view_changed(*effects.publish);
  }
  for (const auto& name : effects.lost) {
    telemetry::log::warn("node_lost", {{"node", name.value}});
    st.nodes.erase(name);
  }
}

void watch(pointer self, const core::node_record& record, const node_actor& node) {
  auto& st = self->state;
  st.nodes[record.name] = node;
  st.lives.insert_or_assign(node.address(), directory_state::life{record.name, record.incarnation});
  // Every time: the end of an earlier link to the same node may still be on its way, and takes its monitor along.
  self->monitor(node);
}

caf::result<core::cluster_view> enter(pointer self, core::node_record& record, const node_actor& node) {
  auto& st = self->state;
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

void node_down(pointer self, const caf::actor_addr& node) {
  auto& st = self->state;
  const auto over = st.lives.extract(node);
  if (over) st.machine->closed(over.mapped().node, over.mapped().incarnation, st.deps.clock->now().mono);
}

void sweep(pointer self) {
  auto& st = self->state;
  carry_out(self, st.machine->sweep(st.deps.clock->now().mono));
  if (st.deps.watcher) st.deps.watcher->view_changed(st.machine->view());
}

}  // namespace

local_directory_actor::behavior_type directory_behavior(pointer self, directory_deps deps) {
  // Twice a grace is what the machine needs; more often, a lost node is noticed sooner.
  const auto interval = deps.limits.grace / 5;
  self->state.deps = std::move(deps);
  self->state.machine.emplace(self->state.deps.limits, self->state.deps.clock->now());
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
      [](const core::list_live_rooms&) -> caf::result<core::live_rooms> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::drain_node&) -> caf::result<void> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::move_room&) -> caf::result<void> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [self, interval](sweep_tick) {
        self->delayed_send(self, interval, sweep_tick::value);
        guarded("directory", [&] { sweep(self); });
      },
  };
}

}  // namespace greenroom::actors
