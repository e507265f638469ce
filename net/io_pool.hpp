#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "core/ids.hpp"
#include "net/unsent.hpp"

namespace greenroom::net {

/// The processors that this process may really use: the least of `sched_getaffinity` and the cgroup's `cpu.max`,
/// rounded up; at least 1.
[[nodiscard]] std::size_t available_cores();

/// One `io_context` and one thread per core. A connection is given a slot and stays on that slot's thread, so that
/// nothing of a connection needs a lock. Outlives every socket, server and client that uses it.
class io_pool {
 public:
  /// `threads` slots, at most 256; 0: `available_cores()`. Nothing runs before `start`. `waiting`: bounds on bytes that
  /// wait for the clients of all servers and websockets on it.
  explicit io_pool(std::size_t threads = 0, unsent_bounds waiting = {});
  /// Stops, and destroys handlers that are still queued.
  ~io_pool();
  io_pool(const io_pool&) = delete;
  io_pool& operator=(const io_pool&) = delete;

  /// Starts the threads. Once.
  void start();
  /// Abandons queued handlers and joins the threads; not from one of them. Does nothing the second time.
  void stop();

  /// Between `start` and `stop`.
  [[nodiscard]] bool running() const noexcept { return running_.load(std::memory_order_acquire); }

  /// Number of slots.
  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  /// The context of a slot below `size()`.
  [[nodiscard]] boost::asio::io_context& context(std::size_t slot) { return slots_[slot]->context; }
  /// Deals the slots out in turn; thread safe.
  [[nodiscard]] std::size_t next_slot() noexcept { return deal_.fetch_add(1, std::memory_order_relaxed) % size(); }

  /// A new id of a connection on that slot: 24 random bits of this process, a counter of 32 bits, 8 bits of the slot.
  /// Thread safe; never 0.
  [[nodiscard]] core::connection_id next_connection_id(std::size_t slot) noexcept;
  /// The count of bytes that wait for clients of this process.
  [[nodiscard]] unsent& waiting() const noexcept { return *waiting_; }
  /// The slot of the connection that `next_connection_id` named.
  [[nodiscard]] static constexpr std::size_t slot_of(core::connection_id id) noexcept { return id.value & 0xff; }

 private:
  // io_context's shutdown is protected; all contexts shut down before the first is destroyed, because handlers queued
  // in one may hold sockets of another.
  struct pool_context : boost::asio::io_context {
    using io_context::io_context;
    void shut_down() { shutdown(); }
  };
  struct slot_state {
    pool_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
    std::thread thread;
  };

  std::vector<std::unique_ptr<slot_state>> slots_;
  std::atomic<bool> running_{false};
  std::atomic<std::size_t> deal_{0};
  std::atomic<std::uint32_t> counter_{0};
  std::uint64_t process_bits_;
  std::shared_ptr<unsent> waiting_;
};

}  // namespace greenroom::net
