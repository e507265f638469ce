#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace greenroom::app {

/// One key of a file, with its values.
struct file_entry {
  std::string key;
  std::vector<std::string> values;  ///< one, or an array's elements; numbers in decimal, truth values as words
  std::size_t line = 0;             ///< counted from 1
};

/// Reads TOML 1.0 and keeps what a flat list of settings needs: keys whose value is a string, an integer, `true`,
/// `false`, or an array of these, in the order of the lines. `bad_request`, with the line, for invalid TOML, for
/// tables (dotted keys make them too) and for values of other types.
[[nodiscard]] core::result<std::vector<file_entry>> parse_config_file(std::string_view text);

/// The text, which has no control characters, as a TOML basic string, in quotes.
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace greenroom::app
