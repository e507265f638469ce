#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "bench/micro/chat_fixture.hpp"

// How many rows a second one journal makes durable.
namespace {

using namespace greenroom;

void append(benchmark::State& state, const std::string& kind) {
  const auto rooms = static_cast<std::size_t>(state.range(0));
  const auto entries = static_cast<std::size_t>(state.range(1));
  bench::chat_fixture database(kind, rooms);
  if (!database.ready()) {
    state.SkipWithError("no such database here");
    return;
  }
  for (auto _ : state) {
    state.PauseTiming();
    database.prepare(entries, state.range(2) != 0);
    state.ResumeTiming();
    if (!database.append()) state.SkipWithError("not stored");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rooms * entries));
}

void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"rooms", "entries", "ids"})->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (const long long ids : {0, 1})
    for (const auto& [rooms, entries] :
         {std::pair{1LL, 1LL}, {1LL, 64LL}, {64LL, 1LL}, {512LL, 1LL}, {64LL, 8LL}, {1LL, 512LL}})
      bench->Args({rooms, entries, ids});
}

BENCHMARK_CAPTURE(append, memory, "memory:")->Apply(shapes);
BENCHMARK_CAPTURE(append, sqlite, "sqlite:")->Apply(shapes);
BENCHMARK_CAPTURE(append, postgresql, "postgresql:")->Apply(shapes);

}  // namespace
