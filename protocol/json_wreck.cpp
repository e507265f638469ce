#include "protocol/json_wreck.hpp"

#include <algorithm>
#include <cstddef>

namespace greenroom::protocol {
namespace {

using fields = std::vector<std::pair<std::string_view, std::string_view>>;

struct wreck {
  std::string_view text;
  std::size_t most;
  fields found{};
  std::size_t at = 0;
  std::size_t depth = 0;
  std::string_view name{};  // of the field whose value comes next
  std::string_view word{};  // the string before

  void read() {
    for (; at < text.size(); ++at) {
      switch (text[at]) {
        case '"':
          if (!string()) return;
          break;
        case ':':
          name = std::exchange(word, {});
          break;
        case ',':
          name = word = {};
          break;
        case '{':
        case '[':
          name = word = {};
          ++depth;
          break;
        case '}':
        case ']':
          if (depth <= 1) return;
          --depth;
          break;
        default:
          break;
      }
    }
  }

  // False where its end is missing.
  bool string() {
    const auto from = at + 1;
    bool escaped = false;
    for (++at; at < text.size() && text[at] != '"'; ++at)
      if (text[at] == '\\') {
        escaped = true;
        ++at;
      }
    if (at >= text.size()) return false;
    word = depth == 1 && !escaped ? text.substr(from, at - from) : std::string_view{};
    if (!name.empty()) keep();
    return true;
  }

  void keep() {
    const auto known = std::find_if(found.begin(), found.end(), [&](const auto& one) { return one.first == name; });
    if (known != found.end())
      known->second = {};
    else if (found.size() < most)
      found.emplace_back(name, word);
    name = word = {};
  }
};

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> fields_of_wreck(std::string_view text, std::size_t most) {
  wreck reader{text, most};
  reader.read();
  return std::move(reader.found);
}

}  // namespace greenroom::protocol
