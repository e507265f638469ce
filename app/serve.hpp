#pragma once
#include "app/config.hpp"

namespace greenroom::app {

/// Runs the configured roles until SIGTERM or SIGINT, then drains; a second signal exits at once. Returns the exit
/// status: 0 after a drain, 1 where something could not be started, with a plain message on stderr.
[[nodiscard]] int serve(const config& settings);

}  // namespace greenroom::app
