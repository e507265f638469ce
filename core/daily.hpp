#pragma once
#include <chrono>

#include "core/check.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// Something to be done once a day.
class daily {
 public:
  /// `at`: the time of day, from midnight UTC, less than a day. The first time is after `now`.
  daily(milliseconds at, wall_time now) : next_(std::chrono::floor<std::chrono::days>(now) + at) {
    GREENROOM_CHECK(at >= milliseconds{} && at < std::chrono::days{1});
    if (next_ <= now) next_ += std::chrono::days{1};
  }

  /// Whether it is to be done now. Once for all days that passed since the last call.
  [[nodiscard]] bool due(wall_time now) {
    if (now < next_) return false;
    while (next_ <= now) next_ += std::chrono::days{1};
    return true;
  }

 private:
  wall_time next_;
};

}  // namespace greenroom::core
