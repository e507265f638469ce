#include "app/config_file.hpp"

#include <algorithm>
#include <optional>

namespace greenroom::app {
namespace {

constexpr std::string_view key_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
constexpr std::string_view word_characters = "abcdefghijklmnopqrstuvwxyz0123456789_+-";

/// What is left of one line; each method takes what it reads away.
class line_reader {
 public:
  explicit line_reader(std::string_view line) : rest_{line} {}

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  [[nodiscard]] bool at_end() {
    skip_blanks();
    return rest_.empty() || rest_.front() == '#';
  }

  [[nodiscard]] bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  [[nodiscard]] std::string take_run_of(std::string_view characters) {
    skip_blanks();
    const auto run = rest_.substr(0, rest_.find_first_not_of(characters));
    rest_.remove_prefix(run.size());
    return std::string{run};
  }

  /// One string, integer or truth value.
  [[nodiscard]] std::optional<std::string> take_scalar() {
    if (take('\'')) return take_literal();
    if (take('"')) return take_basic();
    auto word = take_run_of(word_characters);
    if (word == "true" || word == "false") return word;
    std::erase(word, '_');
    const auto digits = std::string_view{word}.substr(word.starts_with('-') || word.starts_with('+') ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    return word;
  }

 private:
  std::optional<std::string> take_literal() {
    const auto end = rest_.find('\'');
    if (end == std::string_view::npos) return std::nullopt;
    std::string text{rest_.substr(0, end)};
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::optional<std::string> take_basic() {
    constexpr std::string_view escapes = "btnfr\"\\";
    constexpr std::string_view meanings = "\b\t\n\f\r\"\\";
    std::string text;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return text;
      if (c == '\\') {
        const auto which = rest_.empty() ? std::string_view::npos : escapes.find(rest_.front());
        if (which == std::string_view::npos) return std::nullopt;
        c = meanings[which];
        rest_.remove_prefix(1);
      }
      text += c;
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

std::optional<std::vector<std::string>> take_values(line_reader& line) {
  std::vector<std::string> values;
  if (!line.take('[')) {
    auto only = line.take_scalar();
    if (!only) return std::nullopt;
    values.push_back(*std::move(only));
    return values;
  }
  while (!line.take(']')) {
    auto element = line.take_scalar();
    if (!element) return std::nullopt;
    values.push_back(*std::move(element));
    if (!line.take(',')) {
      if (!line.take(']')) return std::nullopt;
      break;
    }
  }
  return values;
}

core::error complaint(std::size_t line, const std::string& what) {
  return {core::ec::bad_request, "line " + std::to_string(line) + ": " + what};
}

}  // namespace

core::result<std::vector<file_entry>> parse_config_file(std::string_view text) {
  std::vector<file_entry> entries;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto row = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(row.size() + 1, text.size()));
    if (row.ends_with('\r')) row.remove_suffix(1);
    line_reader line{row};
    if (line.at_end()) continue;
    if (line.take('[')) return complaint(number, "there are no [sections] in this file");
    auto key = line.take_run_of(key_characters);
    if (key.empty() || !line.take('=')) return complaint(number, "expected key = value");
    auto values = take_values(line);
    if (!values) {
      return complaint(number,
                       "the value of " + key + " must be a \"string\", a number, true, false, or an array of these");
    }
    if (!line.at_end()) return complaint(number, "something follows the value of " + key);
    const auto same = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key == key; });
    if (same != entries.end()) return complaint(number, key + " is already in line " + std::to_string(same->line));
    entries.push_back({std::move(key), *std::move(values), number});
  }
  return entries;
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace greenroom::app
