#include "discovery/routes.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "protocol/discovery_api.hpp"

namespace greenroom::discovery {

using core::limit_class;
using net::http::exchange_ptr;

namespace {

using namespace std::chrono_literals;
constexpr core::milliseconds longest_wait = 5min;

std::optional<core::milliseconds> wait_from(std::string_view text) {
  const auto read = core::leading_number(text);
  if (!read || read->first > 300'000) return std::nullopt;
  const auto count = static_cast<std::int64_t>(read->first);
  std::optional<core::milliseconds> wait;
  if (read->second == "ms") wait = core::milliseconds{count};
  if (read->second == "s") wait = core::seconds{count};
  if (read->second == "m") wait = std::chrono::minutes{count};
  return wait && *wait <= longest_wait ? wait : std::nullopt;
}

void answer_nodes(watch& view, const exchange_ptr& ask) {
  const auto given = ask->query("index");
  if (!given) return ask->json(200, protocol::nodes(view.get()));
  const auto index = core::number_from<std::uint64_t>(*given);
  const auto wait = wait_from(ask->query("wait").value_or("30s"));
  if (!index) return ask->problem({core::ec::bad_request, "index must be a number, as an answer has it.", 0});
  if (!wait) return ask->problem({core::ec::bad_request, "wait must be a time up to 5m, like 500ms or 30s.", 0});
  view.answer_after(ask, *index, *wait);
}

}  // namespace

net::http::routes make_routes(route_deps given) {
  net::http::routes table{given.limits};
  net::http::add_probes(table, given.probes);
  const auto deps = std::make_shared<const route_deps>(std::move(given));
  table.add("GET", "/status", limit_class::status, [deps](const exchange_ptr& ask) {
    ask->json(200, protocol::discovery_status(deps->head(), deps->view->get()));
  });
  // Prometheus asks every few seconds, from one address.
  table.add("GET", "/sd", limit_class::api,
            [deps](const exchange_ptr& ask) { ask->json(200, protocol::service_discovery(deps->view->get())); });
  table.add("GET", "/nodes", limit_class::api, [deps](const exchange_ptr& ask) { answer_nodes(*deps->view, ask); });
  return table;
}

}  // namespace greenroom::discovery
