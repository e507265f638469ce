#include "actors/asker.hpp"

namespace greenroom::actors {
namespace {

constexpr auto asker_sweep_every = std::chrono::milliseconds(500);

void sweep_later(asker_pointer self) {
  if (self->state.asked.empty() || std::exchange(self->state.sweeping, true)) return;
  self->delayed_send(self, asker_sweep_every, sweep_tick::value);
}

asker_actor::behavior_type asker_behavior(asker_pointer self, std::shared_ptr<const core::clock> clock) {
  self->state.clock = std::move(clock);
  self->state.self = self;
  return {
      [self](const errand& what) { guarded("ask", [&] { what.go(self); }); },
      [self](sweep_tick) {
        self->state.sweeping = false;
        self->state.asked.give_up_late(self->state.clock->now().mono);
        sweep_later(self);
      },
  };
}

}  // namespace

asker::asker(caf::actor_system& system, std::shared_ptr<const core::clock> clock)
    : actor_(system.spawn(asker_behavior, std::move(clock)).address()) {}

std::uint64_t asker::begin(asker_pointer self, caf::actor_addr whom, std::chrono::milliseconds timeout,
                           questions::failed_function failed) {
  auto& st = self->state;
  const auto number = st.asked.ask(std::move(whom), st.clock->now().mono + timeout, std::move(failed));
  sweep_later(self);
  return number;
}

void asker::stop() const {
  if (const auto actor = caf::actor_cast<asker_actor>(actor_))
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

}  // namespace greenroom::actors
