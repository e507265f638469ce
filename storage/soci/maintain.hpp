#pragma once
#include <string>

#include "core/messages/maintenance.hpp"
#include "core/result.hpp"
#include "storage/soci/database.hpp"

namespace greenroom::storage::soci {

/// Inside a transaction that erases or deletes: remembers, where that matters, that its bytes are still in the file.
void note_remnants(database& in);

/// `room_store::maintain`, of either database; `tables`: those with anything that can be
/// erased, and where PostgreSQL keeps samples of it.
[[nodiscard]] core::result<core::database_maintained> maintain(database& in, const std::string& tables);

}  // namespace greenroom::storage::soci
