#pragma once
#include <string>
#include <vector>

#include "bench/accounting.hpp"
#include "bench/client.hpp"
#include "bench/options.hpp"
#include "bench/storm.hpp"
#include "bench/workload.hpp"

namespace greenroom::bench {

/// Everybody's resource use at one instant.
struct reading {
  std::uint64_t at_ns = 0;
  usage server;
  double own_cpu_s = 0;
  std::vector<processor> cpus;
  client::figures sockets;
};
reading read_now(const options& wanted, const client& sockets);

/// One JSON object about a run of `talk`, between two readings.
std::string talk_report(const options& wanted, const workload& done, const reading& from, const reading& to);

/// One JSON object about a run of `connect`: before the first, with the last joined, and after the silence.
std::string connect_report(const options& wanted, const reading& before, const reading& joined, const reading& silent);

/// One JSON object about a run of `storm`, from when all came back until each had everything.
std::string storm_report(const options& wanted, const storm& done, const reading& from, const reading& to);

}  // namespace greenroom::bench
