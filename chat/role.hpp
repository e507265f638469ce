#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "edge/edge.hpp"
#include "net/http/routes.hpp"
#include "net/http/service.hpp"
#include "storage/open.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::chat {

/// An operator's settings of the chat role.
struct role_settings {
  boost::asio::ip::tcp::endpoint listen;
  net::http::server_options http;
  std::uint32_t tail = 500;  ///< entries that a room's opening brings: as many as its ring holds
  std::optional<core::milliseconds> maintenance_at{};  ///< of the database, each day: from midnight UTC
};

/// The dependencies of the chat role. Everything outlives it.
struct role_deps {
  caf::actor_system* system = nullptr;
  net::io_pool* pool = nullptr;
  std::shared_ptr<core::limits> limits;
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::node_name node;
  std::string version;
  storage::chat_stores stores;
  edge::edge* clients = nullptr;      ///< of this process; started before the role is
  std::function<bool()> is_member{};  ///< whether the node is in the cluster's view: not ready else. Empty: it is
};

/// The chat role: rooms' journal and catalog, and the HTTP table. First it is built, which gives the node what its
/// rooms need; then it gets that node, which gives the edge its catalog; then it starts.
class role {
 public:
  role(role_deps deps, role_settings settings);
  ~role();
  role(const role&) = delete;
  role& operator=(const role&) = delete;

  [[nodiscard]] const actors::journal_actor& journal() const noexcept { return journal_; }
  [[nodiscard]] const actors::follower_actor& follower() const noexcept { return follower_; }

  /// Spawns the rest, and gives the catalog.
  const actors::local_catalog_actor& join(actors::local_node_actor node);
  /// Listens; `unavailable` where the address can't be bound.
  core::status start();
  /// The address where it listens.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const noexcept { return service_.bound(); }
  /// Not ready any more. Rooms go to other nodes; after that HTTP ends. Thread safe.
  void drain();
  /// The number still open: HTTP connections, and 1 while rooms are being handed over. 0 once a drain is complete. Only
  /// after `start`.
  [[nodiscard]] std::size_t open() const noexcept { return service_.open() + (handing_over_ ? 1u : 0u); }
  /// Stops listening, cuts the remaining connections, ends its actors. Once, before the pool and the actor system stop.
  void stop();

 private:
  [[nodiscard]] net::http::role_state state() const;
  void watch_database();
  void tick();

  role_deps deps_;
  role_settings settings_;
  net::http::service service_;
  actors::asker asker_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> handing_over_{false};
  std::shared_ptr<std::atomic<bool>> database_ =
      std::make_shared<std::atomic<bool>>(true);     ///< the last question was answered
  std::shared_ptr<const storage::standing> stores_;  ///< why nothing can be stored
  actors::journal_actor journal_;
  actors::follower_actor follower_;
  actors::local_catalog_actor catalog_;
  actors::local_node_actor node_;
  std::unique_ptr<net::http::routes> table_;
  std::unique_ptr<boost::asio::steady_timer> timer_;
};

}  // namespace greenroom::chat
