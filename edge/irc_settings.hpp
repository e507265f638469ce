#pragma once
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "edge/webirc.hpp"
#include "net/client_socket.hpp"
#include "net/listener.hpp"
#include "net/networks.hpp"
#include "protocol/irc/sign_on.hpp"

namespace greenroom::edge {

/// An operator's settings of IRC.
struct irc_settings {
  std::optional<boost::asio::ip::tcp::endpoint> listen{};  ///< plain; nothing: off
  bool may_be_taken = false;  ///< `listen` is the default: where it is in use, IRC is off, and the log says so
  std::optional<boost::asio::ip::tcp::endpoint> tls_listen{};
  std::string tls_cert{}, tls_key{};
  protocol::irc::server_face face{};
  protocol::irc::sign_on_settings sign_on{};
  bool plain_passwords = false;  ///< passwords are taken in plain text from other machines too
  std::size_t min_password_bytes = 1;
  net::connection_caps caps{};
  net::client_socket_settings socket{};
  net::client_socket_settings websocket{};
  std::size_t outside = 1000;              ///< connections that aren't signed in, in all …
  std::size_t outside_per_address = 10;    ///< … and of one address; of this machine any number
  std::size_t per_account = 10;            ///< connections that are signed in
  core::milliseconds behind{30'000};       ///< a client that is so long over its limits is cut off
  net::networks proxies{};                 ///< who may announce clients by the PROXY protocol
  std::vector<webirc_gateway> gateways{};  ///< who may announce them by WEBIRC
  /// So long clients are to come by TLS alone, once they were told (IRCv3 sts); nothing: they aren't told.
  std::optional<core::seconds> sts{};
};

}  // namespace greenroom::edge
