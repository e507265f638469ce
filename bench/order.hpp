#pragma once
#include <cstddef>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

namespace greenroom::bench {

/// Compares received messages with those sent. With a correct server all but the first three counts stay 0.
struct deliveries {
  std::uint64_t sent = 0;
  std::uint64_t unique = 0;
  std::uint64_t measured = 0;  ///< of `unique`, those that came while it was measured
  std::uint64_t duplicated = 0;
  std::uint64_t reordered = 0;  ///< behind a later one of the same sender
  std::uint64_t misrouted = 0;  ///< in a room where it wasn't said
  std::uint64_t corrupt = 0;    ///< other bytes, or under another id
  std::uint64_t stalls = 0;     ///< windows that were given back because nothing came for 10 s
  std::uint64_t late = 0;       ///< open loop: sent more than 10 ms after its time
};

/// Follows streams of numbers from 0 on, each of which must come once and in order.
class order {
 public:
  explicit order(std::size_t streams) : expected_(streams) {}

  /// Counts it. False: it was there before.
  bool take(std::size_t stream, std::uint32_t number, deliveries& counted) {
    std::uint32_t& next = expected_[stream];
    if (number == next) [[likely]] {
      ++next;
      ++counted.unique;
      return true;
    }
    auto& gap = gaps_[stream];
    if (number > next) {
      for (; next < number; ++next) gap.insert(next);
      ++next;
    } else if (gap.erase(number) > 0) {
      ++counted.reordered;
    } else {
      ++counted.duplicated;
      return false;
    }
    ++counted.unique;
    return true;
  }

  /// The next number, if nothing is missing before it.
  [[nodiscard]] std::uint32_t next(std::size_t stream) const { return expected_[stream]; }

 private:
  std::vector<std::uint32_t> expected_;
  std::unordered_map<std::size_t, std::set<std::uint32_t>> gaps_;
};

}  // namespace greenroom::bench
