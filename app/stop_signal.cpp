#include "app/stop_signal.hpp"

#include <cstdlib>

namespace greenroom::app {

stop_signal::stop_signal() {
  listen();
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
