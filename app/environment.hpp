#pragma once
#include <string>
#include <string_view>

#include "app/options.hpp"

/// The meaning of those variables in a process's environment that begin with `GREENROOM_`.
namespace greenroom::app {

/// The kind of one variable.
struct variable_meaning {
  enum class kind {
    option,       ///< its value is the option's
    option_file,  ///< it names a file with the option's value
    own,          ///< the program's, and no option: GREENROOM_CONFIG, GREENROOM_FAILPOINT
    linked,       ///< set by Kubernetes or Docker to say where a service or container named `greenroom…` is
    unknown,
  };
  kind what = kind::unknown;
  const option* meant = nullptr;  ///< where it is an option's
};

/// The meaning of `variable`, which begins with `GREENROOM_`. Kubernetes names a service's variables `…_SERVICE_HOST`,
/// `…_SERVICE_PORT`, `…_SERVICE_PORT_NAME`, `…_PORT`, `…_PORT_80_TCP`, `…_PORT_80_TCP_ADDR`, `_PORT` and `_PROTO`;
/// container links have these (without SERVICE), and `…_NAME` and `…_ENV_…`. Their values are looked at too, for
/// `GREENROOM_PORT` could be a mistake of an operator's.
[[nodiscard]] variable_meaning meaning_of(std::string_view variable, std::string_view value);

/// The variable of an option whose name takes the fewest changes of a letter to get from `variable`.
[[nodiscard]] std::string nearest_variable(std::string_view variable);

/// The same for a key.
[[nodiscard]] std::string nearest_key(std::string_view key);

}  // namespace greenroom::app
