#include "app/environment.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/text.hpp"

namespace greenroom::app {
namespace {

constexpr std::string_view prefix = "GREENROOM_";
constexpr std::string_view file_suffix = "_FILE";

bool is_transport_url(std::string_view value) {
  return value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
}

// The text after the last `_mark` of `name`; nothing where there is none.
std::optional<std::string_view> after(std::string_view name, std::string_view mark) {
  const auto at = name.rfind(mark);
  if (at == name.npos || (at > 0 && name[at - 1] != '_')) return std::nullopt;
  return name.substr(at + mark.size());
}

// `5000_TCP`, `5000_TCP_ADDR` and the like.
bool is_port_detail(std::string_view rest) {
  const auto end = rest.find('_');
  if (end == rest.npos || !core::is_number(rest.substr(0, end))) return false;
  rest.remove_prefix(end + 1);
  for (const std::string_view transport : {"TCP", "UDP", "SCTP"}) {
    if (!rest.starts_with(transport)) continue;
    const auto what = rest.substr(transport.size());
    return what.empty() || what == "_ADDR" || what == "_PORT" || what == "_PROTO";
  }
  return false;
}

// `name` is without the prefix, and begins with the rest of the service's name, if it has one.
bool is_linked(std::string_view name, std::string_view value) {
  if (after(name, "SERVICE_HOST") == "") return true;
  if (after(name, "SERVICE_PORT") == "") return core::is_number(value);
  if (after(name, "SERVICE_PORT_")) return core::is_number(value);
  if (after(name, "PORT") == "" && is_transport_url(value)) return true;
  for (auto at = name.find("PORT_"); at != name.npos; at = name.find("PORT_", at + 1))
    if ((at == 0 || name[at - 1] == '_') && is_port_detail(name.substr(at + 5))) return true;
  return (after(name, "NAME") == "" && value.starts_with('/')) || name.starts_with("ENV_") ||
         name.find("_ENV_") != name.npos;
}

// Letters that must be put in, left out, replaced or exchanged with their neighbour to get from one to the other
// (optimal string alignment).
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before_last, last(to.size() + 1), row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (from[i - 1] == to[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[to.size()];
}

const std::string& nearest(std::string_view wanted, const std::vector<std::string>& names) {
  return *std::min_element(names.begin(), names.end(),
                           [&](const auto& a, const auto& b) { return distance(wanted, a) < distance(wanted, b); });
}

}  // namespace

variable_meaning meaning_of(std::string_view variable, std::string_view value) {
  using kind = variable_meaning::kind;
  for (const option& known : options()) {
    if (variable == known.variable()) return {kind::option, &known};
    if (known.secret && variable == known.variable() + std::string(file_suffix)) return {kind::option_file, &known};
  }
  if (variable == "GREENROOM_CONFIG" || variable == "GREENROOM_FAILPOINT") return {kind::own, nullptr};
  return {is_linked(variable.substr(std::min(prefix.size(), variable.size())), value) ? kind::linked : kind::unknown,
          nullptr};
}

std::string nearest_variable(std::string_view variable) {
  std::vector<std::string> names;
  for (const option& known : options()) {
    names.push_back(known.variable());
    if (known.secret) names.push_back(known.variable() + std::string(file_suffix));
  }
  return nearest(variable, names);
}

std::string nearest_key(std::string_view key) {
  std::vector<std::string> names;
  for (const option& known : options()) names.emplace_back(known.key);
  return nearest(key, names);
}

}  // namespace greenroom::app
