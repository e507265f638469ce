#include "discovery/role.hpp"

#include <caf/send.hpp>

#include <utility>

#include "actors/directory_actor.hpp"
#include "actors/secrets.hpp"
#include "discovery/routes.hpp"

namespace greenroom::discovery {

role::role(role_deps deps, role_settings settings)
    : deps_(std::move(deps)),
      settings_(std::move(settings)),
      service_({"discovery", deps_.pool, deps_.clock, deps_.metrics, deps_.node, deps_.version}),
      view_(std::make_shared<watch>()),
      directory_(deps_.system->spawn(
          actors::directory_behavior,
          actors::directory_deps{settings_.directory, deps_.clock, view_, {actors::random_number()}})) {}

role::~role() { stop(); }

core::status role::start() {
  auto table = make_routes(
      {deps_.limits.get(), view_, service_.head(), service_.probes([] { return net::http::role_state{}; })});
  return service_.listen(std::move(table), settings_.http, settings_.listen);
}

void role::drain() {
  leave();
  view_->stop();
  service_.drain();
}

void role::stop() {
  drain();
  service_.stop();
  if (directory_) caf::anon_send_exit(directory_, caf::exit_reason::user_shutdown);
  directory_ = nullptr;
}

}  // namespace greenroom::discovery
