#pragma once
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/asker.hpp"
#include "actors/connection_actor.hpp"
#include "actors/interfaces.hpp"
#include "core/connection.hpp"
#include "net/http/exchange.hpp"
#include "net/hub.hpp"
#include "net/ws_connection.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::chat {

/// What the edge ties together. Everything outlives it.
struct edge_deps {
  caf::actor_system* system = nullptr;
  net::io_pool* pool = nullptr;
  net::hub* hub = nullptr;
  actors::door_actor door;
  std::shared_ptr<const actors::connection_ground> ground;  ///< of all connections
  std::shared_ptr<std::atomic<std::uint32_t>> connections;  ///< open websockets
  telemetry::metrics metrics;
  std::vector<std::string> allowed_origins;  ///< `scheme://host[:port]`, besides the request's own
  std::shared_ptr<const net::ws_settings> websocket;
};

/// Admits an upgrade: Origin, ticket or bearer, dialect, room; then ties the socket to its connection actor.
class edge {
 public:
  explicit edge(edge_deps deps) : deps_(std::move(deps)), asker_(*deps_.system, deps_.ground->clock) {}

  /// Answers an upgrade request to `/ws` (no room) or `/room/{room}`: 101, or 426, 400 (dialect), 401, 403 (origin),
  /// 404 (private room), 429, 503 as a problem.
  void admit(const net::http::exchange_ptr& ask, const core::room_id& room);

  /// Closes every websocket with 1012, spread over at most `within`, and turns new ones away. What they posted is
  /// answered before. Thread safe.
  void drain(core::milliseconds within);
  /// Ends its actor: before the actor system ends, when no upgrade is admitted any more.
  void stop() { asker_.stop(); }

 private:
  struct arrival;
  void redeem(const std::shared_ptr<arrival>& who, const std::string& ticket);
  void enter(const std::shared_ptr<arrival>& who);
  void upgrade(const std::shared_ptr<arrival>& who);
  void remember(core::connection_id id, const actors::local_connection_actor& connection);
  void close_some(std::size_t at_once);
  void forget(core::connection_id id);

  edge_deps deps_;
  actors::asker asker_;
  std::mutex lock_;
  bool draining_ = false;
  std::unordered_map<core::connection_id, actors::local_connection_actor> open_;
  std::vector<core::connection_id> leaving_;  ///< of those, who isn't told yet
  std::unique_ptr<boost::asio::steady_timer> timer_;
  class actor_owner;
};

/// Whether a page of `origin` (RFC 6454) may connect to `scheme://host`: no Origin at all, the same one, or one of
/// those allowed. Compared exactly, but for ASCII case and for the scheme's own port, which need not be said (RFC 6454
/// section 6.2, RFC 9110 section 4.2.3).
[[nodiscard]] bool origin_allowed(std::string_view origin, std::string_view scheme, std::string_view host,
                                  const std::vector<std::string>& allowed);

}  // namespace greenroom::chat
