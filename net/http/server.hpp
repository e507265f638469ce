#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "net/http/exchange.hpp"
#include "net/http/request_policy.hpp"
#include "net/io_pool.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"

namespace greenroom::net {
class peer_tls;
}

namespace greenroom::net::http {

/// Everything that may be set about a server.
struct server_options {
  std::chrono::milliseconds idle_timeout{3'000};     ///< without a byte, while the server waits for some
  std::chrono::milliseconds head_timeout{5'000};     ///< from a request's first byte to its empty line: else 408; and
                                                     ///< for a TLS handshake
  std::chrono::milliseconds body_timeout{10'000};    ///< for a whole body: else 408
  std::chrono::milliseconds answer_timeout{30'000};  ///< for the handler: else 503
  std::chrono::milliseconds write_timeout{30'000};   ///< for the client to take an answer
  std::chrono::milliseconds linger{1'000};  ///< reads on after an error's answer, so that the client gets to see it
  request_limits limits;
  connection_caps caps;
  tls_identity tls;  ///< clients speak TLS to it; null: plain HTTP
  std::chrono::milliseconds only_https{
      std::chrono::hours{365 * 24}};  ///< what it tells browsers over TLS (HSTS); 0: not
  /// The cluster's nodes may speak TLS to it, others plain HTTP: the first byte tells. Null: all speak plain HTTP.
  std::shared_ptr<const peer_tls> peers;
  /// The secret of gateways whose `X-Forwarded-*` are believed, where they come over `peers` or from this machine; then
  /// `limits` leave room for the gateway's additions. Empty: no gateway is believed.
  std::string forwarded_secret;
  std::shared_ptr<const proxy_trust> proxies;  ///< proxies in front of it that are believed about clients; null: none
  /// Hears of every answer: its status, and seconds since its head was complete. On an io thread; may be empty.
  std::function<void(unsigned status, double seconds)> observe;
};

/// An HTTP/1.1 server (RFC 9112): one request at a time per connection, keep-alive, upgrades given away.
class server {
 public:
  /// Called on the connection's io thread; must not block. An exception becomes a 500 and a line in the log.
  using handler = std::function<void(const exchange_ptr&)>;

  server(io_pool& pool, handler handle, server_options options = {});
  /// Stops.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Begins to accept; once. `unavailable` with the reason if the address can't be bound.
  core::status listen(const boost::asio::ip::tcp::endpoint& at);
  /// The address where it listens; with the port that was found where 0 was asked for.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const noexcept;
  /// Another certificate for connections that begin from now on; only where `server_options::tls` is one. Thread safe.
  void show(tls_identity fresh);
  /// Accepts no more, closes idle connections; answers still owed go out with `Connection: close`. Thread safe.
  void drain();
  /// Drains, and closes the rest at once; when it returns, no handler runs or will run. From any thread, but the
  /// pool must not be stopped meanwhile. Sockets that were given away must be closed by their new owners.
  void stop();
  /// Open connections that are still HTTP.
  [[nodiscard]] std::size_t connections() const noexcept;

  struct shared;  ///< the state that connections share; defined in server.cpp

 private:
  std::shared_ptr<shared> shared_;
  std::unique_ptr<listener> listener_;
};

}  // namespace greenroom::net::http
