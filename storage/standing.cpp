#include "storage/standing.hpp"

namespace greenroom::storage {

bool standing::set(cause what, const std::string& text) {
  const std::lock_guard lock(guard_);
  texts_.at(static_cast<std::size_t>(what)) = text;
  return (bits_.fetch_or(bit(what), std::memory_order_acq_rel) & bit(what)) == 0;
}

void standing::clear(cause what) {
  // Every commit comes here: no lock where nothing is wrong.
  if (!has(what)) return;
  const std::lock_guard lock(guard_);
  bits_.fetch_and(~bit(what), std::memory_order_acq_rel);
}

std::string standing::trouble() const {
  const std::lock_guard lock(guard_);
  for (std::size_t at = causes; at-- > 0;)
    if (has(static_cast<cause>(at))) return texts_[at];
  return {};
}

}  // namespace greenroom::storage
