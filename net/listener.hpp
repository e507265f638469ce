#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "net/io_pool.hpp"
#include "net/networks.hpp"
#include "net/socket.hpp"

namespace greenroom::net {

/// The most connections that a listener lets live.
struct connection_caps {
  std::size_t total = 50'000;
  std::size_t per_address = 1'000;   ///< IPv6: per /64
  bool count_loopback = false;       ///< whether `per_address` holds for 127.0.0.0/8 and ::1 too
  networks uncounted{};              ///< proxies, for which `per_address` doesn't hold: each speaks for many clients
  std::size_t descriptors_kept = 0;  ///< of those that the process may open, kept for other things than clients
};

/// Keeps a connection counted among its listener's until destroyed. Travels with the socket.
class admission {
 public:
  /// The counter behind it; a listener's own.
  class seat {
   public:
    virtual ~seat() = default;
    /// Counts it as another address's, or as nobody's; false, and nothing changes, where that one has too many.
    [[nodiscard]] virtual bool count_as(const std::optional<boost::asio::ip::address>& address) = 0;
  };

  admission() = default;
  explicit admission(std::shared_ptr<seat> counted) : counted_(std::move(counted)) {}

  /// The connection is this client's, although it came from another address: a proxy said so. False where the client
  /// has too many already. Thread safe.
  [[nodiscard]] bool count_as(const boost::asio::ip::address& client) {
    return !counted_ || counted_->count_as(client);
  }
  /// The connection is no client's, but of another part of the cluster: counted in total only. Thread safe.
  void count_as_nobodys() {
    if (counted_) (void)counted_->count_as(std::nullopt);
  }

 private:
  std::shared_ptr<seat> counted_;
};

/// An accepted connection, on the context of its slot.
struct accepted {
  tcp_socket socket;
  std::size_t slot = 0;
  boost::asio::ip::tcp::endpoint peer;
  admission admitted;
};

/// `ADDR:PORT` with a numeric address, `[::1]:80` for IPv6; or `bad_request`.
[[nodiscard]] core::result<boost::asio::ip::tcp::endpoint> parse_endpoint(std::string_view text);

/// The address as text; of IPv4 without going through the C library, because every request has one.
[[nodiscard]] std::string address_text(const boost::asio::ip::address& address);

/// Whether it is this machine's own: 127.0.0.0/8 or ::1, also as IPv6 writes an IPv4 address.
[[nodiscard]] bool is_loopback(const boost::asio::ip::address& address) noexcept;

/// The key by which limits count an address: itself, and for IPv6 its /64, because one customer gets that.
[[nodiscard]] std::string address_key(const boost::asio::ip::address& address);

/// Accepts on one address and port, and deals the connections round the pool. Over a cap a connection is closed at
/// once, and so is one that would take a descriptor which is kept back; without any accepting pauses for 100 ms.
class listener {
 public:
  /// Called on the slot's thread.
  using acceptor = std::function<void(accepted)>;

  listener(io_pool& pool, connection_caps caps, acceptor accept);
  /// Stops.
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// Binds and begins; port 0 takes a free one. `unavailable` with the reason if the address can't be bound.
  core::status listen(const boost::asio::ip::tcp::endpoint& at);
  /// The address where it listens. Only after `listen` succeeded.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const noexcept { return bound_; }
  /// Closes the port; connections live on. Thread safe, does nothing the second time.
  void stop();
  /// Connections that are counted now.
  [[nodiscard]] std::size_t connections() const;

 private:
  class head_count;
  struct door;

  io_pool& pool_;
  std::shared_ptr<door> door_;
  boost::asio::ip::tcp::endpoint bound_;
};

}  // namespace greenroom::net
