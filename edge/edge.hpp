#pragma once
#include <caf/actor_system.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "core/connection.hpp"
#include "core/door.hpp"
#include "edge/admission.hpp"
#include "edge/connections.hpp"
#include "edge/irc_door.hpp"
#include "net/hub.hpp"
#include "net/ws_connection.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::edge {

/// An operator's settings of an edge.
struct edge_settings {
  net::hub_settings hub;
  net::ws_settings websocket;
  core::connection_limits connection;
  core::door_limits door;
  std::vector<std::string> allowed_origins;
  irc_settings irc;
  core::milliseconds goodbyes{2000};  ///< a drain spreads the websockets' closing over this time
};

/// The dependencies of an edge. Everything outlives it.
struct edge_deps {
  caf::actor_system* system = nullptr;
  net::io_pool* pool = nullptr;
  std::shared_ptr<core::limits> limits;
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::node_name node;  ///< goes into the tickets that are minted here
};

/// The part of a node that holds clients' sockets: the hub, the door, sessions and connections. A process has at most
/// one, whatever its roles. First it is built, which gives the node its relays' dependencies; then it starts, with that
/// node.
class edge {
 public:
  edge(edge_deps deps, edge_settings settings);
  ~edge();
  edge(const edge&) = delete;
  edge& operator=(const edge&) = delete;

  [[nodiscard]] std::shared_ptr<core::audience> audience() const noexcept { return hub_; }
  /// How many websockets are open.
  [[nodiscard]] const std::shared_ptr<std::atomic<std::uint32_t>>& connections_open() const noexcept { return count_; }
  /// How many clients act as admins of the server.
  [[nodiscard]] const std::shared_ptr<std::atomic<std::uint32_t>>& operators() const noexcept { return operators_; }
  [[nodiscard]] const actors::local_door_actor& door() const noexcept { return door_; }

  /// Spawns its actors. `catalog`: the one of this process; null: the catalogs of other nodes are asked.
  void start(const actors::local_node_actor& node, const actors::entrance_actor& catalog);

  /// Begins to take clients of IRC, where that is set. Only after `start`; the errors of `irc_door::listen`.
  core::status listen();
  /// Reads the certificate of IRC over TLS again.
  core::status read_again() { return irc_ ? irc_->read_again() : core::done{}; }

  /// Answers an upgrade request, as `admission::admit` does. Only after `start`.
  void admit(const net::http::exchange_ptr& ask, const core::room_id& room) { admission_->admit(ask, room); }

  /// Once the node has handed over its rooms, closes all websockets with 1012, in batches. Thread safe.
  void drain();
  /// The number still open: websockets, 1 while rooms are being handed over, 1 while read marks can be stored. 0 once a
  /// drain is complete.
  [[nodiscard]] std::size_t open() const noexcept {
    return count_->load() + (handing_over_ ? 1u : 0u) + (*marks_waiting_ ? 1u : 0u);
  }
  /// Cuts the remaining websockets, ends its actors. Once, when no upgrade is admitted any more, before the pool and
  /// the actor system stop.
  void stop();

 private:
  void count_deliveries();
  void tick();

  edge_deps deps_;
  edge_settings settings_;
  std::shared_ptr<net::hub> hub_;
  std::shared_ptr<std::atomic<std::uint32_t>> count_ = std::make_shared<std::atomic<std::uint32_t>>(0);
  std::shared_ptr<std::atomic<std::uint32_t>> operators_ = std::make_shared<std::atomic<std::uint32_t>>(0);
  std::atomic<bool> draining_{false};
  std::atomic<bool> handing_over_{false};
  net::hub_figures counted_;
  actors::local_node_actor node_;
  actors::local_door_actor door_;
  actors::entrance_actor own_catalog_;  ///< spawned here; null: another's
  actors::marks_actor marks_;
  std::shared_ptr<std::atomic<bool>> marks_waiting_ = std::make_shared<std::atomic<bool>>(false);
  actors::asker asker_;
  std::unique_ptr<connections> connections_;
  std::unique_ptr<admission> admission_;
  std::unique_ptr<irc_door> irc_;
  std::unique_ptr<boost::asio::steady_timer> timer_;
};

}  // namespace greenroom::edge
