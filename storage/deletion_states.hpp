#pragma once
#include <string_view>

#include "core/messages.hpp"
#include "core/result.hpp"

namespace greenroom::storage {

/// The states of a deletion as words in the users database.
[[nodiscard]] std::string_view to_word(core::deletion_state state) noexcept;
/// The state that the word stands for; `hiding` for none of them, which the schema excludes.
[[nodiscard]] core::deletion_state to_deletion_state(std::string_view word) noexcept;

/// Completed or undone: nothing comes after it.
[[nodiscard]] bool is_final(core::deletion_state state) noexcept;

/// What a step to a state is for a deletion.
enum class step : std::uint8_t {
  next,     ///< the one after its own
  made,     ///< its own, or one that it has been in
  refused,  ///< any other
};
[[nodiscard]] step step_between(core::deletion_state from, core::deletion_state to) noexcept;

}  // namespace greenroom::storage
