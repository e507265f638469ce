#pragma once
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "net/link_common.hpp"
#include "net/link_silence.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"

namespace greenroom::net {

class link_watch;

/// The owner's view of a link: it may keep it for longer than the pool lives.
class link_handle final : public link {
 public:
  link_handle(link_identity peer, bool dialled, std::weak_ptr<link_watch> watch)
      : peer_(std::move(peer)), dialled_(dialled), watch_(std::move(watch)) {}

  [[nodiscard]] const link_identity& peer() const noexcept override { return peer_; }
  [[nodiscard]] bool dialled() const noexcept override { return dialled_; }
  void close() override;

 private:
  const link_identity peer_;
  const bool dialled_;
  const std::weak_ptr<link_watch> watch_;
};

/// The life of a link that is up: from `link_up` to `link_down`, each told once. Looks whether the peer is silent, on
/// its io thread; the bytes are the channel's, on another. Thread safe.
class link_watch final : public link_part, public std::enable_shared_from_this<link_watch> {
 public:
  link_watch(std::shared_ptr<link_common> common, std::size_t slot, link_identity peer, bool dialled,
             admission admitted);

  /// Tells the owner, and hands it the stream as a channel; or an error, and it never was up. On the slot's thread.
  core::status start(stream from);

  void cut(link_cut why) override;
  /// Bytes came.
  void heard() noexcept { heard_.store(now(), std::memory_order_relaxed); }
  /// This many bytes wait for the peer to read. Too many end it.
  void hold(std::size_t bytes);
  /// Ends it, once. `reason` is the metric's.
  void end(std::string_view reason, const std::string& why);
  /// The owner lets go of the channel: ends it, and never touches the socket again.
  void lose_socket();

 private:
  [[nodiscard]] static core::mono_time now() noexcept { return std::chrono::steady_clock::now(); }
  void wait();
  void look();

  std::shared_ptr<link_common> common_;
  boost::asio::steady_timer tick_;
  const link_identity peer_;
  const bool dialled_;
  admission admitted_;
  link_ptr handle_;
  std::atomic<core::mono_time> heard_;
  std::mutex lock_;
  link_silence silence_;  ///< of the io thread
  int socket_ = -1;       ///< the channel's; under the lock, because its number may be another's once it is closed
  std::size_t held_ = 0;  ///< bytes; under the lock
  bool ended_ = false;    ///< under the lock
};

}  // namespace greenroom::net
