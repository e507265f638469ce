#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

namespace greenroom::simulation {

/// What `greenroom-simulation` is asked for.
struct options {
  std::uint64_t seeds = 1000;
  std::uint64_t from = 1;
  std::uint64_t events = 5000;  ///< in each seed, until everything is healed
  double seconds = 0;           ///< then no new seed is begun; 0: no limit
  std::size_t lines = 400;      ///< of the script of a seed that fails
  std::optional<std::uint64_t> replay;
};

inline constexpr const char* usage =
    "greenroom-simulation [--seeds N] [--from SEED] [--events N] [--seconds S] [--lines N] [--replay SEED]\n";

/// The options of a command line, or nothing where it has others.
[[nodiscard]] std::optional<options> read_options(int argc, const char* const* argv);

}  // namespace greenroom::simulation
