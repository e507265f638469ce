#pragma once
#include <caf/actor_system.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/system.hpp"
#include "app/config.hpp"
#include "app/stop_signal.hpp"
#include "chat/role.hpp"
#include "core/result.hpp"
#include "discovery/role.hpp"
#include "gateway/role.hpp"
#include "net/io_pool.hpp"
#include "net/limits.hpp"
#include "telemetry/metrics.hpp"
#include "users/role.hpp"

namespace greenroom::app {

/// One process: one node, one actor system, one io pool, whatever its roles. Starts from the bottom up, drains from the
/// top down. The roles meet through discovery and HTTP only.
class process {
 public:
  process(const config& settings, std::string secret);
  /// Stops what runs.
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Opens the databases (waits for those that are away, until `stop` is asked), starts the roles, joins the cluster,
  /// and waits until they are in its view. Errors have a plain message.
  core::status start(stop_signal& stop);
  /// Where the gateway listens.
  [[nodiscard]] std::uint16_t gateway_port() const { return gateway_->bound().port(); }
  /// Not ready any more; rooms retire, sockets are told; then everything stops. At most the configured time.
  void drain();

 private:
  core::status open_databases(stop_signal& stop);
  void spawn_node();
  core::status start_roles();
  core::status join_cluster(stop_signal& stop);
  void stop();
  // A role counts for itself, as it would in a process of its own.
  std::shared_ptr<net::limits> make_limits();

  const config settings_;
  const std::string secret_;
  std::shared_ptr<actors::system_clock> clock_ = std::make_shared<actors::system_clock>();
  telemetry::metrics metrics_;
  std::vector<std::shared_ptr<net::limits>> limits_;  // one a role
  net::io_pool pool_;
  actors::system_config system_config_;
  std::unique_ptr<caf::actor_system> system_;
  core::node_record record_;
  actors::local_node_actor node_;
  std::unique_ptr<storage::account_store> accounts_;
  storage::chat_stores chat_stores_;
  std::unique_ptr<discovery::role> discovery_;
  std::unique_ptr<users::role> users_;
  std::unique_ptr<chat::role> chat_;
  std::unique_ptr<gateway::role> gateway_;
};

}  // namespace greenroom::app
