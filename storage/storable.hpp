#pragma once
#include "storage/journal_store.hpp"

namespace greenroom::storage {

/// True if this append is one that each database stores as it is: words without an effect, or one act with its effect,
/// or one entry with an id to look for; text that is UTF-8 without NUL (a client library would cut it there), ids of
/// printable ASCII. Others are `refused` before they get to a statement.
[[nodiscard]] bool storable(const room_append& append);

}  // namespace greenroom::storage
