#include "net/proxy_protocol.hpp"

#include <algorithm>
#include <cstdint>

namespace greenroom::net {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t longest_rest = 4096;
constexpr unsigned version_2 = 2, local = 0, proxy = 1;
constexpr unsigned inet = 1, inet6 = 2, local_socket = 3;
constexpr std::uint8_t ssl_extension = 0x20, client_spoke_ssl = 0x01;

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
std::size_t number_at(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

core::error wrong(const char* why) { return {core::ec::bad_request, why, 0}; }

// Source address, destination address, and the two ports.
constexpr std::size_t addresses_size(unsigned family) {
  switch (family) {
    case inet:
      return 12;
    case inet6:
      return 36;
    case local_socket:
      return 216;
    default:
      return 0;
  }
}

template <class Address>
Address source(std::string_view rest) {
  typename Address::bytes_type bytes{};
  std::copy_n(rest.begin(), bytes.size(), bytes.begin());
  return Address{bytes};
}

}  // namespace

core::result<std::size_t> proxy_rest_size(std::string_view head) {
  if (head.size() != proxy_head_size || !head.starts_with(signature)) return wrong("no header of the PROXY protocol");
  if (byte_at(head, 12) >> 4 != version_2) return wrong("another version of the PROXY protocol");
  const std::size_t size = number_at(head, 14);
  if (size > longest_rest) return wrong("a header of the PROXY protocol that is too long");
  return size;
}

core::result<proxied> read_proxied(std::string_view head, std::string_view rest) {
  const auto size = proxy_rest_size(head);
  if (!size) return size.why();
  if (rest.size() != *size) return wrong("a header of the PROXY protocol that is cut");
  const unsigned command = byte_at(head, 12) & 0xf;
  if (command == local) return proxied{};
  if (command != proxy) return wrong("an unknown command of the PROXY protocol");
  const unsigned family = byte_at(head, 13) >> 4;
  const std::size_t addresses = addresses_size(family);
  if (rest.size() < addresses) return wrong("addresses of the PROXY protocol that are cut");
  proxied out;
  if (family == inet) out.client = source<ip::address_v4>(rest);
  if (family == inet6) out.client = source<ip::address_v6>(rest);
  rest.remove_prefix(addresses);
  // Type, length and value each; the first byte of an SSL one's value says by bits what the client spoke.
  while (!rest.empty()) {
    if (rest.size() < 3 || rest.size() - 3 < number_at(rest, 1))
      return wrong("an extension of the PROXY protocol that is cut");
    const std::size_t length = number_at(rest, 1);
    if (byte_at(rest, 0) == ssl_extension && length > 0) out.secure = (byte_at(rest, 3) & client_spoke_ssl) != 0;
    rest.remove_prefix(3 + length);
  }
  return out;
}

}  // namespace greenroom::net
