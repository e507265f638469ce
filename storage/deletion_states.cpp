#include "storage/deletion_states.hpp"

#include <algorithm>
#include <array>

#include "core/delete_user.hpp"

namespace greenroom::storage {
namespace {

using state = core::deletion_state;

constexpr std::array all{state::hiding, state::purging, state::completed, state::undoing, state::undone};

// Each state has one before it; the first is its own.
state before(state of) noexcept {
  switch (of) {
    case state::completed:
      return state::purging;
    case state::undone:
      return state::undoing;
    default:
      return state::hiding;
  }
}

}  // namespace

state to_deletion_state(std::string_view word) noexcept {
  const auto at = std::find_if(all.begin(), all.end(), [word](state one) { return core::to_string(one) == word; });
  return at == all.end() ? state::hiding : *at;
}

step step_between(state from, state to) noexcept {
  if (to == from || to == before(from) || to == state::hiding) return step::made;
  return before(to) == from ? step::next : step::refused;
}

}  // namespace greenroom::storage
