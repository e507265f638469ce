#include "actors/asker.hpp"

namespace greenroom::actors {
namespace {

constexpr auto asker_sweep_every = std::chrono::milliseconds(500);

void sweep_later(asker_pointer self) {
  if (self->state.open.empty() || std::exchange(self->state.sweeping, true)) return;
  self->delayed_send(self, asker_sweep_every, sweep_tick::value);
}

void sweep(asker_pointer self) {
  auto& st = self->state;
  st.sweeping = false;
  const auto now = st.clock->now().mono;
  // One may wait behind a longer one that was asked before it; all are some seconds.
  for (; !st.deadlines.empty() && st.deadlines.front().first <= now; st.deadlines.pop_front())
    if (const auto node = st.open.extract(st.deadlines.front().second))
      guarded("ask", [&] { node.mapped()({ec::unavailable, {}, 0}); });
  sweep_later(self);
}

}  // namespace

std::uint64_t asker::begin(asker_pointer self, std::chrono::milliseconds timeout,
                           std::function<void(core::error)> expired) {
  auto& st = self->state;
  if (st.open.empty()) st.deadlines.clear();
  const auto number = ++st.last;
  st.open.emplace(number, std::move(expired));
  st.deadlines.emplace_back(st.clock->now().mono + timeout, number);
  sweep_later(self);
  return number;
}

asker_actor::behavior_type asker_behavior(asker_pointer self, std::shared_ptr<const core::clock> clock) {
  self->state.clock = std::move(clock);
  return {
      [self](const errand& what) { guarded("ask", [&] { what.go(self); }); },
      [self](sweep_tick) { sweep(self); },
  };
}

}  // namespace greenroom::actors
