#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>

#include "net/link_common.hpp"
#include "net/link_hello.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"

namespace greenroom::net {

/// The parameters of a dial.
struct link_dial {
  std::uint64_t which = 0;
  std::string host;
  std::uint16_t port = 0;
  core::node_name expected;
};

/// A connection that may become a link: from TCP to the end of the hello, within `handshake_deadline`. On one io
/// thread.
class link_greeting final : public link_part, public std::enable_shared_from_this<link_greeting> {
 public:
  link_greeting(std::shared_ptr<link_common> common, std::size_t slot, tcp_socket socket, std::optional<link_dial> dial,
                admission admitted);
  /// Takes an accepted connection; on the slot's thread.
  static void accept(const std::shared_ptr<link_common>& common, accepted from);
  /// Thread safe.
  static void dial(const std::shared_ptr<link_common>& common, link_dial dial);

  void cut(link_cut why) override;

 private:
  using error_code = boost::system::error_code;
  using endpoints = boost::asio::ip::tcp::resolver::results_type;

  void begin();
  void resolve();
  void connect(const endpoints& found);
  void shake_hands();
  void shaken(error_code wrong);
  void send_hello();
  void read_head();
  void judge(std::string_view rest);
  void send_welcome();
  void read_welcome();
  void succeed();

  /// `reason` is the metric's; empty where there was no connection that could have been refused.
  void fail(std::string_view reason, const std::string& why);
  void fail_hello(const error_code& wrong);
  [[nodiscard]] std::string peer_text() const;
  template <class Then>
  auto then(Then next);
  /// Sends all of it, or fails.
  template <class Then>
  void send(std::string_view bytes, Then next);
  /// Receives this many bytes, or fails.
  template <class Then>
  void receive(std::size_t size, Then next);
  template <class Then>
  void receive_rest(std::size_t have, Then next);

  std::shared_ptr<link_common> common_;
  std::size_t slot_;
  tcp_socket socket_;  ///< until there is TLS over it
  std::optional<stream> stream_;
  std::optional<link_dial> dial_;
  admission admitted_;
  boost::asio::steady_timer deadline_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::endpoint peer_;
  std::string bytes_;   ///< of the peer's hello
  link_identity says_;  ///< what the hello says
  bool connected_ = false;
  bool ended_ = false;
};

}  // namespace greenroom::net
