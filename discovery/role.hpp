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
#include "net/http/server.hpp"
#include "net/io_pool.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::discovery {

/// What discovery needs.
struct role_deps {
  caf::actor_system* system = nullptr;  ///< outlives the role
  net::io_pool* pool = nullptr;         ///< outlives the role
  core::limits* limits = nullptr;       ///< outlives the role; null: nothing is limited
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
};

/// Everything that may be set about it.
struct role_options {
  boost::asio::ip::tcp::endpoint listen;
  core::node_name node;
  std::string version;
  core::directory_limits directory;
  net::http::server_options server;
};

/// Discovery: who is alive.
class role {
 public:
  /// Spawns the directory actor: nodes may register from now on.
  role(role_deps deps, role_options options);
  /// Stops.
  ~role();
  role(const role&) = delete;
  role& operator=(const role&) = delete;

  /// Where nodes of this process register and beat.
  [[nodiscard]] const actors::directory_actor& directory() const noexcept { return directory_; }

  /// Begins to listen. `unavailable` where the address can't be had.
  core::status start();
  /// Where it listens; only after `start`.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const { return server_->bound(); }
  /// Not ready any more, though still serving: the first step of a drain.
  void leave() noexcept { leaving_ = true; }
  /// Accepts no more HTTP; requests under way end, those that wait for a view at once. The directory goes on.
  void drain();
  /// HTTP connections that are still open: none once a drain is through. Only after `start`.
  [[nodiscard]] std::size_t open() const noexcept { return server_->connections(); }
  /// Closes everything at once and ends the directory actor.
  void stop();

 private:
  role_deps deps_;
  role_options options_;
  core::mono_time started_;
  std::atomic<bool> leaving_{false};
  std::shared_ptr<watch> view_;
  actors::directory_actor directory_;
  std::unique_ptr<net::http::server> server_;
};

}  // namespace greenroom::discovery
