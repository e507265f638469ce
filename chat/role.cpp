#include "chat/role.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/send.hpp>

#include <chrono>

#include "actors/catalog_actor.hpp"
#include "actors/follower_actor.hpp"
#include "actors/journal_actor.hpp"
#include "actors/member_sweeper.hpp"
#include "actors/nightly.hpp"
#include "chat/routes.hpp"

namespace greenroom::chat {
namespace {

using namespace std::chrono_literals;
constexpr auto tick_every = 2s;
constexpr auto hand_over_timeout = 3s;

}  // namespace

role::role(role_deps deps, role_settings settings)
    : deps_(std::move(deps)),
      settings_(std::move(settings)),
      service_({"chat", deps_.pool, deps_.clock, deps_.metrics, deps_.node, deps_.version}),
      asker_(*deps_.system, deps_.clock) {
  stores_ = deps_.stores.rooms->state();
  journal_ = deps_.system->spawn<caf::detached>(
      actors::journal_behavior,
      actors::journal_deps{std::shared_ptr(std::move(deps_.stores.journal)), 512, settings_.tail, deps_.metrics});
  follower_ = deps_.system->spawn<caf::detached>(
      actors::follower_behavior,
      actors::follower_deps{std::shared_ptr(std::move(deps_.stores.follower)), deps_.node, deps_.clock, deps_.metrics});
}

role::~role() { asker_.stop(); }

const actors::local_catalog_actor& role::join(actors::local_node_actor node) {
  node_ = std::move(node);
  catalog_ = deps_.system->spawn<caf::detached>(
      actors::catalog_behavior,
      actors::catalog_deps{std::shared_ptr(std::move(deps_.stores.rooms)), deps_.clock, deps_.limits, node_});
  caf::anon_send(node_, actors::host_catalog{catalog_});
  const auto now = deps_.clock->now().wall;
  deps_.system->spawn(actors::member_sweeper_behavior, catalog_, node_, now);
  if (settings_.maintenance_at)
    deps_.system->spawn(actors::nightly_behavior, actors::nightly_deps{node_, core::database_name::chat, deps_.clock},
                        core::daily(*settings_.maintenance_at, now));
  return catalog_;
}

core::status role::start() {
  table_ =
      std::make_unique<net::http::routes>(make_routes({asker_, deps_.clients, catalog_, node_, deps_.limits.get(),
                                                       service_.head(), service_.probes([this] { return state(); })}));
  timer_ = std::make_unique<boost::asio::steady_timer>(deps_.pool->context(0));
  tick();
  // The table holds handles, and connections live as long as the pool's handlers: they must not keep actors.
  return service_.listen([this](const net::http::exchange_ptr& ask) { (*table_)(ask); }, settings_.http,
                         settings_.listen);
}

net::http::role_state role::state() const {
  auto trouble = stores_->trouble();
  const bool member = !deps_.is_member || deps_.is_member();
  return {{{"database", *database_ && trouble.empty()}, {"in_view", member}}, std::move(trouble)};
}

void role::tick() {
  watch_database();
  timer_->expires_after(tick_every);
  timer_->async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) tick();
  });
}

// Looks up a room that does not exist: cheap, and answered only if the database answers.
void role::watch_database() {
  asker_.ask<core::room_heads>(
      catalog_, 2000ms, core::read_heads{{core::room_id{"0"}}},
      [alive = database_](const core::result<core::room_heads>& answer) { *alive = answer.ok(); });
}

void role::drain() {
  if (draining_.exchange(true)) return;
  handing_over_ = true;
  service_.leave();
  const auto leave = [this] {
    service_.drain();
    handing_over_ = false;
  };
  // The reply runs on an io thread: those end before this does, even if actors still have messages for it.
  asker_.ask<core::node_load>(
      node_, hand_over_timeout, actors::drain_rooms{},
      [pool = deps_.pool, leave](const core::result<core::node_load>&) { boost::asio::post(pool->context(0), leave); });
}

void role::stop() {
  service_.stop();
  asker_.stop();
  for (const auto& actor : {caf::actor_cast<caf::actor>(catalog_), caf::actor_cast<caf::actor>(journal_),
                            caf::actor_cast<caf::actor>(follower_)})
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

}  // namespace greenroom::chat
