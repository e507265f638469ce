#include "app/serve.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
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
  struct stat about {};
  if (::stat(settings.data_dir.c_str(), &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    log::warn("data_dir_is_open", {{"path", settings.data_dir}, {"means", "others can look into it: chmod 0700"}});
  return core::done{};
}

void open_again(process& greenroom) {
  try {
    log::reopen();
  } catch (const std::exception& failed) {
    log::error("log_kept", {{"why", failed.what()}});
  }
  greenroom.read_certificates_again();
}

// A thread that wakes up waits until the running one pauses (sched(7), SCHED_BATCH), so that work that piles up
// meanwhile goes through together: with fewer processors than threads that is up to half of the work in a busy room.
// Nothing waits on a processor that is free. Where it isn't allowed, it isn't needed.
void let_work_pile_up() {
  const sched_param none{};
  sched_setscheduler(0, SCHED_BATCH, &none);
}

// Each socket is a descriptor, and a shell's first limit is meant for programs that use select(2).
void allow_many_descriptors() {
  rlimit allowed{};
  if (::getrlimit(RLIMIT_NOFILE, &allowed) != 0 || allowed.rlim_cur == allowed.rlim_max) return;
  allowed.rlim_cur = allowed.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &allowed) != 0) log::warn("open_files_not_raised", {{"what", std::strerror(errno)}});
}

int run(const config& settings, process& greenroom, stop_signal& stop) {
  if (greenroom.wait_until_member()) {
    if (settings.roles.gateway)
      log::info("ready", {{"open", (settings.tls_cert.empty() ? "http://localhost:" : "https://localhost:") +
                                       std::to_string(greenroom.gateway_port())}});
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

}  // namespace

int serve(const config& settings) {
  const char* const failpoints = std::getenv("GREENROOM_FAILPOINT");
  if (const auto armed = actors::arm_failpoints(failpoints != nullptr ? failpoints : ""); !armed)
    return refuse(armed.why());
  log::configure({settings.log_level, settings.log_format, settings.node, settings.log_file, nullptr});
  if (const auto good = check(settings); !good) return refuse(good.why());
  const auto secret = cluster_secret(settings);
  if (!secret) return refuse(secret.why());
  let_work_pile_up();
  allow_many_descriptors();
  stop_signal stop;
  process greenroom(settings, *secret, stop);
  if (const auto started = greenroom.start(); !started) return stop.asked() ? 0 : refuse(started.why());
  stop.at_hangup([&] { open_again(greenroom); });
  const auto outcome = run(settings, greenroom, stop);
  stop.at_hangup(nullptr);
  return outcome;
}

}  // namespace greenroom::app
