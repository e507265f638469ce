#pragma once
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "edge/irc_counts.hpp"
#include "edge/irc_crowd.hpp"
#include "edge/irc_door.hpp"
#include "edge/irc_hello.hpp"
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
  [[nodiscard]] protocol::irc::server_counts counts() const;

  irc_door_deps deps;
  irc_settings settings;
  protocol::irc::sign_on_settings local;   ///< of this machine's own
  protocol::irc::sign_on_settings unsafe;  ///< of connections that others may read
  irc_counts metrics;
  std::shared_ptr<const net::client_socket_settings> socket, websocket;
  std::shared_ptr<const net::line_words> words;
  std::atomic<net::tls_identity> identity;
  core::wall_time began;
  std::atomic<std::uint32_t> signed_in{0}, most{0};
  std::shared_ptr<irc_crowd> crowd = std::make_shared<irc_crowd>();

 private:
  mutable std::mutex lock_;
  std::map<std::string, std::size_t> outside_;  ///< by address
  std::size_t all_outside_ = 0;
  std::unordered_map<core::connection_id, std::weak_ptr<irc_arrival>> here_;
  bool draining_ = false;

  void welcome(irc_client who, std::shared_ptr<net::client_socket> connection, core::connection_id id,
               std::optional<actors::admitted> grant);
  void remember(core::connection_id id, const std::shared_ptr<irc_arrival>& arrival);
};

/// One client from its first byte until it is signed in. Then its socket's events go to the connection's actor. On the
/// socket's io thread.
class irc_arrival final : public core::client_owner, public std::enable_shared_from_this<irc_arrival> {
 public:
  irc_arrival(std::shared_ptr<irc_arrivals> home, irc_client who, std::shared_ptr<net::client_socket> socket,
              core::connection_id id, const protocol::irc::sign_on_settings& rules,
              std::optional<actors::admitted> grant);

  /// Begins the time that it has.
  void begin();
  /// This node goes away.
  void drain();

  void received(std::vector<std::string> frames) override;
  void missed(core::topic_id topic, core::seq_no from, core::seq_no to) override;
  void roomy() override;
  void closed() override;
  [[nodiscard]] boost::asio::io_context& context() const noexcept { return context_; }

 private:
  [[nodiscard]] protocol::irc::sign_on_moment moment() const;
  void go_on();
  void say(const std::vector<std::string>& lines);
  void end(std::string_view why);
  void announced(const protocol::irc::line& what);
  void carry_out(protocol::irc::sign_on_effects out);
  void ask(const protocol::irc::sign_in& what);
  void ask(const protocol::irc::make_account& what);
  void ask(const core::find_scram& what);
  template <class Reply, class Request, class Read>
  void ask_accounts(std::chrono::milliseconds patience, Request request, Read read);
  [[nodiscard]] bool may_try();
  void admit(const std::string& token, std::string signature = {});
  void answered(core::result<protocol::irc::account_answer> answer);
  void let_in(protocol::irc::signed_on who);
  void wait();
  [[nodiscard]] core::request_origin origin() const { return {who_.address, {}}; }

  std::shared_ptr<irc_arrivals> home_;
  irc_client who_;
  std::shared_ptr<net::client_socket> socket_;  ///< until it is closed
  core::connection_id id_;
  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  const protocol::irc::sign_on_settings* rules_;
  std::optional<protocol::irc::sign_on> machine_;
  std::deque<std::string> waiting_;  ///< lines that wait for an answer
  std::optional<actors::admitted> grant_;
  actors::local_connection_actor actor_;  ///< null: not signed in
  bool heard_ = false;                    ///< a first line
  std::shared_ptr<irc_neighbour> neighbour_;
  bool over_ = false;
  bool counted_ = true;  ///< as not signed in
};

}  // namespace greenroom::edge
