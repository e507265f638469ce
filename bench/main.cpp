#include <cstdio>

#include "bench/client.hpp"
#include "bench/clock.hpp"
#include "bench/options.hpp"
#include "bench/report.hpp"
#include "bench/workload.hpp"

using namespace greenroom::bench;

namespace {

constexpr int wrong_delivery = 3;

int talk(const options& wanted) {
  workload run(wanted);
  run.begin();
  run.run_until(now_ns() + to_ns(wanted.warmup_s));
  const auto from = read_now(wanted, run.sockets());
  run.measure(true);
  run.run_until(from.at_ns + to_ns(wanted.duration_s));
  run.measure(false);
  const auto to = read_now(wanted, run.sockets());
  run.finish();
  std::puts(talk_report(wanted, run, from, to).c_str());
  const deliveries& counted = run.counted();
  return counted.duplicated + counted.misrouted + counted.corrupt > 0 ? wrong_delivery : 0;
}

int connect(const options& wanted) {
  client sockets(wanted, [](std::uint32_t, std::string_view, std::uint64_t) {});
  const auto before = read_now(wanted, sockets);
  sockets.join_all();
  const auto joined = read_now(wanted, sockets);
  sockets.settle(wanted.idle_s, wanted.idle_s + 20);
  std::puts(connect_report(wanted, before, joined, read_now(wanted, sockets)).c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const options wanted = read_options(argc, argv);
  return wanted.workload == workload_kind::talk ? talk(wanted) : connect(wanted);
}
