#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "telemetry/log.hpp"

/// For lines that strangers can cause: a flood of them must not fill a disk.
namespace greenroom::telemetry::log {

/// Lets one line per second pass for each event and reason. Pure; not thread safe.
class sieve {
 public:
  using time = std::chrono::steady_clock::time_point;

  /// How many lines of this event and reason were held back since the last one that passed; nothing where this one is
  /// to be held back too. `now` never runs backwards.
  [[nodiscard]] std::optional<std::uint64_t> pass(std::string_view event, std::string_view reason, time now);

 private:
  struct seen {
    time passed;
    std::uint64_t held_back = 0;
  };
  std::map<std::string, seen, std::less<>> known_;  // by both
};

/// As `write`, with the field `reason`, but at most one line per second for each event and reason. A line that passes
/// has `held_back`, where that isn't 0: how many like it were left out before. Reasons are words of the program: text
/// from strangers belongs into `fields`. Thread safe, never throws.
void write_sparsely(level grave, std::string_view event, std::string_view reason,
                    std::initializer_list<field> fields) noexcept;

}  // namespace greenroom::telemetry::log
