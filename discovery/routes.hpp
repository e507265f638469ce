#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "core/ports.hpp"
#include "net/http/probes.hpp"
#include "net/http/routes.hpp"

namespace greenroom::discovery {

/// What discovery's answers are made of.
struct route_deps {
  core::limits* limits = nullptr;  ///< outlives the table; null: nothing is limited
  std::function<core::cluster_view()> view;
  core::node_name node;
  std::string version;
  std::function<std::uint64_t()> uptime_seconds;
  net::http::probe_sources probes;
};

/// Discovery's HTTP table: `GET /status`, `GET /sd`, and the probes.
[[nodiscard]] net::http::routes make_routes(route_deps deps);

}  // namespace greenroom::discovery
