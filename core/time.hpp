#pragma once
#include <chrono>

namespace greenroom::core {

/// Time of wall clocks, in milliseconds: only ever shown, stored and compared with `at`.
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;
/// Monotonic time: every timeout, window and rate.
using mono_time = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Both clocks, read once at the top of a handler. Tests hand in their own.
struct instant {
  wall_time wall{};
  mono_time mono{};
};

}  // namespace greenroom::core
