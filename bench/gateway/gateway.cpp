// The gateway's role alone, with a view that never changes: one chat instance. What it costs is then the gateway's and
// nobody else's. Limits are counted, and never reached; metrics are kept; one io thread.
//
// Usage: greenroom-gateway-alone PORT UPSTREAM_PORT

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "actors/system.hpp"
#include "gateway/role.hpp"
#include "net/http/answer_counts.hpp"
#include "net/limits.hpp"
#include "telemetry/log.hpp"

using namespace greenroom;

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const auto port = [&](int i) { return static_cast<std::uint16_t>(std::atoi(arguments[i])); };
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);

  const auto clock = std::make_shared<actors::system_clock>();
  const auto metrics = telemetry::metrics::live("bench");
  core::limit_policies policies{};
  for (auto& one : policies) one = {1'000'000'000, 10};
  const auto limits = std::make_shared<net::limits>(policies, *clock, nullptr);
  net::io_pool pool(1);
  gateway::role_settings settings;
  settings.listen = {boost::asio::ip::address_v4::loopback(), port(1)};
  settings.forwarded_secret = "a secret that only the bench has";
  settings.http.observe = net::http::count_answers("gateway", metrics);
  gateway::role gateway({nullptr, &pool, limits, clock, metrics, {"bench"}, "bench"}, settings);
  core::cluster_view view{{1}, {}};
  view.nodes.push_back({{"chat-1"}, {1}, {{"chat", "127.0.0.1", port(2)}}, "bench", {}, {}, false, {}, {}});
  gateway.watcher()->view_changed(view);
  if (const auto started = gateway.start(); !started) {
    std::fprintf(stderr, "%s\n", started.why().text().c_str());
    return 1;
  }
  pool.start();
  int signal = 0;
  sigwait(&stops, &signal);
  gateway.stop();
  pool.stop();
  return 0;
}
