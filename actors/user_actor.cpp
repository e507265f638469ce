#include "actors/user_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "actors/guarded.hpp"

namespace greenroom::actors {
namespace {

using user_pointer = local_user_actor::stateful_pointer<user_state>;

core::mono_time now(user_pointer self) { return self->state.deps.clock->now().mono; }

std::string_view word_of(core::news_kind kind) {
  constexpr std::array<std::string_view, 5> words{"added", "removed", "read", "notice", "head"};
  const auto row = static_cast<std::size_t>(kind);
  return row < words.size() ? words[row] : "other";
}

// One payload for all of them: CAF's messages are copied on write.
void tell_all(user_pointer self, core::user_news news) {
  auto& st = self->state;
  st.deps.metrics.news.with({word_of(news.kind)}).add();
  const auto shared = caf::make_message(std::move(news));
  for (auto& [number, session] : st.sessions)
    session->enqueue(self->ctrl(), caf::make_message_id(), shared, self->context());
}

void count_sessions(user_pointer self) {
  auto& st = self->state;
  const auto sessions = static_cast<double>(st.machine->sessions());
  st.deps.metrics.home_sessions.add(sessions - std::exchange(st.counted, sessions));
}

void damp_later(user_pointer self) {
  auto& st = self->state;
  const auto due = st.machine->due();
  if (!due || std::exchange(st.damping, true)) return;
  const auto wait = std::max(*due - now(self), core::mono_time::duration{0});
  self->delayed_send(self, std::chrono::ceil<core::milliseconds>(wait), damp_tick::value);
}

void carry_out(user_pointer self, core::user_effects out) {
  auto& st = self->state;
  for (const auto& [number, answer] : out.answer)
    if (const auto session = st.sessions.find(number); session != st.sessions.end())
      self->send(session->second, answer);
  for (auto& news : out.tell) tell_all(self, std::move(news));
  count_sessions(self);
  damp_later(self);
  if (st.machine->empty()) self->send(st.deps.node, home_idle{st.deps.user}, local_user_actor(self));
}

void forget(user_pointer self, const caf::actor_addr& session) {
  auto& st = self->state;
  const auto known = st.numbers.extract(session);
  if (!known) return;
  st.sessions.erase(known.mapped());
  carry_out(self, st.machine->lost(known.mapped()));
}

void take(user_pointer self, const core::register_session& what) {
  auto& st = self->state;
  if (self->current_sender() == nullptr) return;
  const auto session = caf::actor_cast<registered_session>(self->current_sender());
  const auto address = session.address();
  const auto [known, added] = st.numbers.try_emplace(address);
  if (added) {
    known->second = {++st.last_session};
    st.sessions.emplace(known->second, session);
    self->monitor(session);
  }
  const auto number = known->second;
  carry_out(self, st.machine->registered(number, what, now(self)));
  if (st.machine->knows(number)) return;
  self->demonitor(address);
  st.sessions.erase(number);
  st.numbers.erase(address);
}

}  // namespace

local_user_actor::behavior_type user_behavior(user_pointer self, user_deps deps) {
  auto& st = self->state;
  st.deps = std::move(deps);
  st.machine.emplace(st.deps.limits);
  st.deps.metrics.homes.add();
  self->set_down_handler([self](caf::down_msg& down) { guarded("user", [&] { forget(self, down.source); }); });
  return {
      [self](const core::register_session& what) { guarded("user", [&] { take(self, what); }); },
      [self](core::user_news& news) {
        guarded("user", [&] { carry_out(self, self->state.machine->news(std::move(news), now(self))); });
      },
      [self](damp_tick) {
        self->state.damping = false;
        guarded("user", [&] { carry_out(self, self->state.machine->tick(now(self))); });
      },
  };
}

}  // namespace greenroom::actors
