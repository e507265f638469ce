#include "gateway/role.hpp"

#include <optional>
#include <utility>

#include "gateway/cookie.hpp"
#include "gateway/routes.hpp"
#include "net/http/files.hpp"

namespace greenroom::gateway {

role::role(role_deps deps, role_settings settings)
    : deps_(std::move(deps)),
      settings_(std::move(settings)),
      service_({"gateway", deps_.pool, deps_.clock, deps_.metrics, deps_.node, deps_.version}),
      instances_(std::make_shared<upstreams>(*deps_.pool, deps_.clock, settings_.upstreams, deps_.metrics)) {}

role::~role() { stop(); }

core::status role::start(const actors::local_node_actor& node) {
  std::optional<net::http::files> web;
  if (!settings_.web.empty()) {
    auto loaded = net::http::files::load(settings_.web);
    if (!loaded) return loaded.why();
    web = std::move(*loaded);
    if (!settings_.client.empty())
      if (auto added = web->add(settings_.client, "/clients/js/src"); !added) return added;
  }
  if (!settings_.tls_cert.empty()) {
    auto identity = net::https_identity(settings_.tls_cert, settings_.tls_key);
    if (!identity) return identity.why();
    settings_.http.tls = std::move(*identity);
  }
  const auto requests = std::make_shared<proxy>(
      instances_, proxy_options{settings_.forwarded_secret, settings_.attempt_deadline, settings_.whole_deadline},
      deps_.metrics);
  std::shared_ptr<admins> known_admins;
  if (deps_.system != nullptr && node) {
    asker_ = actors::asker(*deps_.system, deps_.clock);
    known_admins = std::make_shared<admins>(asker_, node);
    operations_ = std::make_shared<operations>(
        operations_deps{deps_.system, asker_, deps_.pool, deps_.clock, deps_.metrics, deps_.node});
    operations_->start(node);
  }
  const auto state = [instances = instances_] {
    return net::http::role_state{
        {{"users", instances->alive(upstream_role::users)}, {"chat", instances->alive(upstream_role::chat)}}};
  };
  const auto table = std::make_shared<const route_deps>(
      route_deps{deps_.limits.get(), instances_, requests, deps_.clients, operations_, std::move(known_admins),
                 std::move(web), service_.head(), service_.probes(state)});
  const auto handle = [routes = make_routes(table),
                       allowed = settings_.allowed_origins](const net::http::exchange_ptr& ask) {
    if (take_cookie(ask, allowed)) routes(ask);
  };
  if (auto listens = service_.listen(handle, settings_.http, settings_.listen); !listens) return listens;
  return settings_.operators_listen ? listen_for_operators(table) : core::done{};
}

core::status role::listen_for_operators(const std::shared_ptr<const route_deps>& table) {
  net::http::server_options plain;
  plain.idle_timeout = settings_.http.idle_timeout;
  operators_ = std::make_unique<net::http::server>(*deps_.pool, make_operators_routes(table), std::move(plain));
  return operators_->listen(*settings_.operators_listen);
}

core::status role::read_again() {
  if (settings_.tls_cert.empty()) return core::done{};
  auto identity = net::https_identity(settings_.tls_cert, settings_.tls_key);
  if (!identity) return identity.why();
  service_.show(std::move(*identity));
  return core::done{};
}

void role::drain() {
  if (operations_) operations_->leave();
  service_.drain();
}

void role::stop() {
  drain();
  if (operations_) operations_->stop();
  service_.stop();
  if (operators_) operators_->stop();
  asker_.stop();
}

}  // namespace greenroom::gateway
