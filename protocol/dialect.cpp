#include "protocol/dialect.hpp"

#include <array>

#include "protocol/json.hpp"
#include "protocol/lines.hpp"
#include "protocol/list_field.hpp"

namespace greenroom::protocol {
namespace {

constexpr std::array kinds{core::dialect_kind::lines, core::dialect_kind::json};
static_assert(kinds.size() == core::dialect_count);

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
  for (const std::string_view token : list_members(list))
    for (const auto kind : kinds)
      if (dialect_of(kind).token() == token) return kind;
  return std::nullopt;
}

}  // namespace greenroom::protocol
