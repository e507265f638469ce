#include "net/http/proxies.hpp"

#include <string_view>
#include <vector>

#include "core/text.hpp"
#include "net/http/request_policy.hpp"
#include "protocol/list_field.hpp"

namespace greenroom::net::http {
namespace {

namespace ip = boost::asio::ip;
using members = std::vector<std::string_view>;

members members_of(const boost::beast::http::fields& fields, std::string_view name) {
  members out;
  const auto [first, last] = fields.equal_range(boost::beast::string_view{name.data(), name.size()});
  for (auto line = first; line != last; ++line)
    for (const std::string_view one :
         protocol::list_members(std::string_view{line->value().data(), line->value().size()}))
      out.push_back(one);
  return out;
}

// An address, with a port or without: `192.0.2.1:80`, `[2001:db8::1]:80`, `2001:db8::1` (RFC 7239 section 6).
std::optional<ip::address> address_in(std::string_view node) {
  if (node.starts_with('[')) {
    node = node.substr(1, node.find(']') - 1);
  } else if (const std::size_t colon = node.find(':'); colon != node.npos && colon == node.rfind(':')) {
    node = node.substr(0, colon);
  }
  boost::system::error_code not_address;
  const auto address = ip::make_address(std::string(node), not_address);
  return not_address ? std::nullopt : std::optional{address};
}

void take_proto(outer_request& into, std::string_view text) {
  for (const std::string_view known : {"http", "https"})
    if (core::equal_folded(text, known)) into.proto = known;
}

void take_host(outer_request& into, std::string_view text) {
  if (good_host(text)) into.host = text;
}

// The value by the same proxy, counted from the right; the first one where the proxies behind it wrote none.
std::string_view beside(const members& all, std::size_t from_the_right) {
  if (all.empty()) return {};
  return from_the_right < all.size() ? all[all.size() - 1 - from_the_right] : all.front();
}

outer_request read_x_forwarded(const proxy_trust& trust, const boost::beast::http::fields& fields) {
  outer_request out;
  const auto hops = members_of(fields, "X-Forwarded-For");
  std::size_t hop = 0;  // of the client, from the right
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const auto address = address_in(hops[hops.size() - 1 - i]);
    if (!address) break;
    out.client = *address;
    hop = i;
    if (!trust.from.contains(*address)) break;
  }
  take_proto(out, beside(members_of(fields, "X-Forwarded-Proto"), hop));
  take_host(out, beside(members_of(fields, "X-Forwarded-Host"), hop));
  return out;
}

outer_request read_forwarded(const proxy_trust& trust, const boost::beast::http::fields& fields) {
  outer_request out;
  const auto hops = members_of(fields, "Forwarded");
  for (std::size_t i = 0; i < hops.size(); ++i) {
    std::optional<ip::address> address;
    outer_request hop;
    for (const std::string_view part : protocol::list_members(hops[hops.size() - 1 - i], ';')) {
      const auto pair = protocol::parameter(part);
      if (!pair) continue;
      if (core::equal_folded(pair->first, "for")) address = address_in(pair->second);
      if (core::equal_folded(pair->first, "proto")) take_proto(hop, pair->second);
      if (core::equal_folded(pair->first, "host")) take_host(hop, pair->second);
    }
    hop.client = address ? address : out.client;
    out = std::move(hop);
    // `unknown` and made-up names (RFC 7239 section 6) end the known part.
    if (!address || !trust.from.contains(*address)) break;
  }
  return out;
}

}  // namespace

outer_request read_outer(const proxy_trust& trust, const boost::beast::http::fields& fields) {
  if (trust.words == proxy_words::x_forwarded) return read_x_forwarded(trust, fields);
  if (trust.words == proxy_words::forwarded) return read_forwarded(trust, fields);
  return {};
}

}  // namespace greenroom::net::http
