#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "core/accounts.hpp"
#include "net/http/service.hpp"
#include "net/io_pool.hpp"
#include "storage/open.hpp"
#include "telemetry/metrics.hpp"
#include "users/passwords.hpp"

namespace greenroom::users {

/// An operator's settings of the users role.
struct role_settings {
  boost::asio::ip::tcp::endpoint listen;
  net::http::server_options http;
  password_settings passwords;
  core::account_limits accounts;
  std::chrono::milliseconds token_life{std::chrono::hours{30 * 24}};
  std::uint32_t max_sessions = 100;                                 ///< per user
  std::chrono::milliseconds ticket_life{std::chrono::seconds{30}};  ///< of the chat role's tickets
  std::optional<core::milliseconds> maintenance_at{};               ///< of the database, each day: from midnight UTC
};

/// The dependencies of the users role. Everything outlives it.
struct role_deps {
  caf::actor_system* system = nullptr;
  net::io_pool* pool = nullptr;
  std::shared_ptr<core::limits> limits;
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::node_name node;
  std::string version;
  std::unique_ptr<storage::account_store> store;
  std::function<bool()> is_member{};  ///< whether the node is in the cluster's view: not ready else. Empty: it is
};

/// The users role: the accounts, the hashing pool and the HTTP table. First it is built, then it starts with its node.
class role {
 public:
  /// Spawns the accounts on a thread of their own.
  role(role_deps deps, role_settings settings);
  ~role();
  role(const role&) = delete;
  role& operator=(const role&) = delete;

  /// The actor that registers, logs in and checks.
  [[nodiscard]] const actors::local_accounts_actor& accounts() const noexcept { return accounts_; }

  /// Introduces node and accounts to each other, and listens; `unavailable` where the address can't be bound.
  core::status start(const actors::local_node_actor& node);
  /// The address where it listens. Only after `start`.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const noexcept { return service_.bound(); }
  /// Not ready any more, though still serving: the first step of a drain. Thread safe.
  void leave() noexcept { service_.leave(); }
  /// Accepts no more; answers still owed go out. Thread safe.
  void drain() { service_.drain(); }
  /// HTTP connections that are still open: none once a drain is complete.
  [[nodiscard]] std::size_t open() const noexcept { return service_.open(); }
  /// Stops listening, hashing and the accounts, and releases them. Once, before the pool and the actor system stop.
  void stop();

 private:
  class database_watch;

  role_deps deps_;
  role_settings settings_;
  net::http::service service_;
  std::shared_ptr<passwords> passwords_;
  actors::asker asker_;
  std::shared_ptr<const storage::standing> stores_;  ///< why nothing can be stored
  actors::local_accounts_actor accounts_;
  std::shared_ptr<database_watch> database_;
};

}  // namespace greenroom::users
