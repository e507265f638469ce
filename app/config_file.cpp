#include "app/config_file.hpp"

#include <algorithm>
#include <optional>
#include <utility>

// Errors come as values. Compiled in here, once: no library at run time.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace greenroom::app {
namespace {

core::error complaint(std::size_t line, const std::string& what) {
  return {core::ec::bad_request, "line " + std::to_string(line) + ": " + what};
}

std::size_t line_of(const toml::source_region& where) { return where.begin.line; }

// A string, an integer or a truth value, as text.
std::optional<std::string> scalar_text(const toml::node& value) {
  if (const auto* text = value.as_string()) return text->get();
  if (const auto* number = value.as_integer()) return std::to_string(number->get());
  if (const auto* truth = value.as_boolean()) return truth->get() ? "true" : "false";
  return std::nullopt;
}

std::optional<std::vector<std::string>> values_of(const toml::node& value) {
  std::vector<std::string> values;
  const auto* list = value.as_array();
  if (list == nullptr) {
    auto only = scalar_text(value);
    if (!only) return std::nullopt;
    values.push_back(*std::move(only));
    return values;
  }
  for (const auto& element : *list) {
    auto one = scalar_text(element);
    if (!one) return std::nullopt;
    values.push_back(*std::move(one));
  }
  return values;
}

}  // namespace

core::result<std::vector<file_entry>> parse_config_file(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed) {
    const auto& wrong = parsed.error();
    return complaint(line_of(wrong.source()), std::string(wrong.description()));
  }
  std::vector<file_entry> entries;
  for (const auto& [key, value] : parsed.table()) {
    const std::string name{key.str()};
    const auto line = line_of(key.source());
    if (value.is_table() || value.is_array_of_tables())
      return complaint(line, "there are no [sections] in this file, and no keys with dots: " + name);
    auto values = values_of(value);
    if (!values)
      return complaint(line,
                       "the value of " + name + " must be a \"string\", a number, true, false, or an array of these");
    entries.push_back({name, *std::move(values), line});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
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
