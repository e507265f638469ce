#include "storage/deletion_states.hpp"

#include <algorithm>
#include <array>

namespace greenroom::storage {
namespace {

using state = core::deletion_state;

constexpr std::array<std::string_view, 5> words{"hiding", "purging", "completed", "undoing", "undone"};

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

std::string_view to_word(state of) noexcept { return words.at(static_cast<std::size_t>(of)); }

state to_deletion_state(std::string_view word) noexcept {
  const auto at = std::find(words.begin(), words.end(), word);
  return at == words.end() ? state::hiding : static_cast<state>(at - words.begin());
}

bool is_final(state of) noexcept { return of == state::completed || of == state::undone; }

step step_between(state from, state to) noexcept {
  if (to == from || to == before(from) || to == state::hiding) return step::made;
  return before(to) == from ? step::next : step::refused;
}

}  // namespace greenroom::storage
