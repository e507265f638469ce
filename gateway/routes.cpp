#include "gateway/routes.hpp"

#include <array>
#include <utility>
#include <vector>

#include "protocol/gateway_api.hpp"

namespace greenroom::gateway {
namespace {

using core::ec;
using core::limit_class;
using net::http::exchange_ptr;

using deps_ptr = std::shared_ptr<const route_deps>;

void not_found(const exchange_ptr& ask) { ask->problem({ec::not_found, {}, 0}); }

void to_users(const deps_ptr& deps, const exchange_ptr& ask) {
  deps->requests->forward(upstream_role::users, "/users", ask);
}

void to_chat(const deps_ptr& deps, const exchange_ptr& ask) {
  if (ask->wants_websocket()) return deps->websockets->open(upstream_role::chat, "/chat", ask);
  deps->requests->forward(upstream_role::chat, "/chat", ask);
}

// Entering a room with a password is a login, so it is counted like one; with a token it isn't.
void enter_room(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto which = ask->bearer() ? limit_class::api : limit_class::auth;
  if (deps->limits != nullptr) {
    const auto verdict = deps->limits->take(which, ask->limit_key(), 1);
    if (!verdict.allowed) return ask->refuse(which, verdict);
    ask->set_limit_fields(which, verdict);
  }
  ask->count_as(which);
  to_chat(deps, ask);
}

void status(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto known = deps->instances->list();
  std::vector<protocol::upstream_instance> shown;
  shown.reserve(known.size());
  for (const auto& one : known)
    shown.push_back({to_string(one.who.role), one.who.life.name, one.who.at.host, one.who.at.port,
                     core::to_string(one.circuit), one.draining, one.load});
  const std::array<protocol::status_count, 1> counts{{{"websockets", deps->websockets->count()}}};
  ask->json(200,
            protocol::gateway_status({"gateway", deps->node, deps->version, deps->uptime_seconds()}, counts, shown));
}

void add_proxied(net::http::routes& table, const deps_ptr& deps) {
  const auto users = [deps](const exchange_ptr& ask) { to_users(deps, ask); };
  const auto chat = [deps](const exchange_ptr& ask) { to_chat(deps, ask); };
  for (const char* const path : {"/users/register", "/users/login", "/users/password"})
    table.add("POST", path, limit_class::auth, users);
  table.add("POST", "/chat/room", limit_class::none, [deps](const exchange_ptr& ask) { enter_room(deps, ask); });
  table.add("GET", "/users/status", limit_class::status, users);
  table.add("GET", "/chat/status", limit_class::status, chat);
  for (const std::string prefix : {"/users", "/chat"})
    for (const char* const own : {"/metrics", "/livez", "/readyz"})
      table.add("*", prefix + own, limit_class::api, not_found);
  table.add("*", "/users/{...}", limit_class::api, users);
  table.add("*", "/chat/{...}", limit_class::api, chat);
}

}  // namespace

net::http::routes make_routes(route_deps given) {
  net::http::routes table{given.limits};
  net::http::add_probes(table, given.probes);
  const auto deps = std::make_shared<const route_deps>(std::move(given));
  add_proxied(table, deps);
  // Deleting a user is a transaction over two databases, which no single instance can be asked for.
  table.add("DELETE", "/users/{user}", limit_class::auth, [deps](const exchange_ptr& ask) {
    deps->deletions ? deps->deletions->erase(ask) : ask->problem({ec::no_upstream, {}, 1});
  });
  table.add("GET", "/operations/{id}", limit_class::api,
            [deps](const exchange_ptr& ask) { deps->deletions ? deps->deletions->show(ask) : not_found(ask); });
  table.add("GET", "/status", limit_class::status, [deps](const exchange_ptr& ask) { status(deps, ask); });
  if (deps->web)
    table.add("GET", "/{file...}", limit_class::none, [deps](const exchange_ptr& ask) { deps->web->serve(ask); });
  return table;
}

}  // namespace greenroom::gateway
