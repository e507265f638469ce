#pragma once

#include <functional>
#include <string_view>

#include "telemetry/metrics.hpp"

namespace greenroom::net::http {

/// For `server_options::observe`: counts a role's answers by their status, and how long they took. A status's counter
/// is looked up once; after that an answer takes no lock. Thread safe.
[[nodiscard]] std::function<void(unsigned status, double seconds)> count_answers(std::string_view role,
                                                                                 const telemetry::metrics& metrics);

}  // namespace greenroom::net::http
