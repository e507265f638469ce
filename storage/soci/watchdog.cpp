#include "storage/soci/watchdog.hpp"

#include <sys/socket.h>

#include "telemetry/log.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr std::chrono::milliseconds look_at_calls_each{200};

}  // namespace

watchdog::watchdog() : thread_([this] { run(); }) {}

watchdog::~watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (watched_.empty()) {
      asleep_ = true;
      changed_.wait(lock, [this] { return stopping_ || !watched_.empty(); });
      asleep_ = false;
    }
    changed_.wait_for(lock, look_at_calls_each, [this] { return stopping_; });
    const auto now = std::chrono::steady_clock::now();
    for (auto& call : watched_) {
      if (call.until > now) continue;
      telemetry::log::warn("database_stuck", {{"action", "connection cut"}});
      ::shutdown(call.socket, SHUT_RDWR);
      call.until = std::chrono::steady_clock::time_point::max();
    }
  }
}

watchdog::guard::guard(watchdog& dog, int socket, std::chrono::milliseconds patience)
    : dog_(socket < 0 ? nullptr : &dog) {
  if (dog_ == nullptr) return;
  bool wake = false;
  {
    const std::lock_guard lock(dog_->mutex_);
    at_ = dog_->watched_.insert(dog_->watched_.end(), {socket, std::chrono::steady_clock::now() + patience});
    wake = dog_->asleep_;
  }
  if (wake) dog_->changed_.notify_one();
}

watchdog::guard::~guard() {
  if (dog_ == nullptr) return;
  const std::lock_guard lock(dog_->mutex_);
  dog_->watched_.erase(at_);
}

}  // namespace greenroom::storage::soci
