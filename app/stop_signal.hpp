#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

namespace greenroom::app {

/// SIGTERM and SIGINT, from its making on. The first asks for a drain; the second ends the process at once, with
/// status 1.
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
  [[nodiscard]] bool asked() const noexcept { return asked_; }

 private:
  void listen();

  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_{context_, SIGTERM, SIGINT};
  std::atomic<bool> asked_{false};
  std::mutex lock_;
  std::condition_variable came_;
  std::thread thread_;
};

}  // namespace greenroom::app
