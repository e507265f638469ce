#include "protocol/dialect.hpp"

#include <array>

#include "protocol/json.hpp"
#include "protocol/lines.hpp"
#include "protocol/list_field.hpp"

namespace greenroom::protocol {

const dialect& lines_dialect() noexcept {
  static const lines one;
  return one;
}

const dialect& json_dialect() noexcept {
  static const json one;
  return one;
}

const dialect* choose(std::string_view list) {
  const std::array all{&lines_dialect(), &json_dialect()};
  if (list.empty()) return &lines_dialect();
  for (const std::string_view token : list_members(list))
    for (const dialect* one : all)
      if (one->token() == token) return one;
  return nullptr;
}

}  // namespace greenroom::protocol
