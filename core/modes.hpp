#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/modes.hpp"

namespace greenroom::core {

/// Whether a key may be one: 1 to 32 printable characters of ASCII, no space, comma or colon.
[[nodiscard]] bool is_key(std::string_view text) noexcept;

/// The modes `before`, with these changes in their order. A mask that is on its list already, or isn't, changes
/// nothing.
[[nodiscard]] room_modes changed_by(room_modes before, std::span<const mode_change> changes);

/// The masks of a list, in the order in which they were added.
[[nodiscard]] std::vector<std::string_view> masks_of(const room_modes& modes, char list);
/// Whether some list has more masks than it may have.
[[nodiscard]] bool has_too_many_masks(const room_modes& modes);
/// Whether a mask of that list means this person.
[[nodiscard]] bool is_on_list(const room_modes& modes, char list, const user_id& person);
/// Whether a mask keeps this person out: one of `b` means them, and none of `e`.
[[nodiscard]] inline bool is_masked_out(const room_modes& modes, const user_id& person) {
  return !modes.masks.empty() && is_on_list(modes, 'b', person) && !is_on_list(modes, 'e', person);
}

/// Whether this person may write where only some may.
[[nodiscard]] bool has_voice(const room_modes& modes, const user_id& person);

/// The lines of `masks` that are voices.
[[nodiscard]] shared_text voices_of(const room_modes& modes);

/// The changes in IRC's words: `+l-s+b 5 mask`. A key is told as `*`.
[[nodiscard]] std::string words_of(std::span<const mode_change> changes);

}  // namespace greenroom::core
