#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

namespace greenroom::app {

/// SIGTERM, SIGINT and SIGHUP, from its making on. The first of SIGTERM and SIGINT asks for a drain; the second ends
/// the process at once, with status 1. SIGHUP ends nothing.
class stop_signal {
 public:
  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  /// As if the first signal had come; does nothing after it. Thread safe.
  void ask();
  /// Blocks until a signal came.
  void wait();
  /// Blocks until a signal came, or for that long; true if one came.
  bool wait_for(std::chrono::milliseconds time);
  /// Calls `act` at each SIGHUP from now on, one after the other, on a thread of its own; null: nothing is done at one.
  /// When this returns, the earlier `act` isn't running any more. Thread safe, but not from within `act`.
  void at_hangup(std::function<void()> act);
  [[nodiscard]] bool asked() const noexcept { return asked_; }

 private:
  void listen();
  void listen_for_hangups();

  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_{context_, SIGTERM, SIGINT};
  boost::asio::signal_set hangups_{context_, SIGHUP};
  std::mutex hangup_lock_;
  std::function<void()> at_hangup_;
  std::atomic<bool> asked_{false};
  std::mutex lock_;
  std::condition_variable came_;
  std::thread thread_;
};

}  // namespace greenroom::app
