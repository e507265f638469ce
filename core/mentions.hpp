#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/ids.hpp"

namespace greenroom::core {

/// The most people whom a text mentions; further names are words like others.
inline constexpr std::size_t max_mentions = 20;

/// The names that a text mentions with an `@`, at its start or after a character that is no letter, digit, `_`, `-`,
/// `.` or `@` of ASCII, each once: as long as a name may be written there, whether or not somebody has it.
[[nodiscard]] std::vector<user_id> mentioned_in(std::string_view text);

/// The most members whom a moderator mentions at once: the first ones by their folded names.
inline constexpr std::size_t max_mentioned_members = 10'000;

/// The name by which a moderator mentions all members.
[[nodiscard]] inline bool means_everybody(const user_id& name) noexcept { return equal_folded(name.value, "room"); }

}  // namespace greenroom::core
