#include "bench/report.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

#include "bench/clock.hpp"

namespace greenroom::bench {
namespace {

using json = nlohmann::ordered_json;

double rounded(double value, int digits) {
  const double scale = std::pow(10, digits);
  return std::round(value * scale) / scale;
}

json head(const options& wanted) {
  return {{"label", wanted.label},
          {"rooms", wanted.rooms},
          {"members", wanted.members},
          {"senders", wanted.senders},
          {"connections", wanted.connections()}};
}

void add_latency(json& out, const histogram& latency) {
  out["latency_us"] = {{"p50", std::round(latency.quantile_us(0.5))},
                       {"p90", std::round(latency.quantile_us(0.9))},
                       {"p99", std::round(latency.quantile_us(0.99))},
                       {"p999", std::round(latency.quantile_us(0.999))},
                       {"max", std::round(latency.most_us())}};
}

void add_faults(json& out, const deliveries& counted, const client& sockets, std::uint32_t copies) {
  out["lost"] = static_cast<std::int64_t>(counted.sent * copies) - static_cast<std::int64_t>(counted.unique);
  out["duplicated"] = counted.duplicated;
  out["reordered"] = counted.reordered;
  out["misrouted"] = counted.misrouted;
  out["corrupt"] = counted.corrupt;
  out["stalls"] = counted.stalls;
  out["disconnects"] = sockets.counted().lost;
  out["refused"] = sockets.counted().refused;
  out["late_sends"] = counted.late;
}

// The rest of what the processors did: other programs, and the kernel's work for nobody.
void add_shares(json& out, const reading& from, const reading& to, double seconds) {
  const double server = to.server.cpu_s - from.server.cpu_s;
  const double own = to.own_cpu_s - from.own_cpu_s;
  double busy = 0, stolen = 0;
  for (std::size_t i = 0; i < to.cpus.size() && i < from.cpus.size(); ++i) {
    busy += to.cpus[i].busy_s - from.cpus[i].busy_s;
    stolen += to.cpus[i].stolen_s - from.cpus[i].stolen_s;
  }
  out["server_cpu_share"] = rounded(server / seconds, 3);
  out["bench_cpu_share"] = rounded(own / seconds, 3);
  out["other_cpu_share"] = rounded((busy - server - own) / seconds, 3);
  out["stolen_share"] = rounded(stolen / seconds, 3);
}

}  // namespace

reading read_now(const options& wanted, const client& sockets) {
  return {now_ns(), usage_of(wanted.pids), own_cpu_s(), processors(), sockets.counted()};
}

std::string talk_report(const options& wanted, const workload& done, const reading& from, const reading& to) {
  const double seconds = to_s(to.at_ns - from.at_ns);
  const auto count = static_cast<double>(done.counted().measured);
  const double millions = count / 1e6;
  const auto reads = static_cast<double>(to.sockets.reads - from.sockets.reads);
  const auto bytes = static_cast<double>(to.sockets.bytes - from.sockets.bytes);
  json out = head(wanted);
  out["payload"] = wanted.payload;
  if (wanted.closed_loop())
    out["window"] = wanted.window;
  else
    out["rate"] = wanted.rate;
  out["seconds"] = rounded(seconds, 3);
  out["deliveries"] = done.counted().measured;
  out["deliveries_per_s"] = std::round(count / seconds);
  out["messages_per_s"] = std::round(count / seconds / done.copies());
  out["sent"] = done.counted().sent;
  add_latency(out, done.latency());
  add_faults(out, done.counted(), done.sockets(), done.copies());
  const double server = to.server.cpu_s - from.server.cpu_s;
  out["server_cpu_s_per_million"] = count > 0 ? rounded(server / millions, 4) : 0;
  out["server_cpu_us_per_message"] = count > 0 ? rounded(server / millions * done.copies(), 3) : 0;
  out["server_rss_mb"] = rounded(to.server.rss_mb, 1);
  out["bytes_per_delivery"] = count > 0 ? std::round(bytes / count) : 0;
  out["deliveries_per_read"] = reads > 0 ? rounded(count / reads, 1) : 0;
  add_shares(out, from, to, seconds);
  return out.dump();
}

std::string connect_report(const options& wanted, const reading& before, const reading& joined, const reading& silent) {
  const double seconds = to_s(joined.at_ns - before.at_ns);
  const auto count = static_cast<double>(wanted.connections());
  json out = head(wanted);
  out["seconds"] = rounded(seconds, 3);
  out["joins_per_s"] = std::round(count / seconds);
  out["server_cpu_ms_per_join"] = rounded((joined.server.cpu_s - before.server.cpu_s) * 1000 / count, 4);
  out["rss_before_mb"] = rounded(before.server.rss_mb, 1);
  out["rss_mb"] = rounded(silent.server.rss_mb, 1);
  out["rss_kb_per_connection"] = rounded((silent.server.rss_mb - before.server.rss_mb) * 1024 / count, 2);
  out["idle_cpu_share"] = rounded((silent.server.cpu_s - joined.server.cpu_s) / to_s(silent.at_ns - joined.at_ns), 3);
  out["disconnects"] = silent.sockets.lost;
  out["refused"] = silent.sockets.refused;
  add_shares(out, before, joined, seconds);
  return out.dump();
}

std::string storm_report(const options& wanted, const storm& done, const reading& from, const reading& to) {
  const double server = to.server.cpu_s - from.server.cpu_s;
  json out = head(wanted);
  out["missed"] = wanted.missed;
  out["rate"] = wanted.rate;
  out["joined_s"] = rounded(done.joined_s(), 3);
  out["seconds"] = rounded(done.whole_s(), 3);
  out["sent"] = done.counted().sent;
  add_latency(out, done.resumed());
  add_faults(out, done.counted(), done.sockets(), wanted.members);
  out["disconnects"] = 0;  // those of the storm came again
  out["again"] = done.again();
  out["unrecovered"] = done.unrecovered();
  out["server_cpu_ms_per_resume"] = rounded(server * 1000 / wanted.connections(), 4);
  out["server_rss_mb"] = rounded(to.server.rss_mb, 1);
  add_shares(out, from, to, to_s(to.at_ns - from.at_ns));
  return out.dump();
}

}  // namespace greenroom::bench
