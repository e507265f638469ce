#include "actors/session_actor.hpp"

#include <chrono>

#include "actors/guarded.hpp"

namespace greenroom::actors {
namespace {

using self_ptr = session_actor::stateful_pointer<session_state>;
constexpr std::chrono::seconds sweep_every{30};

core::mono_time now(self_ptr self) { return self->state.deps.clock->now().mono; }

core::connection_id name_of(const caf::actor_addr& connection) { return {connection.id()}; }

void carry_out(self_ptr self, core::session_effects out) {
  auto& st = self->state;
  for (const auto& [connection, why] : out.close)
    if (const auto node = st.connections.extract(connection))
      self->send(node.mapped(), end_connection{why, std::string(core::describe(why).sentence)});
  if (!out.in_use.empty()) self->send(st.deps.door, recheck_tokens{st.deps.user, std::move(out.in_use)});
  if (out.idle) self->send(st.deps.door, session_idle{st.deps.user});
}

void attach(self_ptr self, const attach_connection& msg, local_connection_actor connection) {
  const auto name = name_of(connection.address());
  self->monitor(connection);
  self->state.connections.insert_or_assign(name, std::move(connection));
  carry_out(self, self->state.machine->attach(name, msg.token, now(self)));
}

}  // namespace

session_actor::behavior_type session_behavior(self_ptr self, session_deps deps) {
  auto& st = self->state;
  st.deps = std::move(deps);
  st.machine.emplace(st.deps.limits);
  self->set_down_handler([self](const caf::down_msg& down) {
    self->state.connections.erase(name_of(down.source));
    self->state.machine->detach(name_of(down.source));
  });
  self->delayed_send(self, sweep_every, sweep_tick::value);
  constexpr std::string_view me = "session";
  return {
      [=](const attach_connection& msg, local_connection_actor& connection) {
        guarded(me, [&] { attach(self, msg, std::move(connection)); });
      },
      [=](const core::session_ended& msg) {
        guarded(me, [&] { carry_out(self, self->state.machine->ended(msg.tokens, now(self))); });
      },
      [=](sweep_tick) {
        self->delayed_send(self, sweep_every, sweep_tick::value);
        guarded(me, [&] { carry_out(self, self->state.machine->sweep(now(self))); });
      },
  };
}

}  // namespace greenroom::actors
