#include "protocol/list_field.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace greenroom::protocol {
namespace {

// Where the first separator outside of quotes is; the end where there is none.
std::size_t find_separator(std::string_view text, char separator) noexcept {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      quoted = !quoted;
    else if (quoted && text[i] == '\\')
      ++i;
    else if (!quoted && text[i] == separator)
      return i;
  }
  return text.size();
}

}  // namespace

void list_members::const_iterator::read() noexcept {
  member_ = {};
  while (member_.empty() && !rest_.empty()) {
    const std::size_t end = find_separator(rest_, separator_);
    member_ = core::trimmed(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
  }
}

bool has_member(std::string_view line, std::string_view token) noexcept {
  const list_members members{line};
  return std::any_of(members.begin(), members.end(),
                     [token](std::string_view one) { return core::equal_folded(one, token); });
}

std::optional<std::pair<std::string_view, std::string_view>> parameter(std::string_view text) noexcept {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = core::trimmed(text.substr(0, equals));
  std::string_view value = core::trimmed(text.substr(equals + 1));
  if (value.starts_with('"')) {
    value.remove_prefix(1);
    if (!value.ends_with('"')) return std::nullopt;
    value.remove_suffix(1);
  }
  if (name.empty() || value.empty() || value.find('"') != std::string_view::npos) return std::nullopt;
  return std::pair{name, value};
}

std::string_view media_type(std::string_view value) noexcept { return core::trimmed(value.substr(0, value.find(';'))); }

bool same_tag(std::string_view a, std::string_view b) noexcept {
  for (std::string_view* const tag : {&a, &b})
    if (tag->starts_with("W/")) tag->remove_prefix(2);
  return a == b;
}

}  // namespace greenroom::protocol
