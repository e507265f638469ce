#include <sys/prctl.h>

#include <cstdio>

#include "bench/client.hpp"
#include "bench/clock.hpp"
#include "bench/options.hpp"
#include "bench/report.hpp"
#include "bench/storm.hpp"
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

struct nobody final : receiver {
  void delivered(std::uint32_t, std::string_view, std::string_view, std::uint64_t) override {}
};

int connect(const options& wanted) {
  const names called(wanted);
  const auto spoken = make_protocol(wanted, called);
  nobody heard;
  client sockets(wanted, *spoken, heard);
  const auto before = read_now(wanted, sockets);
  sockets.join_all();
  const auto joined = read_now(wanted, sockets);
  sockets.settle(wanted.idle_s, wanted.idle_s + 20);
  std::puts(connect_report(wanted, before, joined, read_now(wanted, sockets)).c_str());
  return 0;
}

int come_back(const options& wanted) {
  storm run(wanted);
  run.begin();
  run.break_off();
  const auto from = read_now(wanted, run.sockets());
  run.come_back();
  const auto to = read_now(wanted, run.sockets());
  run.finish();
  std::puts(storm_report(wanted, run, from, to).c_str());
  const deliveries& counted = run.counted();
  return counted.duplicated + counted.misrouted + counted.corrupt > 0 ? wrong_delivery : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const options wanted = read_options(argc, argv);
  prctl(PR_SET_TIMERSLACK, 1UL);  // open loop: sends are due to the microsecond
  switch (wanted.workload) {
    case workload_kind::connect:
      return connect(wanted);
    case workload_kind::storm:
      return come_back(wanted);
    case workload_kind::talk:
      break;
  }
  return talk(wanted);
}
