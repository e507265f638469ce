#pragma once
#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "net/networks.hpp"
#include "protocol/irc/line.hpp"

/// WEBIRC (IRCv3): gateways of other protocols, such as web clients, that say for whom a connection is.
namespace greenroom::edge {

/// A gateway that may say so.
struct webirc_gateway {
  std::string password;
  net::networks from;
};

/// Reads lines `PASSWORD NETWORK[,NETWORK…]`; empty ones and those that begin with `#` are passed over. `bad_request`
/// names the first line that isn't one.
[[nodiscard]] core::result<std::vector<webirc_gateway>> read_webirc_gateways(std::string_view text);

/// The client for whom a gateway connects.
struct webirc_client {
  boost::asio::ip::address address;
  bool secure = false;  ///< it came to the gateway over TLS
};

/// The client that `WEBIRC password gateway host address [:options]` announces. Nothing where this peer may not, the
/// password is another, or the address isn't one. Passwords are compared in constant time.
[[nodiscard]] std::optional<webirc_client> announced_by(const protocol::irc::line& what,
                                                        const boost::asio::ip::address& peer,
                                                        const std::vector<webirc_gateway>& gateways);

}  // namespace greenroom::edge
