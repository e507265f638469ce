#include "app/serve.hpp"

#include <sched.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "actors/failpoint.hpp"
#include "app/cluster.hpp"
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

core::status check(const config& settings) {
  if (auto good = check_links(settings); !good) return good;
  std::error_code failed;
  std::filesystem::create_directories(settings.data_dir, failed);
  if (failed)
    return core::error{core::ec::bad_request,
                       "can't make the data directory " + settings.data_dir + ": " + failed.message(), 0};
  return core::done{};
}

// A thread that wakes up waits until the running one pauses (sched(7), SCHED_BATCH), so that what piles up meanwhile
// goes through together: with fewer processors than threads that is up to half of the work in a busy room. Nothing
// waits on a processor that is free. Where it isn't allowed, it isn't needed.
void let_work_pile_up() {
  const sched_param none{};
  sched_setscheduler(0, SCHED_BATCH, &none);
}

}  // namespace

int serve(const config& settings) {
  const char* const failpoints = std::getenv("GREENROOM_FAILPOINT");
  if (const auto armed = actors::arm_failpoints(failpoints != nullptr ? failpoints : ""); !armed)
    return refuse(armed.why());
  if (const auto good = check(settings); !good) return refuse(good.why());
  const auto secret = cluster_secret(settings);
  if (!secret) return refuse(secret.why());
  let_work_pile_up();
  stop_signal stop;
  process greenroom(settings, *secret, stop);
  if (const auto started = greenroom.start(); !started) return stop.asked() ? 0 : refuse(started.why());
  if (greenroom.wait_until_member()) {
    if (settings.roles.gateway)
      log::info("ready", {{"open", "http://localhost:" + std::to_string(greenroom.gateway_port())}});
    else
      log::info("ready");
  }
  stop.wait();
  if (const auto refused = greenroom.refusal()) return refuse(*refused);
  log::info("draining");
  greenroom.drain();
  log::info("stopped");
  return 0;
}

}  // namespace greenroom::app
