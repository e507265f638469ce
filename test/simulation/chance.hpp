#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace greenroom::simulation {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Everything that is left to chance, out of one seed: the same on every machine.
class chance {
 public:
  explicit chance(std::uint64_t seed) noexcept : state_(seed) {}

  /// 64 random bits (SplitMix64, Steele, Lea and Flood 2014).
  std::uint64_t next() noexcept {
    auto z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  /// 0 to `bound` - 1; `bound` isn't 0.
  std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
  /// True once in `times`; never where that is 0.
  bool one_in(std::uint64_t times) noexcept { return times != 0 && below(times) == 0; }
  /// From `least` to `most`, both included.
  microseconds between(microseconds least, microseconds most) noexcept {
    return least + microseconds(below(static_cast<std::uint64_t>((most - least).count()) + 1));
  }
  /// One of the elements of a container that isn't empty.
  template <class Container>
  auto& pick(Container& from) noexcept {
    return from[static_cast<std::size_t>(below(from.size()))];
  }
  /// Puts a container's elements into any order (Fisher and Yates; std::shuffle isn't the same everywhere).
  template <class Container>
  void shuffle(Container& all) noexcept {
    for (std::size_t left = all.size(); left > 0; --left)
      std::swap(all[static_cast<std::size_t>(below(left))], all[left - 1]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace greenroom::simulation
