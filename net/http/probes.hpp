#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "net/http/routes.hpp"

namespace greenroom::net::http {

/// Whether a role can do its work, and the parts that this depends on.
struct readiness {
  bool ready = true;
  std::vector<std::pair<std::string, bool>> checks;  ///< shown by `/readyz?verbose`
};

/// What the probes ask. Called on io threads; must not block.
struct probe_sources {
  std::function<readiness()> ready;
  std::function<std::string()> metrics;  ///< Prometheus' text format 0.0.4
};

/// Adds GET `/livez`, `/readyz` (503 while not ready) and `/metrics`, which are never limited.
void add_probes(routes& table, probe_sources sources);

}  // namespace greenroom::net::http
