#pragma once

#include <string>

namespace greenroom::telemetry {

/// What this process takes of the machine, under the names that every Prometheus client uses: CPU seconds, resident
/// bytes, open and allowed file descriptors, begin in seconds since 1970. In Prometheus' text format; what the system
/// doesn't tell is left out. Reads /proc: some 50 us.
[[nodiscard]] std::string process_usage();

}  // namespace greenroom::telemetry
