#pragma once
#include <caf/actor_system.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/local.hpp"
#include "actors/system.hpp"
#include "app/config.hpp"
#include "app/membership.hpp"
#include "app/stop_signal.hpp"
#include "chat/role.hpp"
#include "core/result.hpp"
#include "discovery/mesh.hpp"
#include "discovery/role.hpp"
#include "edge/edge.hpp"
#include "gateway/role.hpp"
#include "net/io_pool.hpp"
#include "net/limits.hpp"
#include "net/peer_tls.hpp"
#include "telemetry/metrics.hpp"
#include "users/role.hpp"

namespace greenroom::app {

/// One process: one node, one actor system, one io pool, one edge, whatever its roles. Starts from the bottom up,
/// drains from the top down. The roles meet through discovery, HTTP and the edge only.
class process {
 public:
  /// `stop` outlives the process: it is asked where discovery refuses the node, or an operator drains it.
  process(const config& settings, std::string secret, stop_signal& stop);
  /// Stops the running parts.
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Opens the databases (waits for those that are away, until `stop` is asked), takes links, starts the roles, and
  /// begins to join the cluster. Errors have a plain message.
  core::status start();
  /// Blocks until the node is in the cluster's view, which may take as long as discovery is away: true. False if a stop
  /// was asked for before.
  bool wait_until_member();
  /// The reason why discovery refuses this node, if it does.
  [[nodiscard]] std::optional<core::error> refusal() const;
  /// The port where the gateway listens.
  [[nodiscard]] std::uint16_t gateway_port() const { return gateway_->bound().port(); }
  /// Reads all certificates again, for connections that begin from now on; unusable ones are logged, and the old
  /// ones stay. Only after `start`.
  void read_certificates_again();
  /// Not ready any more; rooms retire, sockets are told; then everything stops. At most the configured time.
  void drain();

 private:
  core::status make_peers();
  core::status open_databases();
  void spawn_node();
  core::status take_links();
  core::status start_roles();
  void publish(std::string_view role, const boost::asio::ip::tcp::endpoint& bound);
  core::status start_discovery();
  core::status start_users();
  core::status start_chat();
  core::status start_gateway();
  void join_cluster();
  void stop();
  // A role counts for itself, as it would in a process of its own.
  std::shared_ptr<net::limits> make_limits();

  const config settings_;
  const std::string secret_;
  stop_signal& stop_;
  std::shared_ptr<actors::system_clock> clock_ = std::make_shared<actors::system_clock>();
  telemetry::metrics metrics_;
  std::vector<std::shared_ptr<net::limits>> limits_;  // one per role
  std::shared_ptr<net::peer_tls> peers_;              // for HTTP between the gateway and the roles behind it
  net::io_pool pool_;
  actors::system_config system_config_;
  std::unique_ptr<caf::actor_system> system_;
  core::node_record record_;
  std::shared_ptr<membership> membership_;
  bool is_started_ = false;
  mutable std::mutex refusal_lock_;
  std::optional<core::error> refusal_;
  actors::local_node_actor node_;
  std::unique_ptr<discovery::mesh> mesh_;
  std::unique_ptr<storage::account_store> accounts_;
  storage::chat_stores chat_stores_;
  std::unique_ptr<discovery::role> discovery_;
  std::unique_ptr<users::role> users_;
  std::unique_ptr<edge::edge> edge_;  // of the chat and the gateway role
  std::unique_ptr<chat::role> chat_;
  std::unique_ptr<gateway::role> gateway_;
};

}  // namespace greenroom::app
