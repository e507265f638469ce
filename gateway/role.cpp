#include "gateway/role.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "gateway/routes.hpp"
#include "net/http/files.hpp"

namespace greenroom::gateway {

role::role(role_deps deps, role_options options)
    : deps_(std::move(deps)),
      options_(std::move(options)),
      started_(deps_.clock->now().mono),
      instances_(std::make_shared<upstreams>(*deps_.pool, deps_.clock, options_.upstreams, deps_.metrics)) {}

role::~role() { stop(); }

core::status role::start(const actors::local_node_actor& node) {
  std::optional<net::http::files> web;
  if (!options_.web.empty()) {
    auto loaded = net::http::files::load(options_.web);
    if (!loaded) return loaded.why();
    web = std::move(*loaded);
  }
  if (!options_.tls_cert.empty()) {
    auto identity = net::https_identity(options_.tls_cert, options_.tls_key);
    if (!identity) return identity.why();
    options_.server.tls = std::move(*identity);
  }
  const auto requests = std::make_shared<proxy>(
      instances_, proxy_options{options_.forwarded_secret, options_.attempt_deadline, options_.whole_deadline},
      deps_.metrics);
  std::shared_ptr<admins> known_admins;
  if (deps_.system != nullptr && node) {
    known_admins = std::make_shared<admins>(*deps_.system, node);
    operations_ = std::make_shared<operations>(
        operations_deps{deps_.system, deps_.pool, deps_.clock, deps_.metrics, options_.node});
    operations_->start(node);
  }
  const auto uptime = [clock = deps_.clock, since = started_] {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<core::seconds>(clock->now().mono - since).count());
  };
  const auto table = std::make_shared<const route_deps>(
      route_deps{deps_.limits,
                 instances_,
                 requests,
                 deps_.clients,
                 operations_,
                 std::move(known_admins),
                 std::move(web),
                 options_.node,
                 options_.version,
                 uptime,
                 {[this] { return ready(); }, [metrics = deps_.metrics] { return metrics.text(); }}});
  server_ = std::make_unique<net::http::server>(*deps_.pool, make_routes(table), options_.server);
  if (auto listens = server_->listen(options_.listen); !listens || !options_.operators_listen) return listens;
  net::http::server_options plain;
  plain.idle_timeout = options_.server.idle_timeout;
  operators_ = std::make_unique<net::http::server>(*deps_.pool, make_operators_routes(table), std::move(plain));
  return operators_->listen(*options_.operators_listen);
}

core::status role::read_again() {
  if (options_.tls_cert.empty()) return core::done{};
  auto identity = net::https_identity(options_.tls_cert, options_.tls_key);
  if (!identity) return identity.why();
  server_->show(std::move(*identity));
  return core::done{};
}

net::http::readiness role::ready() const {
  const bool users = instances_->alive(upstream_role::users);
  const bool chat = instances_->alive(upstream_role::chat);
  return {users && chat && !leaving_, {{"users", users}, {"chat", chat}, {"not_draining", !leaving_}}};
}

void role::drain() {
  leave();
  if (operations_) operations_->leave();
  if (server_) server_->drain();
}

void role::stop() {
  drain();
  if (operations_) operations_->stop();
  if (server_) server_->stop();
  if (operators_) operators_->stop();
}

}  // namespace greenroom::gateway
