#pragma once
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/connection_actor.hpp"
#include "actors/local.hpp"
#include "edge/voices.hpp"
#include "net/hub.hpp"
#include "net/ws_connection.hpp"
#include "protocol/talk.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::edge {

/// The dependencies of connections. Everything outlives them.
struct connections_deps {
  caf::actor_system* system = nullptr;
  net::hub* hub = nullptr;
  std::shared_ptr<const net::ws_settings> websocket;
  std::shared_ptr<const actors::connection_ground> ground;
  telemetry::metrics metrics;
};

/// A client that was let in, and how its connection begins.
struct newcomer {
  net::http::upgraded socket;
  std::string client;  ///< the key by which limits count the client
  core::user_id user;
  const protocol::dialect* dialect = nullptr;
  core::room_id room;     ///< joined from the start; empty: none
  core::position from;    ///< of that room
  std::string address{};  ///< the client's, for audit lines
};

/// A client that signed in on its socket, with a machine of its own.
struct talker {
  std::shared_ptr<core::client> socket;
  core::connection_id id;
  core::user_id user;
  const protocol::dialect* dialect = nullptr;
  protocol::features hears{};
  protocol::framing how = protocol::framing::line;
  std::shared_ptr<protocol::talk> talk;
  actors::session_actor session;
  std::string address{};  ///< the client's, for audit lines
};

/// The open connections of an edge, each with its connection actor. Thread safe.
class connections {
 public:
  /// `count`: how many are open; shared with the node, which tells the cluster.
  connections(connections_deps deps, std::shared_ptr<std::atomic<std::uint32_t>> count);

  /// Answers the upgrade and begins: the connection's actor. On the socket's io thread. One that comes during a drain
  /// is closed at once with 1012.
  actors::local_connection_actor open(newcomer who);

  /// The connection's actor of a client whose socket is open; its owner hands on the socket's events, and says
  /// `closed`.
  actors::local_connection_actor open(talker who);
  void closed(core::connection_id id) { forget(id); }

  /// Closes every websocket with 1012, spread over at most `within`: closed at once, all clients would be back at once.
  /// Their posts are answered before. Once.
  void drain(core::milliseconds within);

 private:
  void remember(core::connection_id id, const actors::local_connection_actor& connection, bool by_websocket,
                std::string_view speaks);
  void forget(core::connection_id id);
  void close_some(std::size_t at_once);

  connections_deps deps_;
  std::shared_ptr<std::atomic<std::uint32_t>> count_;
  voices voices_;
  std::mutex lock_;
  bool draining_ = false;
  /// An open connection, and the numbers in which it is counted.
  struct counted {
    actors::local_connection_actor actor;
    bool by_websocket = false;
    telemetry::gauge dialect;
  };
  std::unordered_map<core::connection_id, counted> open_;
  std::vector<core::connection_id> leaving_;  ///< of those, the ones that aren't told yet
  std::unique_ptr<boost::asio::steady_timer> timer_;
  class actor_owner;
};

}  // namespace greenroom::edge
