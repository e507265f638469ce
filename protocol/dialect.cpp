#include "protocol/dialect.hpp"

#include <array>

#include "protocol/json.hpp"
#include "protocol/lines.hpp"

namespace greenroom::protocol {
namespace {

constexpr std::array kinds{core::dialect_kind::lines, core::dialect_kind::json};
static_assert(kinds.size() == core::dialect_count);

std::string_view trimmed(std::string_view token) {
  const auto first = token.find_first_not_of(" \t");
  if (first == token.npos) return {};
  return token.substr(first, token.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool dialect::encode(const core::client_event& event, core::frames& out) const {
  if (!write(event, out.bytes)) return false;
  out.end_frame();
  return true;
}

const dialect& dialect_of(core::dialect_kind kind) noexcept {
  static const lines the_lines;
  static const json the_json;
  if (kind == core::dialect_kind::json) return the_json;
  return the_lines;
}

std::optional<core::dialect_kind> choose(std::string_view list) {
  if (list.empty()) return core::dialect_kind::lines;
  while (true) {
    const auto comma = list.find(',');
    const auto token = trimmed(list.substr(0, comma));
    for (const auto kind : kinds)
      if (!token.empty() && dialect_of(kind).token() == token) return kind;
    if (comma == list.npos) return std::nullopt;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace greenroom::protocol
