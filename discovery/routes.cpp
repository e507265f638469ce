#include "discovery/routes.hpp"

#include <memory>
#include <utility>

#include "protocol/discovery_api.hpp"

namespace greenroom::discovery {

using core::limit_class;
using net::http::exchange_ptr;

net::http::routes make_routes(route_deps given) {
  net::http::routes table{given.limits};
  net::http::add_probes(table, given.probes);
  const auto deps = std::make_shared<const route_deps>(std::move(given));
  table.add("GET", "/status", limit_class::status, [deps](const exchange_ptr& ask) {
    ask->json(200, protocol::discovery_status({"discovery", deps->node, deps->version, deps->uptime_seconds()},
                                              deps->view()));
  });
  // Prometheus asks every few seconds, from one address.
  table.add("GET", "/sd", limit_class::api,
            [deps](const exchange_ptr& ask) { ask->json(200, protocol::service_discovery(deps->view())); });
  return table;
}

}  // namespace greenroom::discovery
