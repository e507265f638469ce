#pragma once

#include <boost/asio/ip/address.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace greenroom::net {

/// Some networks of addresses, as operators name them. An IPv4 address is the same mapped into IPv6.
class networks {
 public:
  /// Adds `192.0.2.0/24`, `2001:db8::/32` or a single address; false where the text is neither (RFC 4632 section 3.1,
  /// RFC 4291 section 2.3).
  [[nodiscard]] bool add(std::string_view text);
  [[nodiscard]] bool contains(const boost::asio::ip::address& address) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

 private:
  struct network {
    std::array<unsigned char, 16> beginning;
    unsigned bits;
  };
  std::vector<network> all_;
};

}  // namespace greenroom::net
