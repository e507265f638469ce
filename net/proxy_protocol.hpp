#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/result.hpp"

/// The PROXY protocol, version 2, as haproxy's `proxy-protocol.txt` (section 2.2) has it: a proxy that passes bytes on
/// describes the connection before the first of them. Pure.
namespace greenroom::net {

/// The part of a header that has the same length always: signature, version, command, family, length of the rest.
inline constexpr std::size_t proxy_head_size = 16;

/// How many bytes follow those 16. `bad_request` where they aren't a header of version 2, or announce more than 4096
/// bytes.
[[nodiscard]] core::result<std::size_t> proxy_rest_size(std::string_view head);

/// A proxy's description of a connection.
struct proxied {
  /// The client of the proxy. Nothing where the proxy speaks for itself (LOCAL), or of a client without an address.
  std::optional<boost::asio::ip::address> client;
  bool secure = false;  ///< the client spoke TLS to the proxy (PP2_TYPE_SSL)
};

/// Reads a whole header: the 16 bytes, and as many as `proxy_rest_size` said. `bad_request` where the addresses are
/// cut, the command is unknown, or an extension is longer than the rest.
[[nodiscard]] core::result<proxied> read_proxied(std::string_view head, std::string_view rest);

}  // namespace greenroom::net
