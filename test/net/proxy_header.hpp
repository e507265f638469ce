#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>

namespace greenroom::net {

/// A header of the PROXY protocol, version 2: version and command, family and protocol, and what follows.
inline std::string proxy_header(unsigned command, unsigned family, const std::string& rest) {
  std::string out{"\r\n\r\n\0\r\nQUIT\n", 12};
  for (const std::size_t byte : {std::size_t{command}, std::size_t{family}, rest.size() >> 8, rest.size() & 0xff})
    out += static_cast<char>(byte);
  return out + rest;
}

/// The addresses of a client and of somebody else, and two ports.
inline std::string inet_addresses(const std::string& client) {
  const auto address = boost::asio::ip::make_address(client);
  std::string out;
  const auto put = [&out](const auto& bytes) {
    for (const auto byte : bytes) out += static_cast<char>(byte);
  };
  address.is_v4() ? put(address.to_v4().to_bytes()) : put(address.to_v6().to_bytes());
  return out + std::string(out.size() + 4, '\1');
}

}  // namespace greenroom::net
