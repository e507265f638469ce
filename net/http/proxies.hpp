#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include "net/networks.hpp"

/// What proxies in front of a server say of its clients: a TLS terminator, a load balancer.
namespace greenroom::net::http {

/// How the proxies say it. One way only: a proxy passes on what its client wrote in the other.
enum class proxy_words : std::uint8_t {
  x_forwarded,  ///< X-Forwarded-For, -Proto, -Host
  forwarded,    ///< Forwarded (RFC 7239)
  proxy_v2,     ///< the PROXY protocol, before the first request
};

/// Whom to believe, and where to look.
struct proxy_trust {
  networks from;
  proxy_words words = proxy_words::x_forwarded;
};

/// What the fields of a request say; what they don't is empty.
struct outer_request {
  std::optional<boost::asio::ip::address> client;
  std::string proto;  ///< `http` or `https`
  std::string host;   ///< a valid Host
};

/// Reads the fields of a request that came from a trusted proxy. Each proxy adds the address that it was asked from at
/// the right: so the client is the first from there that isn't a trusted proxy too, and what stands left of it is
/// nobody's word. Nothing of `proxy_v2`, which has no fields.
[[nodiscard]] outer_request read_outer(const proxy_trust& trust, const boost::beast::http::fields& fields);

}  // namespace greenroom::net::http
