#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace greenroom::app {

/// One key of a file, with what stands behind it.
struct file_entry {
  std::string key;
  std::vector<std::string> values;  ///< one, or an array's elements; a number or a truth value as it is written
  std::size_t line = 0;             ///< counted from 1
};

/// Reads the part of TOML 1.0 that a flat list of settings needs: `key = value` lines and comments, where a value is a
/// string ("basic" or 'literal', on one line), an integer, `true`, `false`, or an array of these on one line.
/// `ec::bad_request`, with the line, for anything else and for a key that stands there twice.
[[nodiscard]] core::result<std::vector<file_entry>> parse_config_file(std::string_view text);

/// The text, which has no control characters, as a TOML basic string, in quotes.
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace greenroom::app
