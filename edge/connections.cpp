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
  std::string token(who.dialect->token());
  auto socket =
      net::ws_connection::make(*deps_.hub, id, std::move(who.socket), std::move(token), deps_.websocket, who.client);
  auto actor = deps_.system->spawn(
      actors::connection_behavior,
      actors::connection_deps{socket, id, std::move(who.user),
                              voices_.of(*who.dialect, protocol::features::none, protocol::framing::websocket),
                              std::move(who.room), who.from, deps_.ground});
  remember(id, actor);
  socket->start(std::make_shared<actor_owner>(*this, id, actor));
  return actor;
}

void connections::remember(core::connection_id id, const actors::local_connection_actor& connection) {
  count_->fetch_add(1, std::memory_order_relaxed);
  deps_.metrics.websocket_connections.add();
  const std::lock_guard guard(lock_);
  open_.emplace(id, connection);
  if (draining_) caf::anon_send(connection, goodbye());
}

void connections::forget(core::connection_id id) {
  count_->fetch_sub(1, std::memory_order_relaxed);
  deps_.metrics.websocket_connections.sub();
  const std::lock_guard guard(lock_);
  open_.erase(id);
}

void connections::drain(core::milliseconds within) {
  std::size_t at_once = few;
  {
    const std::lock_guard guard(lock_);
    if (std::exchange(draining_, true)) return;
    for (const auto& [id, connection] : open_) leaving_.push_back(id);
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
    if (who != open_.end()) caf::anon_send(who->second, goodbye());
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
