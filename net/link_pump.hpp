#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>
#include <vector>

#include "net/link_common.hpp"
#include "net/link_greeting.hpp"
#include "net/link_guard.hpp"
#include "net/link_silence.hpp"

namespace greenroom::net {

class link_pump;

/// What the owner has of a link: it may keep it for longer than the pool lives.
class link_handle final : public link {
 public:
  link_handle(link_identity peer, bool dialled, std::weak_ptr<link_pump> pump)
      : peer_(std::move(peer)), dialled_(dialled), pump_(std::move(pump)) {}

  [[nodiscard]] const link_identity& peer() const noexcept override { return peer_; }
  [[nodiscard]] bool dialled() const noexcept override { return dialled_; }
  void close() override;

 private:
  const link_identity peer_;
  const bool dialled_;
  const std::weak_ptr<link_pump> pump_;
};

/// A link that is up: bytes between the peer and one end of a socketpair, whose other end the owner has. On one io
/// thread.
///
/// From the peer: one record is read, judged and written to the socketpair before the next is read. To the peer: the
/// socketpair is always read, because CAF has no bound for what it can't write; what waits for TLS is bounded here, and
/// what gathered while a write was under way goes out with the next one.
class link_pump final : public link_part, public std::enable_shared_from_this<link_pump> {
 public:
  link_pump(std::shared_ptr<link_common> common, std::size_t slot, std::unique_ptr<link_stream> stream,
            link_identity peer, bool dialled, admission admitted);
  ~link_pump() override;

  /// Tells the owner and begins; or `unavailable`, and it never was up.
  core::status start();

  void cut(link_cut why) override;

 private:
  using error_code = boost::system::error_code;

  void read_peer();
  void take_from_peer(std::size_t bytes);
  void write_local(std::size_t from, std::size_t to);
  void read_local();
  void take_from_local(std::size_t bytes);
  void local_ended();
  void write_peer();
  void written_to_peer(std::size_t bytes);
  void watch();
  void look();
  /// Ends it, once. `reason` is the metric's.
  void end(std::string_view reason, const std::string& why);
  [[nodiscard]] std::size_t queued() const noexcept { return gathering_.size() + writing_.size() - written_; }

  std::shared_ptr<link_common> common_;
  std::unique_ptr<link_stream> stream_;
  boost::asio::local::stream_protocol::socket local_;
  boost::asio::steady_timer tick_;
  link_identity peer_;
  bool dialled_;
  link_ptr handle_;  ///< null until up
  admission admitted_;
  link_guard guard_;
  link_silence silence_;
  std::vector<char> from_peer_;
  std::vector<char> from_local_;
  std::string gathering_;     ///< for the peer, behind what is being written
  std::string writing_;       ///< for the peer
  std::size_t written_ = 0;   ///< of it
  bool local_full_ = false;   ///< nothing is read from the peer until the socketpair takes what came
  bool local_ended_ = false;  ///< the owner closed its end: ends when all is written
  bool ended_ = false;
};

}  // namespace greenroom::net
