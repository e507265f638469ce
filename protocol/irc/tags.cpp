#include "protocol/irc/tags.hpp"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "core/text.hpp"

namespace greenroom::protocol::irc {
namespace {

struct escape {
  char letter;  // behind the backslash
  char meant;
};
constexpr escape escapes[] = {{':', ';'}, {'s', ' '}, {'\\', '\\'}, {'r', '\r'}, {'n', '\n'}};

}  // namespace

tag take_tag(std::string_view& tags) noexcept {
  std::string_view value = core::take_until(tags, ';');
  const std::string_view key = core::take_until(value, '=');
  return {key, value};
}

std::optional<std::string> tag_value(std::string_view tags, std::string_view key) {
  std::optional<std::string_view> last;
  while (!tags.empty())
    if (const tag one = take_tag(tags); one.key == key) last = one.value;
  if (!last) return std::nullopt;
  return unescaped(*last);
}

std::string client_only_tags(std::string_view tags) {
  std::vector<std::string_view> all;
  while (!tags.empty())
    if (const auto one = core::take_until(tags, ';'); one.size() > 1 && one.front() == '+' && one[1] != '=')
      all.push_back(one);
  std::unordered_set<std::string_view> known;
  std::vector<std::string_view> kept;  // backwards: the last of a name counts
  for (auto one = all.rbegin(); one != all.rend(); ++one)
    if (known.insert(one->substr(0, one->find('='))).second) kept.push_back(*one);
  std::string out;
  for (auto one = kept.rbegin(); one != kept.rend(); ++one) out.append(out.empty() ? "" : ";").append(*one);
  return out;
}

bool fit_in_line(std::string_view tags) noexcept {
  return tags.size() <= max_tag_bytes && tags.find_first_of(std::string_view{" \0\r\n", 4}) == tags.npos;
}

std::string unescaped(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\') {
      out += value[i];
    } else if (++i < value.size()) {
      const auto* known =
          std::find_if(std::begin(escapes), std::end(escapes), [&](escape one) { return one.letter == value[i]; });
      out += known == std::end(escapes) ? value[i] : known->meant;
    }
  }
  return out;
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\0') continue;
    const auto* known =
        std::find_if(std::begin(escapes), std::end(escapes), [&](escape one) { return one.meant == c; });
    if (known == std::end(escapes))
      out += c;
    else
      out.append(1, '\\').append(1, known->letter);
  }
}

}  // namespace greenroom::protocol::irc
