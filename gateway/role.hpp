#pragma once
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/asker.hpp"
#include "edge/edge.hpp"
#include "gateway/admins.hpp"
#include "gateway/operations.hpp"
#include "gateway/proxy.hpp"
#include "net/http/service.hpp"
#include "net/io_pool.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::gateway {

/// An operator's settings of the gateway role.
struct role_settings {
  boost::asio::ip::tcp::endpoint listen;
  net::http::server_options http;  ///< its `forwarded_secret` stays empty: clients' own fields are never believed
  std::optional<boost::asio::ip::tcp::endpoint> operators_listen;  ///< for metrics and the whole status, in plain HTTP
  std::string forwarded_secret;  ///< the cluster's secret; signs where requests came in; not empty
  std::filesystem::path web;     ///< the web client's folder; empty: none
  std::filesystem::path client;  ///< the modules that it shares with programs, served as `/clients/js/src`; empty: none
  std::string tls_cert;          ///< PEM file of the certificate and its chain: https and wss; empty: plain
  std::string tls_key;           ///< PEM file of its key
  std::vector<std::string> allowed_origins;  ///< of pages, besides this gateway's own; each `scheme://host[:port]`
  upstream_options upstreams;
  core::milliseconds attempt_deadline{10'000};  ///< for one attempt at an instance
  core::milliseconds whole_deadline{20'000};    ///< for all of them
};

/// The dependencies of the gateway role. Everything outlives it.
struct role_deps {
  caf::actor_system* system = nullptr;  ///< null: no user can be deleted
  net::io_pool* pool = nullptr;
  std::shared_ptr<core::limits> limits;  ///< null: nothing is limited
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::node_name node;
  std::string version;
  edge::edge* clients = nullptr;  ///< of this process; started before the role is. Null: there are no websockets
};

struct route_deps;

/// The gateway: the role that clients meet.
class role {
 public:
  role(role_deps deps, role_settings settings);
  /// Stops.
  ~role();
  role(const role&) = delete;
  role& operator=(const role&) = delete;

  /// The watcher that must get each view: for the node actor.
  [[nodiscard]] std::shared_ptr<core::view_watcher> watcher() const { return instances_; }

  /// Begins to listen, and to continue deletions that other gateways left behind, where there is a node to ask through.
  /// `unavailable` where the address or the web client can't be used; the
  /// errors of `net::https_identity`.
  core::status start(const actors::local_node_actor& node = {});
  /// Reads the certificate and its key again, for connections that begin from now on; the errors of
  /// `net::https_identity`; after an error nothing changes. Does nothing without a certificate. Only after `start`.
  core::status read_again();
  /// The address where it listens; only after `start`.
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const { return service_.bound(); }
  /// The address where it listens for operators, if it does; only after `start`.
  [[nodiscard]] std::optional<boost::asio::ip::tcp::endpoint> bound_for_operators() const {
    return operators_ ? std::optional{operators_->bound()} : std::nullopt;
  }
  /// Not ready any more, though still serving: the first step of a drain.
  void leave() noexcept { service_.leave(); }
  /// Accepts no more; requests under way end.
  void drain();
  /// HTTP connections that are still open: none once a drain is complete.
  [[nodiscard]] std::size_t open() const noexcept { return service_.open(); }
  /// Closes everything at once.
  void stop();

 private:
  core::status listen_for_operators(const std::shared_ptr<const route_deps>& table);

  role_deps deps_;
  role_settings settings_;
  net::http::service service_;
  std::shared_ptr<upstreams> instances_;
  std::shared_ptr<operations> operations_;        // null: no user can be deleted
  std::unique_ptr<net::http::server> operators_;  // null: no listener
  actors::asker asker_;
};

}  // namespace greenroom::gateway
