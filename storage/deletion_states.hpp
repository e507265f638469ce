#pragma once
#include <cstdint>
#include <string_view>

#include "core/messages/deletion.hpp"

namespace greenroom::storage {

/// The state whose `core::to_string` is the word; `hiding` for none of them, which the schema excludes.
[[nodiscard]] core::deletion_state to_deletion_state(std::string_view word) noexcept;

/// What a step to a state is for a deletion.
enum class step : std::uint8_t {
  next,     ///< the one after its own
  made,     ///< its own, or one that it has been in
  refused,  ///< any other
};
[[nodiscard]] step step_between(core::deletion_state from, core::deletion_state to) noexcept;

}  // namespace greenroom::storage
