#pragma once
#include <span>

#include "storage/soci/database.hpp"

namespace greenroom::storage::soci {

/// A step of a schema: statements that each end with a semicolon at the end of a line.
struct migration {
  int number;
  const char* name;
  const char* sql;
};

/// The steps of a users database, and of a chat database, in order.
[[nodiscard]] std::span<const migration> users_migrations() noexcept;
[[nodiscard]] std::span<const migration> chat_migrations() noexcept;

/// Carries out the steps that this database doesn't have yet, all in one transaction, one process at a time, however
/// long that takes. True if it had none. `conflict` if a newer program has been here or the database is another
/// program's or of the other kind, `bad_request` if the server would lose what it has confirmed, `unavailable`,
/// `internal`: all with a plain detail.
core::result<bool> migrate(database& into, std::span<const migration> steps);

}  // namespace greenroom::storage::soci
