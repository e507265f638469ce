#include "storage/deletion_states.hpp"

#include <algorithm>
#include <array>

#include "core/delete_user.hpp"

namespace greenroom::storage {
namespace {

using core::deletion_state;

constexpr std::array all{deletion_state::hiding, deletion_state::purging, deletion_state::completed,
                         deletion_state::undoing, deletion_state::undone};

// Each state has one before it; the first is its own.
deletion_state before(deletion_state of) noexcept {
  switch (of) {
    case deletion_state::completed:
      return deletion_state::purging;
    case deletion_state::undone:
      return deletion_state::undoing;
    default:
      return deletion_state::hiding;
  }
}

}  // namespace

deletion_state to_deletion_state(std::string_view word) noexcept {
  const auto at =
      std::find_if(all.begin(), all.end(), [word](deletion_state one) { return core::to_string(one) == word; });
  return at == all.end() ? deletion_state::hiding : *at;
}

step step_between(deletion_state from, deletion_state to) noexcept {
  if (to == from || to == before(from) || to == deletion_state::hiding) return step::made;
  return before(to) == from ? step::next : step::refused;
}

}  // namespace greenroom::storage
