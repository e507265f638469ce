#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "gateway/proxy.hpp"
#include "net/io_pool.hpp"
#include "net/tunnel.hpp"

namespace greenroom::gateway {

/// How websockets are opened.
struct upgrade_options {
  std::string secret;                          ///< signs where a request came in; not empty
  core::milliseconds connect_deadline{3'000};  ///< for one connection
  core::milliseconds answer_deadline{10'000};  ///< for the instance's answer to the handshake
  net::tunnel_options tunnel;
};

/// Opens websockets at instances and keeps the tunnels to them.
class upgrades {
 public:
  /// The pool outlives this.
  upgrades(net::io_pool& pool, std::shared_ptr<upstreams> to, upgrade_options options, telemetry::metrics metrics = {});
  /// Closes the tunnels.
  ~upgrades();
  upgrades(const upgrades&) = delete;
  upgrades& operator=(const upgrades&) = delete;

  /// Sends `ask`'s handshake (RFC 6455 section 4.1) to an instance; a 101 turns both connections into a tunnel, any
  /// other answer is passed on. Tried again only while no byte was written, because a ticket is good once. On `ask`'s
  /// io thread.
  void open(upstream_role role, std::string_view prefix, const net::http::exchange_ptr& ask);
  /// Tunnels that are open.
  [[nodiscard]] std::size_t count() const noexcept;
  /// Closes them all, and opens no more. Thread safe.
  void stop();

  struct shared;  ///< what the handshakes share; defined in upgrade.cpp

 private:
  std::shared_ptr<shared> shared_;
};

}  // namespace greenroom::gateway
