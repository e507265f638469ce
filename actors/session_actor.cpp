#include "actors/session_actor.hpp"

#include "actors/guarded.hpp"

namespace greenroom::actors {
namespace {

using session_pointer = session_actor::stateful_pointer<session_state>;

core::mono_time now(session_pointer self) { return self->state.deps.clock->now().mono; }

core::connection_id name_of(const caf::actor_addr& connection) { return {connection.id()}; }

void forget(session_pointer self, core::connection_id connection) {
  std::erase_if(self->state.connections, [&](const auto& one) { return one.first == connection; });
}

void carry_out(session_pointer self, core::session_effects out) {
  auto& st = self->state;
  for (const auto& [connection, why] : out.close) {
    for (const auto& [name, handle] : st.connections)
      if (name == connection) self->send(handle, end_connection{why, std::string(core::describe(why).sentence)});
    forget(self, connection);
  }
  if (!out.in_use.empty()) self->send(st.deps.door, recheck_tokens{st.deps.user, std::move(out.in_use)});
  if (out.idle) self->send(st.deps.door, session_idle{st.deps.user});
}

void attach(session_pointer self, const attach_connection& msg, local_connection_actor connection) {
  const auto name = name_of(connection.address());
  self->monitor(connection);
  forget(self, name);
  self->state.connections.emplace_back(name, std::move(connection));
  carry_out(self, self->state.machine->attach(name, msg.token, now(self)));
}

}  // namespace

session_actor::behavior_type session_behavior(session_pointer self, session_deps deps) {
  auto& st = self->state;
  st.deps = std::move(deps);
  st.machine.emplace(st.deps.limits);
  self->set_down_handler([self](const caf::down_msg& down) {
    forget(self, name_of(down.source));
    self->state.machine->detach(name_of(down.source));
  });
  constexpr std::string_view me = "session";
  return {
      [=](const attach_connection& msg, local_connection_actor& connection) {
        guarded(me, [&] { attach(self, msg, std::move(connection)); });
      },
      [=](const core::session_ended& msg) {
        guarded(me, [&] { carry_out(self, self->state.machine->ended(msg.tokens, now(self))); });
      },
      [=](sweep_tick) { guarded(me, [&] { carry_out(self, self->state.machine->sweep(now(self))); }); },
  };
}

}  // namespace greenroom::actors
