#include "net/http/probes.hpp"

#include <memory>

#include "protocol/problem.hpp"

namespace greenroom::net::http {
namespace {

std::string readiness_text(const readiness& state, bool verbose) {
  std::string text;
  if (verbose)
    for (const auto& [name, good] : state.checks) text += (good ? "[+] " : "[-] ") + name + '\n';
  if (state.ready) return text + "ready\n";
  return text + (state.why.empty() ? "not ready\n" : "not ready: " + state.why + '\n');
}

}  // namespace

void add_probes(routes& table, probe_sources sources) {
  const auto shared = std::make_shared<const probe_sources>(std::move(sources));
  table.add("GET", "/livez", core::limit_class::none, [](const exchange_ptr& ask) { ask->text(200, "alive\n"); });
  table.add("GET", "/readyz", core::limit_class::none, [shared](const exchange_ptr& ask) {
    const readiness state = shared->ready();
    if (!state.ready) ask->set("Retry-After", "1");
    ask->text(state.ready ? 200 : 503, readiness_text(state, ask->query("verbose").has_value()));
  });
  if (shared->metrics)
    table.add("GET", "/metrics", core::limit_class::none,
              [shared](const exchange_ptr& ask) { answer_metrics(ask, shared->metrics()); });
  table.add("GET", "/docs/errors", core::limit_class::none, [](const exchange_ptr& ask) {
    static const std::string page = protocol::error_page();
    ask->text(200, page, "text/html; charset=utf-8");
  });
}

void answer_metrics(const exchange_ptr& ask, std::string text) {
  ask->text(200, std::move(text), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace greenroom::net::http
