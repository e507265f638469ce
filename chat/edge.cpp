#include "chat/edge.hpp"

#include <boost/asio/post.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include "core/names.hpp"
#include "protocol/chat_api.hpp"
#include "protocol/dialect.hpp"
#include "telemetry/audit.hpp"

namespace greenroom::chat {
namespace {

using core::ec;
using namespace std::chrono_literals;

constexpr auto ask_timeout = 5s;
constexpr core::milliseconds longest_pause{50};  // between two batches of goodbyes
constexpr std::size_t few = 16;                  // goodbyes at once don't hurt

// All fields of that name, as one list (RFC 9110 section 5.3).
std::string joined_fields(const net::http::request& head, std::string_view name) {
  std::string out;
  const auto [begin, end] = head.equal_range(boost::beast::string_view(name.data(), name.size()));
  for (auto field = begin; field != end; ++field) {
    if (!out.empty()) out += ", ";
    out += std::string_view(field->value().data(), field->value().size());
  }
  return out;
}

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == target.npos ? std::string_view{} : target.substr(mark + 1);
}

// 16 bytes in base64 (RFC 6455 section 4.1): 22 characters and two that fill up.
bool good_key(std::string_view key) {
  const auto base64 = [](char c) {
    return (core::fold(c) >= 'a' && core::fold(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, base64);
}

// `http://h` for `http://h:80`, `https://h` for `https://h:443`.
std::string_view without_own_port(std::string_view origin) {
  for (const auto& [scheme, port] :
       {std::pair<std::string_view, std::string_view>{"http://", ":80"}, {"https://", ":443"}})
    if (core::compare_folded(origin.substr(0, scheme.size()), scheme) == 0 && origin.ends_with(port))
      origin.remove_suffix(port.size());
  return origin;
}

}  // namespace

bool origin_allowed(std::string_view origin, std::string_view scheme, std::string_view host,
                    const std::vector<std::string>& allowed) {
  if (origin.empty()) return true;
  origin = without_own_port(origin);
  const auto same = [&](std::string_view other) { return core::compare_folded(origin, without_own_port(other)) == 0; };
  return same(std::string(scheme) + "://" + std::string(host)) || std::any_of(allowed.begin(), allowed.end(), same);
}

/// Passes on to the connection actor what its socket hears.
class edge::actor_owner final : public core::client_owner {
 public:
  actor_owner(edge& home, core::connection_id id, actors::local_connection_actor actor)
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
  edge& home_;
  core::connection_id id_;
  actors::local_connection_actor actor_;
};

/// Somebody on the way in.
struct edge::arrival {
  net::http::exchange_ptr ask;
  core::room_id room;
  core::dialect_kind dialect = core::dialect_kind::lines;
  std::uint32_t history = 0;
  actors::admitted who;
};

void edge::admit(const net::http::exchange_ptr& ask, const core::room_id& room) {
  if (!ask->wants_websocket() || ask->header("Sec-WebSocket-Version") != "13") {
    ask->set("Upgrade", "websocket");
    ask->set("Sec-WebSocket-Version", "13");
    return ask->problem({ec::upgrade_required, {}, 0});
  }
  // Before the ticket: what is malformed must not use it up.
  if (!good_key(ask->header("Sec-WebSocket-Key")))
    return ask->problem({ec::bad_request, "Sec-WebSocket-Key must be 16 bytes in base64.", 0});
  if (!origin_allowed(ask->header("Origin"), ask->origin().proto, ask->origin().host, deps_.allowed_origins))
    return ask->problem({ec::origin_refused, {}, 0});
  const auto dialect = protocol::choose(joined_fields(ask->raw(), "Sec-WebSocket-Protocol"));
  if (!dialect) return ask->problem({ec::bad_dialect, {}, 0});
  if (room.value.empty() && !protocol::dialect_of(*dialect).many_rooms())
    return ask->problem(
        {ec::bad_dialect, "This websocket is for many rooms: ask for a subprotocol, such as greenroom.v1.json.", 0});
  if (!room.value.empty())
    if (const auto good = core::check_room_name(room.value); !good) return ask->problem(good.why());
  const auto query = protocol::read_upgrade_query(query_of(ask->target()));
  if (!query) return ask->problem(query.why());
  redeem(std::make_shared<arrival>(arrival{ask, room, *dialect, query->history, {}}), query->ticket);
}

void edge::redeem(const std::shared_ptr<arrival>& who, const std::string& ticket) {
  const auto then = [this, who](core::result<actors::admitted> answer) {
    if (!answer) return who->ask->problem(answer.why());
    who->who = std::move(*answer);
    enter(who);
  };
  if (!ticket.empty())
    return asker_.ask<actors::admitted>(deps_.door, ask_timeout, actors::redeem_ticket{ticket}, then);
  const auto bearer = who->ask->bearer();
  if (!bearer) return who->ask->problem({ec::unauthorized, {}, 0});
  asker_.ask<actors::admitted>(deps_.door, ask_timeout, actors::admit_token{std::string(*bearer)}, then);
}

void edge::enter(const std::shared_ptr<arrival>& who) {
  const auto go_on = [this, who] { boost::asio::post(who->ask->context(), [this, who] { upgrade(who); }); };
  if (who->room.value.empty()) return go_on();
  asker_.ask<core::room_entered>(deps_.ground->catalog, ask_timeout,
                                 core::enter_room{who->room, who->who.who.user, true},
                                 [who, go_on](core::result<core::room_entered> answer) {
                                   if (!answer) return who->ask->problem(answer.why());
                                   who->room = answer->info.room;
                                   if (answer->created)
                                     telemetry::audit::write({"create_room",
                                                              "done",
                                                              who->who.who.user.value,
                                                              {},
                                                              who->room.value,
                                                              who->ask->client_address(),
                                                              who->ask->request_id()});
                                   go_on();
                                 });
}

void edge::upgrade(const std::shared_ptr<arrival>& who) {
  const auto client = who->ask->limit_key();
  auto socket = who->ask->take_socket();
  if (!socket) return;
  const auto id = deps_.pool->next_connection_id(socket->slot);
  const std::string token(protocol::dialect_of(who->dialect).token());
  auto connection = net::ws_connection::make(*deps_.hub, id, std::move(*socket), token, deps_.websocket, client);
  auto actor = deps_.system->spawn(
      actors::connection_behavior,
      actors::connection_deps{
          connection, id, who->who.who.user, who->dialect, who->room, {false, {}, {}, who->history}, deps_.ground});
  remember(id, actor);
  connection->start(std::make_shared<actor_owner>(*this, id, actor));
  caf::anon_send(who->who.session, actors::attach_connection{who->who.token}, actor);
}

void edge::remember(core::connection_id id, const actors::local_connection_actor& connection) {
  deps_.connections->fetch_add(1, std::memory_order_relaxed);
  deps_.metrics.websocket_connections.add();
  const std::lock_guard guard(lock_);
  open_.emplace(id, connection);
  if (draining_) caf::anon_send(connection, actors::end_connection{ec::draining, "restarting"});
}

void edge::forget(core::connection_id id) {
  deps_.connections->fetch_sub(1, std::memory_order_relaxed);
  deps_.metrics.websocket_connections.sub();
  const std::lock_guard guard(lock_);
  open_.erase(id);
}

// All at once would bring all of them back at once.
void edge::drain(core::milliseconds within) {
  std::size_t at_once = few;
  {
    const std::lock_guard guard(lock_);
    if (std::exchange(draining_, true)) return;
    for (const auto& [id, connection] : open_) leaving_.push_back(id);
    std::shuffle(leaving_.begin(), leaving_.end(), std::minstd_rand{std::random_device{}()});
    const auto batches = static_cast<std::size_t>(std::max<core::milliseconds::rep>(1, within / longest_pause));
    at_once = std::max(few, leaving_.size() / batches + 1);
    timer_ = std::make_unique<boost::asio::steady_timer>(deps_.pool->context(0));
  }
  close_some(at_once);
}

void edge::close_some(std::size_t at_once) {
  const std::lock_guard guard(lock_);
  for (std::size_t i = 0; i < at_once && !leaving_.empty(); ++i) {
    const auto who = open_.find(leaving_.back());
    leaving_.pop_back();
    if (who != open_.end()) caf::anon_send(who->second, actors::end_connection{ec::draining, "restarting"});
  }
  if (leaving_.empty()) return;
  std::minstd_rand random{std::random_device{}()};
  timer_->expires_after(core::milliseconds{std::uniform_int_distribution<int>(
      static_cast<int>(longest_pause.count()) / 2, static_cast<int>(longest_pause.count()))(random)});
  timer_->async_wait([this, at_once](boost::system::error_code cancelled) {
    if (!cancelled) close_some(at_once);
  });
}

}  // namespace greenroom::chat
