#include "edge/connections.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace greenroom::edge {
namespace {

constexpr core::milliseconds longest_pause{50};  // between two batches of goodbyes
constexpr std::size_t few = 16;                  // this many goodbyes at once don't hurt

actors::end_connection goodbye() { return {core::ec::draining, "restarting"}; }

}  // namespace

/// Passes its socket's events on to the connection actor.
class connections::actor_owner final : public core::client_owner {
 public:
  actor_owner(connections& home, core::connection_id id, actors::local_connection_actor actor)
      : home_(home), id_(id), actor_(std::move(actor)) {}

  void received(std::vector<std::string> frames) override {
    caf::anon_send(actor_, actors::frames_received{std::move(frames)});
  }
  void missed(core::topic_id topic, core::seq_no from, core::seq_no to) override {
    caf::anon_send(actor_, actors::entries_missed{topic, from, to});
  }
  void roomy() override { caf::anon_send(actor_, actors::outbox_roomy{}); }
  void closed() override {
    caf::anon_send(actor_, actors::socket_closed{});
    home_.forget(id_);
  }

 private:
  connections& home_;
  core::connection_id id_;
  actors::local_connection_actor actor_;
};

connections::connections(connections_deps deps, std::shared_ptr<std::atomic<std::uint32_t>> count)
    : deps_(std::move(deps)), count_(std::move(count)) {}

actors::local_connection_actor connections::open(newcomer who) {
  const auto id = deps_.hub->pool().next_connection_id(who.socket.slot);
  auto socket = net::ws_connection::make(*deps_.hub, id, std::move(who.socket),
                                         net::ws_speech{.subprotocol = std::string(who.dialect->token())},
                                         deps_.websocket, who.client);
  actors::connection_deps deps{socket,
                               id,
                               std::move(who.user),
                               voices_.of(*who.dialect, protocol::features::none, protocol::framing::websocket),
                               std::move(who.room),
                               who.from,
                               deps_.ground};
  deps.address = std::move(who.address);
  auto actor = deps_.system->spawn(actors::connection_behavior, std::move(deps));
  remember(id, actor, true, who.dialect->has_ids() ? "json" : "lines");
  socket->start(std::make_shared<actor_owner>(*this, id, actor));
  return actor;
}

actors::local_connection_actor connections::open(talker who) {
  const auto id = who.id;
  const auto how = who.how;
  const auto voice_of = [this, dialect = who.dialect, how](protocol::features with) {
    return voices_.of(*dialect, with, how);
  };
  actors::connection_deps deps{std::move(who.socket), id, std::move(who.user), voice_of(who.hears), {}, {},
                               deps_.ground};
  deps.talk = std::move(who.talk);
  deps.voice_of = voice_of;
  deps.session = std::move(who.session);
  deps.address = std::move(who.address);
  auto actor = deps_.system->spawn(actors::connection_behavior, std::move(deps));
  remember(id, actor, how != protocol::framing::line, "irc");
  return actor;
}

void connections::remember(core::connection_id id, const actors::local_connection_actor& connection, bool by_websocket,
                           std::string_view speaks) {
  count_->fetch_add(1, std::memory_order_relaxed);
  counted one{connection, by_websocket, deps_.metrics.client_connections.with({speaks})};
  if (by_websocket) deps_.metrics.websocket_connections.add();
  one.dialect.add();
  const std::lock_guard guard(lock_);
  open_.emplace(id, std::move(one));
  if (draining_) caf::anon_send(connection, goodbye());
}

void connections::forget(core::connection_id id) {
  count_->fetch_sub(1, std::memory_order_relaxed);
  const std::lock_guard guard(lock_);
  const auto known = open_.extract(id);
  if (!known) return;
  if (known.mapped().by_websocket) deps_.metrics.websocket_connections.sub();
  known.mapped().dialect.sub();
}

void connections::drain(core::milliseconds within) {
  std::size_t at_once = few;
  {
    const std::lock_guard guard(lock_);
    if (std::exchange(draining_, true)) return;
    for (const auto& [id, one] : open_) leaving_.push_back(id);
    std::shuffle(leaving_.begin(), leaving_.end(), std::minstd_rand{std::random_device{}()});
    const auto batches = static_cast<std::size_t>(std::max<core::milliseconds::rep>(1, within / longest_pause));
    at_once = std::max(few, leaving_.size() / batches + 1);
    timer_ = std::make_unique<boost::asio::steady_timer>(deps_.hub->pool().context(0));
  }
  close_some(at_once);
}

void connections::close_some(std::size_t at_once) {
  const std::lock_guard guard(lock_);
  for (std::size_t i = 0; i < at_once && !leaving_.empty(); ++i) {
    const auto who = open_.find(leaving_.back());
    leaving_.pop_back();
    if (who != open_.end()) caf::anon_send(who->second.actor, goodbye());
  }
  if (leaving_.empty()) return;
  std::minstd_rand random{std::random_device{}()};
  timer_->expires_after(core::milliseconds{std::uniform_int_distribution<int>(
      static_cast<int>(longest_pause.count()) / 2, static_cast<int>(longest_pause.count()))(random)});
  timer_->async_wait([this, at_once](boost::system::error_code cancelled) {
    if (!cancelled) close_some(at_once);
  });
}

}  // namespace greenroom::edge
