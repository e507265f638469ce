#pragma once
#include <caf/actor_system.hpp>

#include <functional>
#include <string>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "edge/edge.hpp"
#include "net/http/probes.hpp"
#include "net/http/routes.hpp"
#include "protocol/status.hpp"

namespace greenroom::chat {

/// The dependencies of the chat role's HTTP table. Everything outlives it.
struct route_deps {
  actors::asker asker;
  edge::edge* clients = nullptr;
  actors::local_catalog_actor catalog;
  actors::local_node_actor node;
  core::limits* limits = nullptr;
  std::function<protocol::status_head()> head;  ///< the beginning of /status
  net::http::probe_sources probes;
};

/// The chat role's HTTP table: `/room`, `/rooms`, `/ticket`, `/ws`, history, members, sync, acts, invites, `/status`,
/// probes.
[[nodiscard]] net::http::routes make_routes(route_deps deps);

}  // namespace greenroom::chat
