#pragma once
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "core/ports.hpp"
#include "net/http/exchange.hpp"

namespace greenroom::discovery {

/// The directory's view for io threads, and the requests there that wait for the next one. Thread safe.
class watch final : public core::view_watcher, public std::enable_shared_from_this<watch> {
 public:
  /// `max_waiting` at one time; more are refused.
  explicit watch(std::size_t max_waiting = 256) : max_waiting_(max_waiting) {}

  void view_changed(const core::cluster_view& view) override;
  [[nodiscard]] core::cluster_view get() const;

  /// Answers with the view: at once if it is newer than `index`, else when it is, or when `patience` is over; within a
  /// second where the client has gone, so that its place is free for another. `overloaded` where too many wait. On the
  /// io thread of `ask`.
  void answer_after(const net::http::exchange_ptr& ask, std::uint64_t index, core::milliseconds patience);
  /// Answers all requests; none waits any more.
  void stop();

 private:
  struct waiter {
    net::http::exchange_ptr ask;
    std::uint64_t index = 0;
    std::shared_ptr<boost::asio::steady_timer> timer;
    std::chrono::steady_clock::time_point until{};
  };
  static void answer(waiter one, const core::cluster_view& view);
  void look_after(std::uint64_t number, const waiter& one);
  void patience_over(std::uint64_t number);

  const std::size_t max_waiting_;
  mutable std::mutex lock_;
  core::cluster_view view_;
  bool stopped_ = false;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, waiter> waiting_;
};

}  // namespace greenroom::discovery
