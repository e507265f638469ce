#include "actors/session_actor.hpp"

#include <caf/actor_cast.hpp>

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

// The home goes by its address: handles compare by it, whatever link they came over.
bool is_home(session_pointer self, const caf::actor_addr& who) {
  return self->state.home && self->state.home.address() == who;
}

void settle(session_pointer self) {
  auto& st = self->state;
  st.home = caf::actor_cast<user_actor>(self->current_sender());
  self->monitor(st.home);
}

void part(session_pointer self) {
  auto& st = self->state;
  self->demonitor(st.home.address());
  st.home = nullptr;
}

void carry_out(session_pointer self, const core::homing_effects& out) {
  auto& st = self->state;
  if (out.turn_down) self->send(caf::actor_cast<user_actor>(self->current_sender()), *out.turn_down);
  if (out.settle) settle(self);
  if (out.tell) self->send(st.home, *out.tell);
  if (out.part) part(self);
  if (out.ask && st.deps.node) self->send(st.deps.node, *out.ask);
}

void count(session_pointer self) {
  auto& st = self->state;
  st.homing->wear(st.machine->face(now(self)));
  carry_out(self, st.homing->count(st.machine->size()));
}

void registered(session_pointer self, const core::session_registered& answer) {
  if (self->current_sender() == nullptr) return;
  const bool by_home = is_home(self, caf::actor_cast<caf::actor_addr>(self->current_sender()));
  carry_out(self, self->state.homing->registered(answer.number, by_home));
}

// One payload for all of them: CAF's messages are copied on write.
void pass_on(session_pointer self, core::user_news& news) {
  const auto shared = caf::make_message(std::move(news));
  for (const auto& [name, connection] : self->state.connections)
    connection->enqueue(self->ctrl(), caf::make_message_id(), shared, self->context());
}

// Only clients of IRC want to know.
void pass_on(session_pointer self, core::user_seen& what) {
  if (self->state.machine->face(now(self)).irc == 0) return;
  const auto shared = caf::make_message(std::move(what));
  for (const auto& [name, connection] : self->state.connections)
    connection->enqueue(self->ctrl(), caf::make_message_id(), shared, self->context());
}

void source_down(session_pointer self, const caf::actor_addr& source) {
  auto& st = self->state;
  if (is_home(self, source)) {
    st.home = nullptr;
    return carry_out(self, st.homing->lost());
  }
  forget(self, name_of(source));
  st.machine->detach(name_of(source));
  count(self);
}

void attach(session_pointer self, const attach_connection& msg, local_connection_actor connection) {
  const auto name = name_of(connection.address());
  self->monitor(connection);
  forget(self, name);
  self->state.connections.emplace_back(name, std::move(connection));
  carry_out(self, self->state.machine->attach(name, msg.token, now(self)));
  count(self);
}

void look(session_pointer self, describe_connection& what) {
  if (self->current_sender() == nullptr) return;
  const auto who = caf::actor_cast<caf::actor_addr>(self->current_sender());
  self->state.machine->look(name_of(who), std::move(what.face));
  count(self);
}

void end(session_pointer self, const core::session_ended& ended) {
  carry_out(self, self->state.machine->ended(ended.tokens, now(self)));
  count(self);
}

void sweep(session_pointer self) {
  auto& st = self->state;
  carry_out(self, st.machine->sweep(now(self)));
  st.homing->wear(st.machine->face(now(self)));
  carry_out(self, st.homing->sweep());
}

}  // namespace

session_actor::behavior_type session_behavior(session_pointer self, session_deps deps) {
  auto& st = self->state;
  st.deps = std::move(deps);
  st.machine.emplace(st.deps.limits);
  st.homing.emplace(st.deps.user);
  self->set_down_handler(
      [self](const caf::down_msg& down) { guarded("session", [&] { source_down(self, down.source); }); });
  constexpr std::string_view me = "session";
  return {
      [=](const attach_connection& msg, local_connection_actor& connection) {
        guarded(me, [&] { attach(self, msg, std::move(connection)); });
      },
      [=](describe_connection& what) { guarded(me, [&] { look(self, what); }); },
      [=](user_active) { guarded(me, [&] { self->state.machine->active(now(self)); }); },
      [=](const core::session_ended& msg) { guarded(me, [&] { end(self, msg); }); },
      [=](const core::session_registered& answer) { guarded(me, [&] { registered(self, answer); }); },
      [=](core::user_news& news) { guarded(me, [&] { pass_on(self, news); }); },
      [=](core::user_seen& what) { guarded(me, [&] { pass_on(self, what); }); },
      [=](look_again told) { guarded(me, [&] { carry_out(self, self->state.homing->look(told.moved)); }); },
      [=](sweep_tick) { guarded(me, [&] { sweep(self); }); },
  };
}

}  // namespace greenroom::actors
