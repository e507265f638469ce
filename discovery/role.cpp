#include "discovery/role.hpp"

#include <caf/send.hpp>

#include <chrono>
#include <utility>

#include "actors/directory_actor.hpp"
#include "actors/secrets.hpp"
#include "discovery/routes.hpp"

namespace greenroom::discovery {

role::role(role_deps deps, role_options options)
    : deps_(std::move(deps)),
      options_(std::move(options)),
      started_(deps_.clock->now().mono),
      view_(std::make_shared<watch>()),
      directory_(deps_.system->spawn(
          actors::directory_behavior,
          actors::directory_deps{options_.directory, deps_.clock, view_, {actors::random_number()}})) {}

role::~role() { stop(); }

core::status role::start() {
  auto table = make_routes({deps_.limits,
                            view_,
                            options_.node,
                            options_.version,
                            [clock = deps_.clock, since = started_] {
                              return static_cast<std::uint64_t>(
                                  std::chrono::duration_cast<core::seconds>(clock->now().mono - since).count());
                            },
                            {[this] {
                               return net::http::readiness{!leaving_, {{"not_draining", !leaving_}}};
                             },
                             [metrics = deps_.metrics] { return metrics.text(); }}});
  server_ = std::make_unique<net::http::server>(*deps_.pool, std::move(table), options_.server);
  return server_->listen(options_.listen);
}

void role::drain() {
  leave();
  view_->stop();
  if (server_) server_->drain();
}

void role::stop() {
  drain();
  if (server_) server_->stop();
  if (directory_) caf::anon_send_exit(directory_, caf::exit_reason::user_shutdown);
  directory_ = nullptr;
}

}  // namespace greenroom::discovery
