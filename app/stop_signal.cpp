#include "app/stop_signal.hpp"

#include <cstdlib>
#include <utility>

namespace greenroom::app {

stop_signal::stop_signal() {
  listen();
  listen_for_hangups();
  thread_ = std::thread([this] { context_.run(); });
}

stop_signal::~stop_signal() {
  context_.stop();
  thread_.join();
}

void stop_signal::listen() {
  signals_.async_wait([this](boost::system::error_code failed, int) {
    if (failed) return;
    if (asked_) std::_Exit(1);
    ask();
    listen();
  });
}

void stop_signal::listen_for_hangups() {
  hangups_.async_wait([this](boost::system::error_code failed, int) {
    if (failed) return;
    {
      const std::lock_guard guard(hangup_lock_);
      if (at_hangup_) at_hangup_();
    }
    listen_for_hangups();
  });
}

void stop_signal::at_hangup(std::function<void()> act) {
  const std::lock_guard guard(hangup_lock_);
  at_hangup_ = std::move(act);
}

void stop_signal::ask() {
  {
    const std::lock_guard guard(lock_);
    asked_ = true;
  }
  came_.notify_all();
}

void stop_signal::wait() {
  std::unique_lock guard(lock_);
  came_.wait(guard, [this] { return asked_.load(); });
}

bool stop_signal::wait_for(std::chrono::milliseconds time) {
  std::unique_lock guard(lock_);
  return came_.wait_for(guard, time, [this] { return asked_.load(); });
}

}  // namespace greenroom::app
