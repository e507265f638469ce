#pragma once
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace greenroom::storage::soci {

/// Shuts the socket of a connection on which a call takes too long, so that the call returns: a stopped server answers
/// nothing, not even its own timeouts. One thread, which looks some times per second while a call is watched.
class watchdog {
  struct watched {
    int socket;
    std::chrono::steady_clock::time_point until;
  };

 public:
  watchdog();
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// One watched call, from construction to destruction. The socket stays open at least as long.
  class guard {
   public:
    /// Watches `socket` for `patience`; nothing, if it is -1.
    guard(watchdog& dog, int socket, std::chrono::milliseconds patience);
    ~guard();
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

   private:
    watchdog* dog_;
    std::list<watched>::iterator at_;
  };

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<watched> watched_;
  bool asleep_ = false;  ///< for good, until a call is watched
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace greenroom::storage::soci
