#include "edge/origin.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"

namespace greenroom::edge {
namespace {

// `http://h` for `http://h:80`, `https://h` for `https://h:443`.
std::string_view without_own_port(std::string_view origin) {
  for (const auto& [scheme, port] :
       {std::pair<std::string_view, std::string_view>{"http://", ":80"}, {"https://", ":443"}})
    if (core::equal_folded(origin.substr(0, scheme.size()), scheme) && origin.ends_with(port))
      origin.remove_suffix(port.size());
  return origin;
}

}  // namespace

bool origin_allowed(std::string_view origin, std::string_view scheme, std::string_view host,
                    const std::vector<std::string>& allowed) {
  if (origin.empty()) return true;
  origin = without_own_port(origin);
  const auto same = [&](std::string_view other) { return core::equal_folded(origin, without_own_port(other)); };
  return same(std::string(scheme) + "://" + std::string(host)) || std::any_of(allowed.begin(), allowed.end(), same);
}

}  // namespace greenroom::edge
