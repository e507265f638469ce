#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "actors/interfaces.hpp"
#include "core/directory.hpp"
#include "discovery/watch.hpp"
#include "net/http/probes.hpp"
#include "net/http/service.hpp"
#include "net/io_pool.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::discovery {

/// An operator's settings of the discovery role.
struct role_settings {
  boost::asio::ip::tcp::endpoint listen;
  net::http::server_options http;
  core::directory_limits directory;
};

/// The dependencies of the discovery role. Everything outlives it.
struct role_deps {
  caf::actor_system* system = nullptr;
  net::io_pool* pool = nullptr;
  std::shared_ptr<core::limits> limits;  ///< null: nothing is limited
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::node_name node;
  std::string version;
};

/// Discovery: knows which nodes are alive.
class role {
 public:
  /// Spawns the directory actor: nodes may register from now on.
  role(role_deps deps, role_settings settings);
  /// Stops.
  ~role();
  role(const role&) = delete;
  role& operator=(const role&) = delete;

  /// The directory where nodes of this process register and beat.
  [[nodiscard]] const actors::directory_actor& directory() const noexcept { return directory_; }

  /// Begins to listen. `unavailable` where the address can't be bound.
  core::status start();
  /// The address where it listens; only after `start`.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const { return service_.bound(); }
  /// Not ready any more, though still serving: the first step of a drain.
  void leave() noexcept { service_.leave(); }
  /// Accepts no more HTTP; requests under way end, those that wait for a view at once. The directory goes on.
  void drain();
  /// HTTP connections that are still open: none once a drain is complete.
  [[nodiscard]] std::size_t open() const noexcept { return service_.open(); }
  /// Closes everything at once and ends the directory actor.
  void stop();

 private:
  role_deps deps_;
  role_settings settings_;
  net::http::service service_;
  std::shared_ptr<watch> view_;
  actors::directory_actor directory_;
};

}  // namespace greenroom::discovery
