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
  constexpr std::array<std::string_view, 9> words{"added",  "removed", "read",    "notice", "head",
                                                  "notify", "draft",   "invited", "killed"};
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

void tell_seen(user_pointer self, const core::user_effects& out) {
  auto& st = self->state;
  core::user_seen what{st.deps.user, st.machine->state(now(self)), 0};
  if (out.seen_by_own)
    for (const auto& [number, session] : st.sessions) self->send(session, what);
  for (const auto whom : out.seen)
    if (const auto watcher = st.watchers.find(whom); watcher != st.watchers.end()) {
      what.number = watcher->second.number;
      self->send(watcher->second.handle, what);
    }
}

void carry_out(user_pointer self, core::user_effects out) {
  auto& st = self->state;
  for (const auto& [number, answer] : out.answer)
    if (const auto session = st.sessions.find(number); session != st.sessions.end())
      self->send(session->second, answer);
  for (auto& news : out.tell) tell_all(self, std::move(news));
  if (out.seen_by_own || !out.seen.empty()) tell_seen(self, out);
  count_sessions(self);
  damp_later(self);
  if (st.machine->empty()) self->send(st.deps.node, home_idle{st.deps.user}, local_user_actor(self));
}

void stop_watching(user_pointer self, core::watcher_no who) {
  self->state.watchers.erase(who);
  self->state.machine->unwatch(who);
  carry_out(self, {});
}

// A node's watcher is known by its address, too.
void watch(user_pointer self, const core::watch_user& what) {
  auto& st = self->state;
  if (self->current_sender() == nullptr) return;
  const auto handle = caf::actor_cast<watcher_actor>(self->current_sender());
  const auto known = std::find_if(st.watchers.begin(), st.watchers.end(),
                                  [&](const auto& one) { return one.second.handle == handle; });
  if (what.stop) {
    if (known == st.watchers.end() || known->second.number > what.number) return;
    self->demonitor(handle.address());
    return stop_watching(self, known->first);
  }
  auto who = known == st.watchers.end() ? core::watcher_no{++st.last_watcher} : known->first;
  st.watchers[who] = {handle, what.number};
  if (known == st.watchers.end()) self->monitor(handle);
  carry_out(self, st.machine->watch(who));
  if (!st.machine->is_watched_by(who)) st.watchers.erase(who);
}

void forget(user_pointer self, const caf::actor_addr& session) {
  auto& st = self->state;
  const auto watcher = std::find_if(st.watchers.begin(), st.watchers.end(),
                                    [&](const auto& one) { return one.second.handle.address() == session; });
  if (watcher != st.watchers.end()) return stop_watching(self, watcher->first);
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
      [self](const core::watch_user& what) { guarded("user", [&] { watch(self, what); }); },
      [self](read_state) {
        core::who_are out;
        auto state = self->state.machine->state(now(self));
        if (state.online) out.users.push_back({self->state.deps.user, std::move(state)});
        return out;
      },
      [self](damp_tick) {
        self->state.damping = false;
        guarded("user", [&] { carry_out(self, self->state.machine->tick(now(self))); });
      },
  };
}

}  // namespace greenroom::actors
