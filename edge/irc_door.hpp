#pragma once
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "core/result.hpp"
#include "edge/connections.hpp"
#include "edge/irc_settings.hpp"
#include "net/http/exchange.hpp"
#include "net/hub.hpp"
#include "net/listener.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::edge {

/// The dependencies of the door. Everything outlives it.
struct irc_door_deps {
  net::hub* hub = nullptr;
  actors::asker asker;
  actors::door_actor door;
  actors::local_node_actor node;
  std::shared_ptr<core::limits> limits;
  std::shared_ptr<const core::clock> clock;
  connections* let_in = nullptr;
  telemetry::metrics metrics;
  std::shared_ptr<const std::atomic<std::uint32_t>> clients;  ///< that are signed in, whatever they speak
  std::shared_ptr<std::atomic<std::uint32_t>> operators;      ///< clients of IRC that act as admins: counted here
};

struct irc_arrivals;

/// IRC over websockets (IRCv3 websocket): by which messages.
struct irc_subprotocol {
  std::string_view name;
  bool binary = false;
};
/// The subprotocol of IRC for that name; nothing where it is none.
[[nodiscard]] std::optional<irc_subprotocol> irc_subprotocol_of(std::string_view name) noexcept;

/// Lets in clients of IRC: TLS, registration and sign-in, on their io threads (`protocol::irc::sign_on`); then a
/// connection's actor has them.
class irc_door {
 public:
  irc_door(irc_door_deps deps, irc_settings settings);
  ~irc_door();
  irc_door(const irc_door&) = delete;
  irc_door& operator=(const irc_door&) = delete;

  /// Begins to accept. `unavailable` where an address can't be bound, `bad_request` where the certificate isn't one.
  core::status listen();
  /// Reads the certificate again, for connections that begin from now on.
  core::status read_again();
  /// Takes over a websocket of IRC, whose client is signed in already where there is a grant. On the request's io
  /// thread.
  void take(const net::http::exchange_ptr& ask, irc_subprotocol how, std::optional<actors::admitted> grant);
  /// Every two seconds; where there are clients, other nodes are asked how many they have every ten.
  void tick();
  /// Accepts no more.
  void stop();
  /// Accepts no more, and tells all clients that this node goes away; those that aren't signed in are cut off.
  void drain();

 private:
  core::status listen_at(const boost::asio::ip::tcp::endpoint& at, bool secure, std::unique_ptr<net::listener>& into);

  std::shared_ptr<irc_arrivals> shared_;
  std::unique_ptr<net::listener> plain_, secure_;
};

}  // namespace greenroom::edge
