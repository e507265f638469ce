#pragma once
#include <chrono>
#include <string_view>

#include "core/time.hpp"

/// The rule that bans, mutes and suspensions share.
namespace greenroom::core {

/// Whether a sanction may end then: never (0), or in the future and within ten years.
[[nodiscard]] constexpr bool may_end(wall_time until, wall_time now) noexcept {
  constexpr std::chrono::days longest{3653};
  return until == wall_time{} || (now < until && until <= now + longest);
}
/// The same in words, for `bad_request`.
inline constexpr std::string_view end_rule = "`until` must be in the future, and within ten years.";

}  // namespace greenroom::core
