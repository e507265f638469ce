#include "edge/irc_arrivals.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <utility>

#include "edge/irc_arrival.hpp"
#include "net/line_connection.hpp"
#include "net/ws_connection.hpp"

namespace greenroom::edge {
namespace {

namespace irc = protocol::irc;
using core::ec;

constexpr std::chrono::seconds count_patience{2};
constexpr unsigned ticks_per_count = 5;

// Nothing but the reason for which a socket isn't taken, as far as it has room for that.
void turn_away(net::stream socket, std::string_view why) {
  boost::system::error_code ignored;
  const auto line = "ERROR :" + std::string(why) + "\r\n";
  socket.write_some(line.data(), line.size(), ignored);
  socket.shutdown_send();
  socket.close();
}

}  // namespace

irc_arrivals::irc_arrivals(irc_door_deps with, irc_settings set)
    : deps(std::move(with)),
      settings(std::move(set)),
      local(settings.sign_on),
      unsafe(settings.sign_on),
      metrics(deps.metrics),
      socket(std::make_shared<const net::client_socket_settings>(settings.socket)),
      websocket(std::make_shared<const net::client_socket_settings>(settings.websocket)),
      began(deps.clock->now().wall),
      numbers(std::make_shared<irc_numbers>(deps.clients, deps.operators)),
      crowd(std::make_shared<irc_crowd>(deps.operators)) {
  unsafe.takes_passwords = settings.plain_passwords;
  if (!settings.tls_listen) return;
  unsafe.safe_port = std::to_string(settings.tls_listen->port());
  if (!settings.sts) return;
  unsafe.offer.sts = "port=" + unsafe.safe_port;
  settings.sign_on.offer.sts = "duration=" + std::to_string(settings.sts->count());
}

const irc::sign_on_settings& irc_arrivals::rules(bool secure, bool is_local) const {
  if (is_local) return local;
  return secure ? settings.sign_on : unsafe;
}

bool irc_arrivals::count_in(const std::string& address, bool is_local) {
  const std::lock_guard hold(lock_);
  const auto most = is_local ? settings.outside : settings.outside_per_address;
  if (all_outside_ >= settings.outside || !outside_.add(address, most)) return false;
  ++all_outside_;
  return true;
}

void irc_arrivals::count_out(const std::string& address) {
  const std::lock_guard hold(lock_);
  if (outside_.remove(address)) --all_outside_;
}

irc::server_counts irc_arrivals::counts() {
  auto out = numbers->now();
  const std::lock_guard hold(lock_);
  out.unknown = static_cast<std::uint32_t>(all_outside_);
  return out;
}

void irc_arrivals::tick() {
  {
    const std::lock_guard hold(lock_);
    if (here_.empty() || ++ticks_ % ticks_per_count != 0) return;
  }
  count();
}

void irc_arrivals::count() {
  deps.asker.ask<core::cluster_counted>(deps.node, count_patience, core::count_cluster{},
                                        [into = numbers](const core::result<core::cluster_counted>& said) {
                                          if (said) into->heard(*said);
                                        });
}

void irc_arrivals::take(irc_hello::guest guest) {
  const auto address = guest.from.peer.address();
  const bool is_local = net::is_loopback(address);
  irc_client who{net::address_text(address), net::address_key(address), guest.secure};
  who.peer = address;
  who.admitted = guest.from.admitted;
  if (!count_in(who.key, is_local)) return turn_away(std::move(guest.socket), "Too many connections aren't signed in");
  const auto id = deps.hub->pool().next_connection_id(guest.from.slot);
  auto connection = net::line_connection::make(*deps.hub, id, std::move(guest.socket), std::move(guest.from.admitted),
                                               std::move(guest.read_ahead), socket, words, who.key);
  welcome(std::move(who), std::move(connection), id, std::nullopt);
}

void irc_arrivals::take(const net::http::exchange_ptr& ask, irc_subprotocol how,
                        std::optional<actors::admitted> grant) {
  boost::system::error_code not_address;
  irc_client who{ask->client_address(), ask->limit_key(), ask->origin().proto == "https"};
  who.peer = boost::asio::ip::make_address(who.address, not_address);
  who.how = how.binary ? protocol::framing::binary : protocol::framing::websocket;
  const bool is_local = !not_address && net::is_loopback(who.peer);
  if (!count_in(who.key, is_local)) return ask->problem({ec::overloaded, "Too many connections aren't signed in.", 1});
  auto upgrade = ask->take_socket();
  if (!upgrade) return count_out(who.key);
  const auto id = deps.hub->pool().next_connection_id(upgrade->slot);
  who.admitted = upgrade->admitted;
  const auto messages = how.binary ? net::ws_messages::binary : net::ws_messages::text;
  auto connection = net::ws_connection::make(*deps.hub, id, std::move(*upgrade),
                                             {std::string(how.name), messages, words}, websocket, who.key);
  welcome(std::move(who), std::move(connection), id, std::move(grant));
}

void irc_arrivals::welcome(irc_client who, std::shared_ptr<net::client_socket> connection, core::connection_id id,
                           std::optional<actors::admitted> grant) {
  const auto& rules_here = rules(who.secure, net::is_loopback(who.peer));
  const auto arrival =
      std::make_shared<irc_arrival>(shared_from_this(), std::move(who), connection, id, rules_here, std::move(grant));
  remember(id, arrival);
  connection->start(arrival);
  arrival->begin();
}

void irc_arrivals::remember(core::connection_id id, const std::shared_ptr<irc_arrival>& arrival) {
  bool first = false;
  {
    const std::lock_guard hold(lock_);
    first = here_.empty();
    here_.emplace(id, arrival);
    if (draining_) boost::asio::post(arrival->context(), [arrival] { arrival->drain(); });
  }
  if (first) count();  // nobody has wanted to know the numbers for a while
}

void irc_arrivals::forget(core::connection_id id) {
  const std::lock_guard hold(lock_);
  here_.erase(id);
}

void irc_arrivals::drain() {
  const std::lock_guard hold(lock_);
  if (std::exchange(draining_, true)) return;
  for (const auto& [id, weak] : here_)
    if (const auto arrival = weak.lock()) boost::asio::post(arrival->context(), [arrival] { arrival->drain(); });
}

}  // namespace greenroom::edge
