#include "net/networks.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace greenroom::net {
namespace {

namespace ip = boost::asio::ip;
constexpr unsigned mapped_bits = 96;  // before an IPv4 address that is mapped into IPv6

std::array<unsigned char, 16> bytes_of(const ip::address& address) {
  return (address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6()).to_bytes();
}

}  // namespace

bool networks::add(std::string_view text) {
  const std::size_t slash = text.find('/');
  boost::system::error_code not_address;
  const auto address = ip::make_address(std::string(text.substr(0, slash)), not_address);
  if (not_address) return false;
  const unsigned most = address.is_v4() ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const auto given = core::number_from<unsigned>(text.substr(slash + 1));
    if (!given || *given > most) return false;
    bits = *given;
  }
  all_.push_back({bytes_of(address), bits + (address.is_v4() ? mapped_bits : 0)});
  return true;
}

bool networks::contains(const ip::address& address) const noexcept {
  if (all_.empty()) return false;
  const auto bytes = bytes_of(address);
  return std::any_of(all_.begin(), all_.end(), [&bytes](const network& one) {
    const std::size_t whole = one.bits / 8;
    const unsigned rest = one.bits % 8;
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole), one.beginning.begin()))
      return false;
    return rest == 0 || (bytes[whole] >> (8 - rest)) == (one.beginning[whole] >> (8 - rest));
  });
}

}  // namespace greenroom::net
