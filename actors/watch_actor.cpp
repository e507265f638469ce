#include "actors/watch_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <utility>

#include "actors/guarded.hpp"
#include "core/placement.hpp"

namespace greenroom::actors {
namespace {

using watch_pointer = local_watch_actor::stateful_pointer<watch_state>;

constexpr auto watch_sweep_interval = std::chrono::seconds(1);

core::mono_time now(watch_pointer self) { return self->state.deps.clock->now().mono; }

void carry_out(watch_pointer self, core::watching_effects out) {
  auto& st = self->state;
  for (auto& question : out.ask) self->send(st.deps.node, std::move(question));
  for (auto& [connection, what] : out.tell)
    if (const auto known = st.connections.find(connection); known != st.connections.end())
      self->send(known->second, std::move(what));
  if (!st.machine->empty() && !std::exchange(st.sweeping, true))
    self->delayed_send(self, watch_sweep_interval, sweep_tick::value);
}

void begin(watch_pointer self, const watch_people& what, const local_connection_actor& connection) {
  auto& st = self->state;
  const core::connection_id who{connection.id()};
  if (st.connections.try_emplace(who, connection).second) self->monitor(connection);
  carry_out(self, st.machine->end(who, what.end));
  carry_out(self, st.machine->begin(who, what.begin, now(self)));
}

void forget(watch_pointer self, const caf::actor_addr& connection) {
  const core::connection_id who{connection.id()};
  self->state.connections.erase(who);
  carry_out(self, self->state.machine->gone(who));
}

// A home that isn't asked any more is told so.
void hear(watch_pointer self, const core::user_seen& what) {
  carry_out(self, self->state.machine->seen(what, now(self)));
  if (self->current_sender() == nullptr || self->state.machine->counts(what)) return;
  self->send(caf::actor_cast<user_actor>(self->current_sender()),
             core::watch_user{what.user, true, what.number, false});
}

void look(watch_pointer self, const homes_changed& what) {
  const auto moved = [&](const core::user_id& user) {
    const auto home = core::home_of(*what.now, user);
    return what.before ? home != core::home_of(*what.before, user) : home == what.linked;
  };
  carry_out(self, self->state.machine->look(moved, now(self)));
}

}  // namespace

local_watch_actor::behavior_type watch_behavior(watch_pointer self, watch_deps deps) {
  auto& st = self->state;
  st.deps = std::move(deps);
  st.machine.emplace(core::watching::bounds{});
  self->set_down_handler([self](const caf::down_msg& down) { guarded("watch", [&] { forget(self, down.source); }); });
  return {
      [self](const watch_people& what, const local_connection_actor& connection) {
        guarded("watch", [&] { begin(self, what, connection); });
      },
      [self](const core::user_seen& what) { guarded("watch", [&] { hear(self, what); }); },
      [self](const homes_changed& what) { guarded("watch", [&] { look(self, what); }); },
      [self](sweep_tick) {
        self->state.sweeping = false;
        guarded("watch", [&] { carry_out(self, self->state.machine->tick(now(self))); });
      },
  };
}

}  // namespace greenroom::actors
