#include <benchmark/benchmark.h>

#include <string>

#include "core/history.hpp"

// The cost of a room's ring: every message is added to it, every join reads from it.
namespace greenroom {
namespace {

core::room_entry entry_of(std::uint64_t seq) {
  return {.seq = {seq},
          .author = {"ann"},
          .client_id = "a1b2c3d4e5f6a7b8",
          .text = std::string(100, 'x'),
          .at = core::wall_time{core::milliseconds{1}}};
}

core::history full_ring() {
  core::history ring({}, {});
  for (std::uint64_t seq = 1; seq <= 1000; ++seq) ring.push(entry_of(seq));
  return ring;
}

// The ring is full: one comes, one goes. The entry is copied, as a room copies it.
void ring_push(benchmark::State& state) {
  auto ring = full_ring();
  auto entry = entry_of(0);
  for (auto _ : state) {
    entry.seq = ring.head() + 1;
    ring.push(core::room_entry{entry});
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ring_push);

// Somebody comes back who missed `range` messages.
void ring_after(benchmark::State& state) {
  const auto ring = full_ring();
  const core::seq_no from{ring.head().value - static_cast<std::uint64_t>(state.range(0))};
  for (auto _ : state) benchmark::DoNotOptimize(ring.after(from).entries.data());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ring_after)->Arg(0)->Arg(50)->Arg(500);

}  // namespace
}  // namespace greenroom
