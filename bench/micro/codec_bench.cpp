#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "protocol/dialect.hpp"

// What a frame costs in each dialect: a message that comes in, and a batch that goes out.
namespace greenroom {
namespace {

using core::dialect_kind;

const std::string text_of_100(100, 'x');

void decode(benchmark::State& state, dialect_kind kind, const std::string& frame) {
  const auto& spoken = protocol::dialect_of(kind);
  for (auto _ : state) benchmark::DoNotOptimize(spoken.decode(frame));
  state.SetItemsProcessed(state.iterations());
}

void decode_lines(benchmark::State& state) { decode(state, dialect_kind::lines, "SEND " + text_of_100); }
void decode_json(benchmark::State& state) {
  decode(state, dialect_kind::json,
         R"({"type":"send","room":"lobby","id":"a1b2c3d4e5f6a7b8","text":")" + text_of_100 + "\"}");
}
BENCHMARK(decode_lines);
BENCHMARK(decode_json);

// What a relay does once a batch and dialect, whatever the number of its listeners.
void encode(benchmark::State& state, dialect_kind kind) {
  const auto& spoken = protocol::dialect_of(kind);
  std::vector<core::room_entry> entries(static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i] = {.seq = {i + 1},
                  .author = {"ann"},
                  .text = text_of_100,
                  .at = core::wall_time{core::milliseconds{1'700'000'000'000}}};
  for (auto _ : state) {
    core::frames out;
    for (const auto& entry : entries) spoken.encode(core::message_event{{"lobby"}, {7}, &entry, false, false}, out);
    benchmark::DoNotOptimize(out.bytes.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
void encode_lines(benchmark::State& state) { encode(state, dialect_kind::lines); }
void encode_json(benchmark::State& state) { encode(state, dialect_kind::json); }
BENCHMARK(encode_lines)->Arg(1)->Arg(32);
BENCHMARK(encode_json)->Arg(1)->Arg(32);

}  // namespace
}  // namespace greenroom
