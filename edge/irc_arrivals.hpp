#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/tally.hpp"
#include "edge/irc_counts.hpp"
#include "edge/irc_crowd.hpp"
#include "edge/irc_door.hpp"
#include "edge/irc_hello.hpp"
#include "edge/irc_numbers.hpp"
#include "net/client_socket.hpp"
#include "net/line_words.hpp"
#include "net/stream.hpp"

namespace greenroom::edge {

class irc_arrival;

/// The client's side of a socket that was accepted.
struct irc_client {
  std::string address;  ///< as text
  std::string key;      ///< as limits count it
  bool secure = false;
  protocol::framing how = protocol::framing::line;
  boost::asio::ip::address peer{};  ///< without a port; of a gateway, until it has said for whom it is
  net::admission admitted{};
};

/// The state that all clients of IRC at an edge share. Thread safe.
struct irc_arrivals : std::enable_shared_from_this<irc_arrivals> {
  irc_arrivals(irc_door_deps with, irc_settings set);

  /// Takes a client over: its registration begins. On the socket's io thread.
  void take(irc_hello::guest guest);
  /// The same of a websocket, whose client has signed in already where there is a grant.
  void take(const net::http::exchange_ptr& ask, irc_subprotocol how, std::optional<actors::admitted> grant);
  /// Tells all that this node goes away; those that aren't signed in are cut off, also those that come from now on.
  void drain();
  /// Counts a client that isn't signed in; false where there are too many.
  [[nodiscard]] bool count_in(const std::string& address, bool is_local);
  void count_out(const std::string& address);
  /// The offer to a connection, and its rules before it is signed in.
  [[nodiscard]] const protocol::irc::sign_on_settings& rules(bool secure, bool is_local) const;
  void forget(core::connection_id id);
  /// The numbers that LUSERS says.
  [[nodiscard]] protocol::irc::server_counts counts();
  /// Every two seconds: as long as there are clients, asks now and then how many other nodes have.
  void tick();

  irc_door_deps deps;
  irc_settings settings;
  protocol::irc::sign_on_settings local;   ///< of this machine's own
  protocol::irc::sign_on_settings unsafe;  ///< of connections that others may read
  irc_counts metrics;
  std::shared_ptr<const net::client_socket_settings> socket, websocket;
  std::shared_ptr<const net::line_words> words;
  std::atomic<net::tls_identity> identity;
  core::wall_time began;
  std::shared_ptr<irc_numbers> numbers;
  std::shared_ptr<irc_crowd> crowd;

 private:
  mutable std::mutex lock_;
  core::tally<std::string> outside_;  ///< by address
  std::size_t all_outside_ = 0;
  std::unordered_map<core::connection_id, std::weak_ptr<irc_arrival>> here_;
  bool draining_ = false;
  unsigned ticks_ = 0;

  void count();
  void welcome(irc_client who, std::shared_ptr<net::client_socket> connection, core::connection_id id,
               std::optional<actors::admitted> grant);
  void remember(core::connection_id id, const std::shared_ptr<irc_arrival>& arrival);
};

}  // namespace greenroom::edge
