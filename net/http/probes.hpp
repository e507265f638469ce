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
  std::string why{};                                 ///< a sentence, shown while it isn't ready; may be empty
};

/// The sources of the probes' answers. Called on io threads; must not block.
struct probe_sources {
  std::function<readiness()> ready;
  std::function<std::string()> metrics;  ///< Prometheus' text format 0.0.4; empty: no `/metrics`
};

/// Adds the routes that every role has and never limits: GET `/livez`, `/readyz` (503 while not ready), `/metrics`
/// where there are some, and `/docs/errors`, where the `type` of a problem leads to (RFC 9457 section 3.1.1).
void add_probes(routes& table, probe_sources sources);

/// Answers with metrics in Prometheus' text format.
void answer_metrics(const exchange_ptr& ask, std::string text);

}  // namespace greenroom::net::http
