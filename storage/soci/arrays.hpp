#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/text.hpp"

namespace greenroom::storage::soci {

/// PostgreSQL's array literal, `{1,2,"text"}`, put together in one buffer that keeps its memory.
class array_literal {
 public:
  /// Starts again with no elements.
  void clear() { text_.assign(1, '{'); }
  /// Adds a number.
  void add(std::int64_t number) { core::append_number(next(), number); }
  /// Adds a text without NUL: always in quotes, so that no text can be anything else.
  void add(std::string_view text) {
    auto& out = next();
    out += '"';
    for (std::size_t from = 0; from < text.size();) {
      const auto special = std::min(text.find_first_of("\"\\", from), text.size());
      out.append(text, from, special - from);
      if (special < text.size()) out.append(1, '\\').append(1, text[special]);
      from = special + 1;
    }
    out += '"';
  }

  /// The literal. After this only `clear`.
  [[nodiscard]] const std::string& finished() {
    text_ += '}';
    return text_;
  }

 private:
  std::string& next() {
    if (text_.size() > 1) text_ += ',';
    return text_;
  }

  std::string text_ = "{";
};

}  // namespace greenroom::storage::soci
