#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/interfaces.hpp"
#include "chat/edge.hpp"
#include "core/connection.hpp"
#include "core/door.hpp"
#include "net/http/routes.hpp"
#include "net/http/server.hpp"
#include "net/hub.hpp"
#include "net/ws_connection.hpp"
#include "storage/open.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::chat {

/// What the operator may set of the chat role.
struct settings {
  boost::asio::ip::tcp::endpoint listen;
  net::http::server_options http;
  net::hub_settings hub;
  net::ws_settings websocket;
  core::connection_limits connection;
  core::door_limits door;
  std::vector<std::string> allowed_origins;
  core::milliseconds goodbyes{2000};  ///< a drain spreads the websockets' closing over so long
  std::uint32_t tail = 500;           ///< entries that a room's opening brings: as many as its ring holds
};

/// What the chat role is given. Everything outlives it.
struct role_deps {
  settings options;
  caf::actor_system* system = nullptr;
  net::io_pool* pool = nullptr;
  std::shared_ptr<core::limits> rates;
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::node_name node;
  std::string version;
  storage::chat_stores stores;
  std::function<bool()> is_member{};  ///< whether the node is in the cluster's view: not ready else. Empty: it is
};

/// The chat role: rooms' journal and catalog, the door, the hubs, and the HTTP table. First it is built, which gives
/// the node what its rooms need; then it starts, with that node.
class role {
 public:
  explicit role(role_deps deps);
  ~role();
  role(const role&) = delete;
  role& operator=(const role&) = delete;

  [[nodiscard]] const actors::journal_actor& journal() const noexcept { return journal_; }
  [[nodiscard]] std::shared_ptr<core::audience> audience() const noexcept { return hub_; }
  [[nodiscard]] const std::shared_ptr<std::atomic<std::uint32_t>>& connections() const noexcept { return connections_; }

  /// Spawns the rest and listens; `unavailable` where the address can't be had.
  core::status start(actors::local_node_actor node);
  /// Where it listens.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const noexcept { return server_->bound(); }
  /// Not ready any more. Rooms go to other nodes; after that websockets are closed with 1012, and HTTP ends. Thread
  /// safe.
  void drain();
  /// What is still open: websockets, HTTP connections, and 1 while rooms are being handed over. None once a drain is
  /// through. Only after `start`.
  [[nodiscard]] std::size_t open() const noexcept {
    return connections_->load() + server_->connections() + (handing_over_ ? 1u : 0u);
  }
  /// Stops listening, cuts what is left, ends its actors. Once, before the pool and the actor system stop.
  void stop();

 private:
  void watch_database();
  void count_deliveries();
  void tick();

  role_deps deps_;
  std::shared_ptr<net::hub> hub_;
  std::shared_ptr<std::atomic<std::uint32_t>> connections_ = std::make_shared<std::atomic<std::uint32_t>>(0);
  std::atomic<bool> draining_{false};
  std::atomic<bool> handing_over_{false};
  std::shared_ptr<std::atomic<bool>> database_ =
      std::make_shared<std::atomic<bool>>(true);     ///< answered when asked last
  std::shared_ptr<const storage::standing> stores_;  ///< why nothing can be stored
  net::hub_figures counted_;
  actors::journal_actor journal_;
  actors::local_catalog_actor catalog_;
  actors::local_door_actor door_;
  actors::local_node_actor node_;
  std::unique_ptr<edge> edge_;
  std::unique_ptr<net::http::routes> table_;
  std::unique_ptr<net::http::server> server_;
  std::unique_ptr<boost::asio::steady_timer> timer_;
};

}  // namespace greenroom::chat
