#include <benchmark/benchmark.h>

#include <string>

#include "bench/micro/chat_fixture.hpp"

// How many read marks a second one catalog makes durable, where each passes one text. A mark must cost less than a
// post: `append/sqlite/rooms:64/entries:1` of journal_bench, and so on.
namespace {

using namespace greenroom;

void move_marks(benchmark::State& state, const std::string& kind) {
  const auto rooms = static_cast<std::size_t>(state.range(0));
  bench::chat_fixture database(kind, rooms);
  if (!database.ready()) {
    state.SkipWithError("no such database here");
    return;
  }
  for (auto _ : state) {
    state.PauseTiming();
    database.prepare(1, false);
    if (!database.append()) state.SkipWithError("not stored");
    state.ResumeTiming();
    if (!database.move_marks()) state.SkipWithError("not moved");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("rooms")->UseRealTime()->Unit(benchmark::kMicrosecond)->Arg(1)->Arg(64)->Arg(512);
}

BENCHMARK_CAPTURE(move_marks, memory, "memory:")->Apply(shapes);
BENCHMARK_CAPTURE(move_marks, sqlite, "sqlite:")->Apply(shapes);
BENCHMARK_CAPTURE(move_marks, postgresql, "postgresql:")->Apply(shapes);

}  // namespace
