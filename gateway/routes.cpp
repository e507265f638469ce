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
  deps->requests->forward(upstream_role::chat, "/chat", ask);
}

// Websockets end here. An upgrade that is asked for anywhere else is ignored (RFC 9110 section 7.8).
void to_edge(const deps_ptr& deps, const exchange_ptr& ask) {
  if (deps->clients == nullptr) return ask->problem({ec::no_upstream, {}, 1});
  deps->clients->admit(ask, core::room_id{std::string(ask->param("room"))});
}

// A room has a description besides its websocket.
void to_room(const deps_ptr& deps, const exchange_ptr& ask) {
  ask->wants_websocket() ? to_edge(deps, ask) : to_chat(deps, ask);
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

void whole_status(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto known = deps->instances->list();
  std::vector<protocol::upstream_instance> shown;
  shown.reserve(known.size());
  for (const auto& one : known)
    shown.push_back({to_string(one.who.role), one.who.life.name, one.who.at.host, one.who.at.port,
                     core::to_string(one.circuit), one.draining, one.load});
  const std::uint64_t websockets = deps->clients != nullptr ? deps->clients->connections_open()->load() : 0;
  const std::array<protocol::status_count, 1> counts{{{"websockets", websockets}}};
  ask->json(200, protocol::gateway_status(deps->head(), counts, shown));
}

// Without a Bearer, or with one that isn't an admin's, the answer only says that the gateway is alive.
void status(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto brief = [deps, ask] { ask->json(200, protocol::status_text(deps->head(), {})); };
  if (!deps->operators || !ask->bearer()) return brief();
  deps->operators->check(
      ask, [deps, ask, brief](const core::status& is_admin) { is_admin ? whole_status(deps, ask) : brief(); });
}

void metrics(const deps_ptr& deps, const exchange_ptr& ask) {
  if (!deps->operators) return ask->problem({ec::unauthorized, {}, 0});
  deps->operators->check(ask, [deps, ask](const core::status& is_admin) {
    is_admin ? net::http::answer_metrics(ask, deps->probes.metrics()) : ask->problem(is_admin.why());
  });
}

// Acts in rooms have a limit of their own, as in the chat role.
void add_acts(net::http::routes& table, const net::http::routes::handler& chat) {
  const std::string room = "/chat/room/{room}";
  table.add("PATCH", room, limit_class::act, chat);
  table.add("POST", room + "/acts", limit_class::act, chat);
  for (const std::string path : {"/members/{user}", "/bans/{user}", "/mutes/{user}"})
    for (const char* const method : {"PUT", "DELETE"}) table.add(method, room + path, limit_class::act, chat);
  table.add("POST", room + "/invites", limit_class::act, chat);
  table.add("DELETE", room + "/invites/{id}", limit_class::act, chat);
  table.add("POST", "/chat/invites/{invite}", limit_class::act, chat);
}

void add_proxied(net::http::routes& table, const deps_ptr& deps) {
  const auto users = [deps](const exchange_ptr& ask) { to_users(deps, ask); };
  const auto chat = [deps](const exchange_ptr& ask) { to_chat(deps, ask); };
  const auto websocket = [deps](const exchange_ptr& ask) { to_edge(deps, ask); };
  // Routes that need a token aren't among them: their wrong passwords are counted per token, whatever the address does.
  for (const char* const path : {"/users/register", "/users/login"}) table.add("POST", path, limit_class::auth, users);
  table.add("POST", "/chat/room", limit_class::none, [deps](const exchange_ptr& ask) { enter_room(deps, ask); });
  table.add("GET", "/chat/ws", limit_class::api, websocket);
  table.add("GET", "/chat/room/{room}", limit_class::api, [deps](const exchange_ptr& ask) { to_room(deps, ask); });
  add_acts(table, chat);
  table.add("GET", "/users/status", limit_class::status, users);
  table.add("GET", "/chat/status", limit_class::status, chat);
  // Routes that instances serve by GET alone, so that a user of such a name can still be deleted.
  for (const std::string prefix : {"/users", "/chat"})
    for (const char* const own : {"/metrics", "/livez", "/readyz"})
      table.add("GET", prefix + own, limit_class::api, not_found);
  table.add("*", "/users/{...}", limit_class::api, users);
  table.add("*", "/chat/{...}", limit_class::api, chat);
}

}  // namespace

net::http::routes make_routes(const deps_ptr& deps) {
  net::http::routes table{deps->limits};
  net::http::add_probes(table, {deps->probes.ready, {}});
  // Finding the Bearer's user costs a question to the users role, so it is counted.
  table.add("GET", "/metrics", limit_class::api, [deps](const exchange_ptr& ask) { metrics(deps, ask); });
  add_proxied(table, deps);
  // Deleting a user is a transaction over two databases, which no single instance can be asked for.
  table.add("DELETE", "/users/{user}", limit_class::api, [deps](const exchange_ptr& ask) {
    deps->deletions ? deps->deletions->erase(ask) : ask->problem({ec::no_upstream, {}, 1});
  });
  table.add("GET", "/operations/{id}", limit_class::api,
            [deps](const exchange_ptr& ask) { deps->deletions ? deps->deletions->show(ask) : not_found(ask); });
  table.add("GET", "/status", limit_class::status, [deps](const exchange_ptr& ask) { status(deps, ask); });
  if (deps->web)
    table.add("GET", "/{file...}", limit_class::none, [deps](const exchange_ptr& ask) { deps->web->serve(ask); });
  return table;
}

net::http::routes make_operators_routes(const deps_ptr& deps) {
  net::http::routes table;
  net::http::add_probes(table, deps->probes);
  table.add("GET", "/status", limit_class::none, [deps](const exchange_ptr& ask) { whole_status(deps, ask); });
  return table;
}

}  // namespace greenroom::gateway
