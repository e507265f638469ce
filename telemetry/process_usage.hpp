#pragma once

#include <string>

namespace greenroom::telemetry {

/// This process's resources, under the names that every Prometheus client uses: CPU seconds, resident
/// bytes, open and allowed file descriptors, begin in seconds since 1970. In Prometheus' text format; values that the
/// system lacks are left out. Reads /proc: some 50 us.
[[nodiscard]] std::string process_usage();

}  // namespace greenroom::telemetry
