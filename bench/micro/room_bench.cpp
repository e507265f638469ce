#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "core/room.hpp"

// What a post costs the room's machine: judged, numbered, stored at once, published and answered. In a room with nobody
// in it, and in the largest that there may be: 10,000 members, 100,000 bans, 1,000 mutes.
namespace greenroom {
namespace {

using namespace std::chrono_literals;

constexpr core::instant now{core::wall_time{1'700'000'000'000ms}, core::mono_time{1000s}};

// All names of one length, as comparing them is what a lookup costs.
core::user_id person(std::size_t number) {
  auto digits = std::to_string(number);
  return {"person-" + std::string(6 - digits.size(), '0') + digits};
}

core::room_opened opened(bool largest) {
  core::room_opened out;
  out.room = {"hall"};
  out.key = {1};
  out.epoch = {1};
  out.generation = {1};
  out.owner = person(0);
  if (!largest) return out;
  out.settings.access = core::room_access::secret;
  for (std::size_t i = 0; i < 10'000; ++i) out.members.push_back(person(i));
  for (std::size_t i = 10'000; i < 110'000; ++i) out.bans.push_back({person(i)});
  for (std::size_t i = 9'000; i < 10'000; ++i) out.mutes.push_back({person(i)});
  return out;
}

void room_post(benchmark::State& state) {
  core::room_limits limits;
  limits.gather = {};
  core::room tested(opened(state.range(0) != 0), limits);
  const core::post_batch batch{person(500), {1}, {{1, {}, std::string(100, 'x')}}};
  for (auto _ : state) {
    auto posted = tested.post(batch, now);
    if (posted.append.empty()) return state.SkipWithError("the post wasn't appended");
    auto stored = tested.appended({}, now);
    benchmark::DoNotOptimize(stored.publish.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(room_post)->ArgName("largest")->Arg(0)->Arg(1);

}  // namespace
}  // namespace greenroom
