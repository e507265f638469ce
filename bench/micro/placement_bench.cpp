#include <benchmark/benchmark.h>

#include <string>

#include "core/node.hpp"
#include "core/placement.hpp"

// The cost of placing a room in a cluster of `range` chat nodes.
namespace greenroom {
namespace {

core::cluster_view view_of(std::int64_t nodes, std::uint64_t version = 1) {
  core::cluster_view out{{version}, {}};
  for (std::int64_t i = 0; i < nodes; ++i)
    out.nodes.push_back({{"chat-" + std::to_string(i)}, {1}, {{"chat", "10.0.0.1", 8008}}, "1", {}, {}, false, {}, {}});
  return out;
}

void place_room(benchmark::State& state) {
  const auto view = view_of(state.range(0));
  std::uint64_t number = 0;
  for (auto _ : state) benchmark::DoNotOptimize(core::placement(view, {"room" + std::to_string(++number)}));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(place_room)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

// A view comes to a node with 100 live rooms, and none of them has to move.
void view_change(benchmark::State& state) {
  constexpr std::size_t rooms = 100;
  auto view = view_of(state.range(0));
  core::node self(view.nodes.front().name);
  (void)self.view_changed(view);
  for (std::uint64_t i = 0, live = 0; live < rooms; ++i) {
    const core::room_id room{"room" + std::to_string(i)};
    if (self.find({i + 1}, room).open.empty()) continue;
    (void)self.opened(room, core::room_opened{room, {i + 1}, {1}, {1}, {}, {}});
    ++live;
  }
  for (auto _ : state) {
    ++view.version;
    benchmark::DoNotOptimize(self.view_changed(view));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rooms));
}
BENCHMARK(view_change)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace greenroom
