#pragma once
#include <chrono>
#include <cstdint>

namespace greenroom::bench {

constexpr std::uint64_t second_ns = 1'000'000'000;

/// Nanoseconds since the program's first call.
inline std::uint64_t now_ns() {
  using clock = std::chrono::steady_clock;
  static const auto start = clock::now();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(clock::now() - start).count());
}

inline std::uint64_t to_ns(double seconds) { return static_cast<std::uint64_t>(seconds * 1e9); }
inline double to_s(std::uint64_t ns) { return static_cast<double>(ns) / 1e9; }

}  // namespace greenroom::bench
