#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/ports.hpp"
#include "discovery/watch.hpp"
#include "net/http/probes.hpp"
#include "net/http/routes.hpp"
#include "protocol/status.hpp"

namespace greenroom::discovery {

/// The dependencies of discovery's answers.
struct route_deps {
  core::limits* limits = nullptr;  ///< outlives the table; null: nothing is limited
  std::shared_ptr<watch> view;
  std::function<protocol::status_head()> head;  ///< the beginning of /status
  net::http::probe_sources probes;
};

/// Discovery's HTTP table: `GET /status`, `GET /sd`, `GET /nodes`, and the probes.
///
/// `/nodes?index=N&wait=30s` is answered when the view's version is above N, or after that time (30 s if not said, 5
/// min at most); without an index, at once.
[[nodiscard]] net::http::routes make_routes(route_deps deps);

}  // namespace greenroom::discovery
