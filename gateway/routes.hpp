#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/ports.hpp"
#include "edge/edge.hpp"
#include "gateway/admins.hpp"
#include "gateway/operations.hpp"
#include "gateway/proxy.hpp"
#include "net/http/files.hpp"
#include "net/http/probes.hpp"
#include "net/http/routes.hpp"
#include "protocol/status.hpp"

namespace greenroom::gateway {

/// The dependencies of the gateway's answers.
struct route_deps {
  core::limits* limits = nullptr;  ///< outlives the table; null: nothing is limited
  std::shared_ptr<upstreams> instances;
  std::shared_ptr<proxy> requests;
  edge::edge* clients = nullptr;                ///< outlives the table; null: there are no websockets
  std::shared_ptr<operations> deletions;        ///< of users; null: no user can be deleted
  std::shared_ptr<admins> operators;            ///< may see metrics and instances; null: no one may
  std::optional<net::http::files> web;          ///< the web client; none: 404
  std::function<protocol::status_head()> head;  ///< the beginning of /status
  net::http::probe_sources probes;
};

/// The gateway's HTTP table. Clients' limits are counted here, and not again by the instances. Probes and metrics of
/// instances are not proxied. `/metrics` is for admins, and so is the part of `/status` about instances.
[[nodiscard]] net::http::routes make_routes(const std::shared_ptr<const route_deps>& deps);

/// The table of the listener for operators: probes, `/metrics`, and the whole of `/status`, for everybody.
[[nodiscard]] net::http::routes make_operators_routes(const std::shared_ptr<const route_deps>& deps);

}  // namespace greenroom::gateway
