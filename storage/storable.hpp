#pragma once
#include "storage/journal_store.hpp"

namespace greenroom::storage {

/// True if every row of this append is one that each database stores as it is: text that is UTF-8 without NUL (a client
/// library would cut it there), ids of printable ASCII, and nothing more: entries of other kinds aren't written yet.
/// Other rows are `refused` before they get to a statement.
[[nodiscard]] bool storable(const room_append& append);

}  // namespace greenroom::storage
