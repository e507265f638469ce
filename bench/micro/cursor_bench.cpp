#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "core/cursor.hpp"

// The cost of a subscription: a delivery asks one cursor, a join opens one.
namespace greenroom {
namespace {

using batch = std::shared_ptr<const int>;
using cursor = core::cursor<batch>;

// Batches of 8 entries come to all listeners of a room.
void cursor_delivers(benchmark::State& state) {
  std::vector<cursor> listeners;
  for (std::int64_t i = 0; i < state.range(0); ++i) (void)listeners.emplace_back(std::uint16_t{64}).open({1});
  const auto what = std::make_shared<const int>(0);
  core::seq_no next{1};
  for (auto _ : state) {
    for (auto& one : listeners) benchmark::DoNotOptimize(one.batch(next, 8, what));
    next = next + 8;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(cursor_delivers)->Arg(10)->Arg(1000);

// A join while batches come: `range` of them are held, and half of what they bring was sent by another way.
void cursor_opens(benchmark::State& state) {
  const auto what = std::make_shared<const int>(0);
  const auto held = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    cursor joining(64);
    for (std::uint64_t i = 0; i < held; ++i) benchmark::DoNotOptimize(joining.batch({i * 8 + 1}, 8, what));
    benchmark::DoNotOptimize(joining.open({held * 4 + 1}));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(cursor_opens)->Arg(0)->Arg(1)->Arg(16);

}  // namespace
}  // namespace greenroom
