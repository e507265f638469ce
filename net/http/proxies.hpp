#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include "net/networks.hpp"

/// Reports about clients from proxies in front of a server: a TLS terminator, a load balancer.
namespace greenroom::net::http {

/// The form of a proxy's reports. One form only: a proxy passes on what its client wrote in the other.
enum class proxy_words : std::uint8_t {
  x_forwarded,  ///< X-Forwarded-For, -Proto, -Host
  forwarded,    ///< Forwarded (RFC 7239)
  proxy_v2,     ///< the PROXY protocol, before the first request
};

/// The proxies to believe, and where to look.
struct proxy_trust {
  networks from;
  proxy_words words = proxy_words::x_forwarded;
};

/// The values in a request's fields; absent ones are empty.
struct outer_request {
  std::optional<boost::asio::ip::address> client;
  std::string proto;  ///< `http` or `https`
  std::string host;   ///< a valid Host
};

/// Reads the fields of a request that came from a trusted proxy. Each proxy adds the address that it was asked from at
/// the right: so the client is the first from there that isn't a trusted proxy too, and the values left of it can't be
/// trusted. Nothing of `proxy_v2`, which has no fields.
[[nodiscard]] outer_request read_outer(const proxy_trust& trust, const boost::beast::http::fields& fields);

}  // namespace greenroom::net::http
