#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "actors/system.hpp"
#include "core/rate_limiter.hpp"
#include "net/limits.hpp"

// The cost of counting a request or a frame, with `range` clients in turn.
namespace greenroom {
namespace {

std::vector<std::string> keys(std::int64_t count) {
  std::vector<std::string> out;
  for (std::int64_t i = 0; i < count; ++i) out.push_back("user" + std::to_string(i));
  return out;
}

// A quota that is never reached: marks come and are shared, and none is refused.
void limiter_lets_pass(benchmark::State& state) {
  core::rate_limiter limiter({1'000'000, 10}, 1u << 20);
  const auto all = keys(state.range(0));
  core::mono_time now{};
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(limiter.take(all[next], 1, now));
    next = next + 1 == all.size() ? 0 : next + 1;
    now += std::chrono::microseconds{10};
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(limiter_lets_pass)->Arg(1)->Arg(1000)->Arg(100'000);

// 50 in 10 s, and the client wants a thousand times as many.
void limiter_refuses(benchmark::State& state) {
  core::rate_limiter limiter({50, 10});
  core::mono_time now{};
  for (auto _ : state) {
    benchmark::DoNotOptimize(limiter.take("ann", 1, now));
    now += std::chrono::microseconds{200};
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(limiter_refuses);

// The same behind the lock that io threads and actors share, with the real clock.
void node_limits(benchmark::State& state) {
  static const actors::system_clock clock;
  static net::limits* shared = nullptr;
  core::limit_policies policies{};
  policies[static_cast<std::size_t>(core::limit_class::send)] = {1'000'000, 10};
  if (state.thread_index() == 0) shared = new net::limits(policies, clock, {});
  const std::string key = "user" + std::to_string(state.thread_index());
  for (auto _ : state) benchmark::DoNotOptimize(shared->take(core::limit_class::send, key, 1));
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) delete shared;
}
BENCHMARK(node_limits)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace
}  // namespace greenroom
