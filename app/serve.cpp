#include "app/serve.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "actors/failpoint.hpp"
#include "actors/secrets.hpp"
#include "app/process.hpp"
#include "app/stop_signal.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app {
namespace {

namespace log = telemetry::log;

int refuse(const core::error& why) {
  std::fprintf(stderr, "greenroom: %s\n", why.text().c_str());
  return 1;
}

// Without a secret of its own, one process makes one that nobody else knows.
core::result<std::string> cluster_secret(const config& settings) {
  if (settings.cluster_secret_file.empty()) return actors::random_bytes(32);
  std::ifstream file(settings.cluster_secret_file, std::ios::binary);
  std::string secret{std::istreambuf_iterator<char>(file), {}};
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (!file || secret.size() < 16)
    return core::error{core::ec::bad_request, "cluster-secret-file must be a readable file of at least 16 bytes.", 0};
  return secret;
}

core::status check(const config& settings) {
  if (!settings.tls_cert.empty() || !settings.tls_key.empty())
    return core::error{core::ec::bad_request,
                       "tls-cert and tls-key aren't in this version: put a TLS proxy before the gateway.", 0};
  if (!settings.roles.discovery)
    return core::error{core::ec::bad_request, "this version runs on one node: the roles must include discovery.", 0};
  std::error_code failed;
  std::filesystem::create_directories(settings.data_dir, failed);
  if (failed)
    return core::error{core::ec::bad_request,
                       "can't make the data directory " + settings.data_dir + ": " + failed.message(), 0};
  return core::done{};
}

}  // namespace

int serve(const config& settings) {
  const char* const failpoints = std::getenv("GREENROOM_FAILPOINT");
  if (const auto armed = actors::arm_failpoints(failpoints != nullptr ? failpoints : ""); !armed)
    return refuse(armed.why());
  if (const auto good = check(settings); !good) return refuse(good.why());
  const auto secret = cluster_secret(settings);
  if (!secret) return refuse(secret.why());
  stop_signal stop;
  process greenroom(settings, *secret);
  if (const auto started = greenroom.start(stop); !started) return stop.asked() ? 0 : refuse(started.why());
  if (settings.roles.gateway)
    log::info("ready", {{"open", "http://localhost:" + std::to_string(greenroom.gateway_port())}});
  else
    log::info("ready");
  stop.wait();
  log::info("draining");
  greenroom.drain();
  log::info("stopped");
  return 0;
}

}  // namespace greenroom::app
