#include "core/mentions.hpp"

#include <algorithm>

#include "core/names.hpp"
#include "core/text.hpp"

namespace greenroom::core {
namespace {

constexpr bool is_name_part(char c) noexcept { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }
constexpr bool may_go_before(char c) noexcept { return !is_name_part(c) && c != '.' && c != '@'; }

}  // namespace

std::vector<user_id> mentioned_in(std::string_view text) {
  std::vector<user_id> names;
  for (auto at = text.find('@'); at != text.npos && names.size() < max_mentions; at = text.find('@', at + 1)) {
    if (at > 0 && !may_go_before(text[at - 1])) continue;
    const auto rest = text.substr(at + 1);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_name_part);
    user_id name{std::string(rest.begin(), end)};
    if (check_user_name(name.value) && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  return names;
}

}  // namespace greenroom::core
