#include "edge/edge.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <utility>

#include "actors/any_catalog.hpp"
#include "actors/door_actor.hpp"
#include "actors/marks_actor.hpp"

namespace greenroom::edge {
namespace {

using namespace std::chrono_literals;
constexpr auto tick_every = 2s;
constexpr auto hand_over_timeout = 3s;

}  // namespace

edge::edge(edge_deps deps, edge_settings settings)
    : deps_(std::move(deps)),
      settings_(std::move(settings)),
      hub_(std::make_shared<net::hub>(*deps_.pool, settings_.hub)) {}

edge::~edge() { asker_.stop(); }

void edge::start(const actors::local_node_actor& node, const actors::entrance_actor& catalog) {
  node_ = node;
  door_ =
      deps_.system->spawn(actors::door_behavior, actors::door_deps{deps_.node, node_, deps_.clock, settings_.door, {}});
  caf::anon_send(node_, actors::host_door{door_});
  if (!catalog)
    own_catalog_ = deps_.system->spawn(actors::any_catalog_behavior, actors::any_catalog_deps{node_, deps_.clock});
  const auto& rooms = catalog ? catalog : own_catalog_;
  marks_ = deps_.system->spawn(actors::marks_behavior,
                               actors::marks_deps{rooms, node_, deps_.clock, deps_.metrics, {}, marks_waiting_});
  asker_ = actors::asker(*deps_.system, deps_.clock);
  connections_ = std::make_unique<connections>(
      connections_deps{
          deps_.system, hub_.get(), std::make_shared<const net::ws_settings>(settings_.websocket),
          std::make_shared<const actors::connection_ground>(actors::connection_ground{
              rooms, node_, deps_.limits, deps_.clock, settings_.connection, marks_, settings_.irc.behind}),
          deps_.metrics},
      count_);
  if (settings_.irc.listen || settings_.irc.tls_listen)
    irc_ = std::make_unique<irc_door>(irc_door_deps{hub_.get(), asker_, door_, node_, deps_.limits, deps_.clock,
                                                    connections_.get(), deps_.metrics, count_, operators_},
                                      settings_.irc);
  admission_ = std::make_unique<admission>(
      admission_deps{asker_, door_, rooms, connections_.get(), irc_.get(), settings_.allowed_origins});
  timer_ = std::make_unique<boost::asio::steady_timer>(deps_.pool->context(0));
  tick();
}

core::status edge::listen() { return irc_ ? irc_->listen() : core::status{core::done{}}; }

void edge::tick() {
  count_deliveries();
  if (irc_) irc_->tick();
  timer_->expires_after(tick_every);
  timer_->async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) tick();
  });
}

void edge::count_deliveries() {
  const auto now = hub_->figures();
  deps_.metrics.deliveries.add(now.deliveries - counted_.deliveries);
  deps_.metrics.outbox_dropped.add(now.dropped - counted_.dropped);
  deps_.metrics.gaps.add(now.gaps - counted_.gaps);
  deps_.metrics.outbox_bytes.set(static_cast<double>(now.outbox_bytes));
  counted_ = now;
}

void edge::drain() {
  if (draining_.exchange(true) || !connections_) return;
  if (irc_) irc_->drain();
  handing_over_ = true;
  const auto leave = [this] {
    connections_->drain(settings_.goodbyes);
    handing_over_ = false;
  };
  // The reply runs on an io thread: those end before this does, even if actors still have messages for it.
  asker_.ask<core::node_load>(
      node_, hand_over_timeout, actors::drain_rooms{},
      [pool = deps_.pool, leave](const core::result<core::node_load>&) { boost::asio::post(pool->context(0), leave); });
}

void edge::stop() {
  if (irc_) irc_->stop();
  hub_->stop();
  asker_.stop();
  for (const auto& actor : {caf::actor_cast<caf::actor>(door_), caf::actor_cast<caf::actor>(own_catalog_),
                            caf::actor_cast<caf::actor>(marks_)})
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

}  // namespace greenroom::edge
