#pragma once
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/ports.hpp"
#include "net/http/probes.hpp"
#include "net/http/server.hpp"
#include "net/io_pool.hpp"
#include "protocol/status.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::net::http {

/// The dependencies of a role's service.
struct service_deps {
  std::string_view role;    ///< as `/status` says it; a literal
  io_pool* pool = nullptr;  ///< outlives the service
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::node_name node;
  std::string version;
};

/// The parts of a role's readiness, besides that it isn't leaving.
struct role_state {
  std::vector<std::pair<std::string, bool>> checks;  ///< all of them must hold
  std::string why{};                                 ///< a sentence that makes it not ready; empty: none
};

/// The HTTP side common to all roles: a server, probes, the head of `/status`, and the steps to the end.
///
///     built ──listen──► serving ──leave──► leaving ──drain──► draining ──stop──► stopped
///
/// `leave`, `drain` and `stop` may come at any time, any of them twice.
class service {
 public:
  explicit service(service_deps deps);
  /// Stops.
  ~service() { stop(); }
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// The head of `/status`. May be kept for longer than the service.
  [[nodiscard]] std::function<protocol::status_head()> head() const;
  /// The sources for probes: ready is a role that isn't leaving and whose `state` is good. `state` is called on io
  /// threads, and must not block. May be kept for longer than the service.
  [[nodiscard]] probe_sources probes(std::function<role_state()> state) const;

  /// Begins to serve; once. `unavailable` with the reason where the address can't be bound.
  core::status listen(server::handler handle, server_options options, const boost::asio::ip::tcp::endpoint& at);
  /// The address where it listens. Only after `listen`.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const { return server_->bound(); }
  /// Another certificate for connections that begin from now on. Only after `listen` with one.
  void show(tls_identity fresh) { server_->show(std::move(fresh)); }

  /// Not ready any more, though still serving: the first step of a drain. Thread safe.
  void leave() noexcept { *leaving_ = true; }
  [[nodiscard]] bool leaving() const noexcept { return *leaving_; }
  /// Leaves, and accepts no more; answers still owed go out. Thread safe.
  void drain();
  /// HTTP connections that are still open: none once a drain is through.
  [[nodiscard]] std::size_t open() const noexcept { return server_ ? server_->connections() : 0; }
  /// Closes everything at once; no handler runs after that. Before the pool stops.
  void stop();

 private:
  service_deps deps_;
  core::mono_time begun_;
  std::shared_ptr<std::atomic<bool>> leaving_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<server> server_;
};

}  // namespace greenroom::net::http
