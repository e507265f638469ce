#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace greenroom::bench {

/// Counts nanoseconds in 64 steps per power of two: under 1.6 % of error.
class histogram {
 public:
  void add(std::uint64_t ns) {
    most_ = std::max(most_, ns);
    const auto shift = ns < 128 ? 0U : static_cast<unsigned>(std::bit_width(ns)) - 7U;
    ++counts_[shift * 128 + (ns >> shift)];
    ++total_;
  }

  /// The quantile's upper bound in microseconds; 0 if nothing was counted.
  [[nodiscard]] double quantile_us(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen == 0 || seen < wanted) continue;
      const std::size_t shift = i / 128;
      const std::uint64_t bound = std::uint64_t{i - shift * 128 + 1} << shift;
      return static_cast<double>(std::min(most_, bound)) / 1000.0;
    }
    return 0;
  }

  [[nodiscard]] double most_us() const { return static_cast<double>(most_) / 1000.0; }

 private:
  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(std::size_t{58} * 128);
  std::uint64_t total_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace greenroom::bench
