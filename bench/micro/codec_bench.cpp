#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "protocol/voice.hpp"

// The cost of a frame in each dialect: an incoming message, and an outgoing batch.
namespace greenroom {
namespace {

const std::string text_of_100(100, 'x');

void decode(benchmark::State& state, const protocol::dialect& spoken, const std::string& frame) {
  for (auto _ : state) benchmark::DoNotOptimize(spoken.decode(frame));
  state.SetItemsProcessed(state.iterations());
}

void decode_lines(benchmark::State& state) { decode(state, protocol::lines_dialect(), "SEND " + text_of_100); }
void decode_json(benchmark::State& state) {
  decode(state, protocol::json_dialect(),
         R"({"type":"send","room":"lobby","id":"a1b2c3d4e5f6a7b8","text":")" + text_of_100 + "\"}");
}
BENCHMARK(decode_lines);
BENCHMARK(decode_json);

// A relay's work per batch and voice, independent of the number of its listeners.
void encode(benchmark::State& state, const protocol::dialect& speaks) {
  const protocol::voice spoken{speaks, protocol::features::none, protocol::framing::websocket, {}};
  std::vector<core::room_entry> entries(static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; i < entries.size(); ++i)
    entries[i] = {.seq = {i + 1},
                  .author = {"ann"},
                  .text = text_of_100,
                  .at = core::wall_time{core::milliseconds{1'700'000'000'000}}};
  for (auto _ : state) {
    std::string out;
    for (const auto& entry : entries) spoken.encode(core::message_event{{"lobby"}, {7}, &entry, false, false}, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
void encode_lines(benchmark::State& state) { encode(state, protocol::lines_dialect()); }
void encode_json(benchmark::State& state) { encode(state, protocol::json_dialect()); }
BENCHMARK(encode_lines)->Arg(1)->Arg(32);
BENCHMARK(encode_json)->Arg(1)->Arg(32);

}  // namespace
}  // namespace greenroom
