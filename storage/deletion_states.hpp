#pragma once
#include <cstdint>
#include <string_view>

#include "core/messages/deletion.hpp"

namespace greenroom::storage {

/// The state whose `core::to_string` is the word; `hiding` for none of them, which the schema excludes.
[[nodiscard]] core::deletion_state to_deletion_state(std::string_view word) noexcept;

/// The relation of a step's state to a deletion.
enum class step : std::uint8_t {
  next,     ///< the state after the deletion's own
  made,     ///< the deletion's own state, or one that it has been in
  refused,  ///< any other state
};
[[nodiscard]] step step_between(core::deletion_state from, core::deletion_state to) noexcept;

}  // namespace greenroom::storage
