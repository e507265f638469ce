#include "edge/webirc.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "core/text.hpp"

namespace greenroom::edge {
namespace {

constexpr std::size_t webirc_parameters = 4;

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<webirc_gateway> gateway_from(std::string_view line) {
  webirc_gateway out;
  out.password = core::take_until(line, ' ');
  line = core::trimmed(line);
  if (out.password.empty() || line.empty()) return std::nullopt;
  while (!line.empty())
    if (!out.from.add(core::trimmed(core::take_until(line, ',')))) return std::nullopt;
  return out;
}

}  // namespace

core::result<std::vector<webirc_gateway>> read_webirc_gateways(std::string_view text) {
  std::vector<webirc_gateway> all;
  for (unsigned number = 1; !text.empty(); ++number) {
    auto line = core::take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = core::trimmed(line);
    if (line.empty() || line.starts_with('#')) continue;
    auto one = gateway_from(line);
    if (!one)
      return core::error{core::ec::bad_request, "line " + std::to_string(number) + " isn't PASSWORD NETWORK[,NETWORK]",
                         0};
    all.push_back(*std::move(one));
  }
  return all;
}

std::optional<webirc_client> announced_by(const protocol::irc::line& what, const boost::asio::ip::address& peer,
                                          const std::vector<webirc_gateway>& gateways) {
  const bool may = std::any_of(gateways.begin(), gateways.end(), [&](const webirc_gateway& one) {
    return one.from.contains(peer) && same_secret(one.password, what[0]);
  });
  if (!may || what.count < webirc_parameters) return std::nullopt;
  // IRCv3: an IPv6 address that begins with a colon has a 0 before it.
  boost::system::error_code wrong;
  webirc_client out{boost::asio::ip::make_address(std::string(what[3]), wrong)};
  if (wrong) return std::nullopt;
  for (auto options = what[4]; !options.empty();)
    if (core::take_until(options, ' ') == "secure") out.secure = true;
  return out;
}

}  // namespace greenroom::edge
