#pragma once
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "net/listener.hpp"
#include "net/networks.hpp"
#include "net/proxy_preamble.hpp"
#include "net/stream.hpp"

namespace greenroom::edge {

/// A socket of an IRC client until its first byte: the header of a proxy, where it may come from one, then TLS, where
/// the port speaks it. Closed after 10 s. On the socket's io thread.
///
///   accepted ── from a proxy ──► header? ──► TLS? ──► welcome
class irc_hello : public std::enable_shared_from_this<irc_hello> {
 public:
  /// A connection as it begins.
  struct guest {
    net::stream socket;
    net::accepted from;      ///< its socket is gone; its peer is the client, if a proxy named one
    bool secure = false;     ///< nobody reads what is said between the client and this side, or its proxy
    std::string read_ahead;  ///< bytes that were read already
  };
  using taker = std::function<void(guest)>;

  /// `identity`: of TLS; null: plain. `proxies` outlive it.
  irc_hello(boost::asio::io_context& context, net::accepted from, net::tls_identity identity,
            const net::networks& proxies, taker welcome);

  void begin();

 private:
  void await_header();
  void read_header();
  void take_header();
  void begin_tls();
  void done();
  void close();

  net::stream socket_;
  net::accepted from_;
  net::tls_identity identity_;
  const net::networks& proxies_;
  taker welcome_;
  boost::asio::steady_timer timer_;
  net::proxy_preamble preamble_;
  std::array<char, 256> bytes_;
  std::string read_ahead_;
  bool secure_ = false;
  bool closed_ = false;
};

}  // namespace greenroom::edge
