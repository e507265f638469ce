#pragma once
#include <string>
#include <string_view>

#include "core/messages/cluster.hpp"
#include "protocol/status.hpp"

namespace greenroom::protocol {

class json_writer;

/// Discovery's `GET /status`: the head, `services` (names with a live instance, in order), `services_count` (the number
/// of instances), `view` (its version), `instances:[{service,node,incarnation,address,version,draining,load}]`.
[[nodiscard]] std::string discovery_status(const status_head& head, const core::cluster_view& view);

/// The service under which a node announces its gateway's metrics, if it has a listener for them. Not a role: it
/// isn't counted or listed among the instances.
inline constexpr std::string_view metrics_service = "metrics";

/// `GET /sd`: Prometheus' http_sd list, `[{targets:["host:port"],labels:{role,node}}]`, one group per instance. A
/// gateway is listed with its listener for metrics, and not without one, because its own port has them for admins only.
[[nodiscard]] std::string service_discovery(const core::cluster_view& view);

/// `GET /nodes`: `{index,nodes:[{node,incarnation,version,draining,link,http:[{service,address}],load}]}`, where
/// `index` is the view's version.
[[nodiscard]] std::string nodes(const core::cluster_view& view);

/// `host:port`, with an IPv6 address in brackets (RFC 3986 section 3.2.2).
[[nodiscard]] std::string address_text(std::string_view host, std::uint16_t port);

/// Puts `load:{connections,rooms}`.
void put_load(json_writer& json, const core::node_load& load);

}  // namespace greenroom::protocol
