#include "storage/url.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/text.hpp"

namespace greenroom::storage {
namespace {

constexpr std::string_view kinds = "must be sqlite:PATH, postgresql://… or memory:";
constexpr std::string_view encode = "; in a user's name or password, write / ? @ : # % as %2F %3F %40 %3A %23 %25";

core::error refuse(std::string_view why, std::string_view hint = {}) {
  return {core::ec::bad_request, std::string(why) + std::string(hint), 0};
}

bool is_port(std::string_view text) { return core::number_from<std::uint16_t>(text).value_or(0) > 0; }

// `HOST`, `HOST:PORT`, `[IPv6]:PORT`, or none of it.
bool is_host(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return false;
    text.remove_prefix(end + 1);
    if (text.empty()) return true;
    if (!text.starts_with(':')) return false;
  }
  const auto colon = text.find(':');
  return colon == text.npos || is_port(text.substr(colon + 1));
}

core::status check_postgresql(std::string_view rest) {
  if (!core::is_well_escaped(rest)) return refuse("has a % that isn't followed by two hexadecimal digits", encode);
  // As libpq does: a user's name ends at the first @ that comes before any slash.
  if (const auto at = rest.find('@'); at != rest.npos && at < rest.find('/')) rest.remove_prefix(at + 1);
  const auto host_end = std::min(rest.find_first_of("/?"), rest.size());
  auto hosts = rest.substr(0, host_end);
  rest.remove_prefix(host_end);
  const auto path = core::take_until(rest, '?');
  if (hosts.find('@') != hosts.npos || path.find('@') != path.npos)
    return refuse("has an @ where a host or the database's name is", encode);
  do
    if (!is_host(core::take_until(hosts, ','))) return refuse("has a port that isn't a number from 1 to 65535", encode);
  while (!hosts.empty());
  while (!rest.empty()) {
    const auto parameter = core::take_until(rest, '&');
    const auto equals = parameter.find('=');
    if (equals == parameter.npos || equals == 0 || parameter.find('=', equals + 1) != parameter.npos)
      return refuse("has a parameter that isn't NAME=VALUE", encode);
  }
  return core::done{};
}

bool is_a_password(std::string_view name) { return core::folded(core::percent_decoded(name)).ends_with("password"); }

}  // namespace

core::status check_url(std::string_view url) {
  if (std::any_of(url.begin(), url.end(), core::is_control)) return refuse(kinds, ", without control characters");
  if (url == "memory:" || (url.starts_with("sqlite:") && url.size() > 7)) return core::done{};
  for (const std::string_view scheme : {"postgresql://", "postgres://"})
    if (url.starts_with(scheme)) return check_postgresql(url.substr(scheme.size()));
  return refuse(kinds);
}

std::string masked(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return url;
  std::string_view rest = std::string_view{url}.substr(scheme + 3);
  std::string shown = url.substr(0, scheme + 3);
  if (const auto at = rest.rfind('@'); at != rest.npos) {
    shown += "***";
    rest.remove_prefix(at);
  }
  const auto mark = std::min(rest.find('?'), rest.size());
  shown += rest.substr(0, mark);
  rest.remove_prefix(mark);
  while (!rest.empty()) {
    shown += rest.front();
    rest.remove_prefix(1);
    const auto end = std::min(rest.find('&'), rest.size());
    const auto parameter = rest.substr(0, end);
    const auto name = parameter.substr(0, parameter.find('='));
    const bool hidden = name.size() < parameter.size() && is_a_password(name);
    shown += hidden ? std::string(name) + "=***" : std::string(parameter);
    rest.remove_prefix(end);
  }
  return shown;
}

}  // namespace greenroom::storage
