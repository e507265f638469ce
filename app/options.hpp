#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/config.hpp"

namespace greenroom::app {

/// One option: its flag, variable and key are all made from `key`.
struct option {
  std::string_view key;      ///< in the file: snake_case
  std::string_view holds;    ///< the form of a value, for help
  std::string_view meaning;  ///< one sentence for help
  bool repeatable = false;   ///< a list: an array in the file, commas in the environment, a repeated flag
  bool secret = false;       ///< may hold a password: masked when shown, and `…_FILE` names a file with the value

  /// Puts the values into the configuration; not empty: why it can't, as the end of a sentence.
  std::function<std::string(config&, std::span<const std::string>)> read{};
  /// The values that the configuration has now; masked if secret.
  std::function<std::vector<std::string>(const config&)> show{};

  /// `--gateway-listen`
  [[nodiscard]] std::string flag() const;
  /// `GREENROOM_GATEWAY_LISTEN`
  [[nodiscard]] std::string variable() const;
};

/// Every option, in the order of the help.
[[nodiscard]] std::span<const option> options();

/// The option with that key, or null.
[[nodiscard]] const option* find_option(std::string_view key);

}  // namespace greenroom::app
