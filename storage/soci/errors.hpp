#pragma once
#include <cstdint>
#include <exception>
#include <string>

#include "core/result.hpp"

namespace greenroom::storage::soci {

/// The effect of a failed statement on the data that it was to change.
enum class fault : std::uint8_t {
  none,       ///< it didn't fail
  away,       ///< certain: nothing happened, for the database can't be reached, is full or can't write
  lost,       ///< the connection broke: anything may have happened
  transient,  ///< certain: nothing happened, and the same may succeed at once (40001, 40P01, 55P03, 57014; SQLite:
              ///< busy)
  bad_row,    ///< certain: nothing happened, because of a row's values (22xxx, 23xxx; SQLite: constraint, too big)
  broken,     ///< certain: nothing happened; a bug, a missing table or right
};

/// A fault, with the words of the database that are safe to log: never a bound value.
struct failure {
  fault what = fault::none;
  std::string detail;
};

/// Reads an exception that SOCI threw. `connected` says whether the connection still stands.
[[nodiscard]] failure read_failure(const std::exception& thrown, bool connected);

/// The same for an exception while connecting, with the line that says why: `away`, or `broken` where waiting can't
/// help, because the file is damaged or isn't SQLite's, or the URL has a value that PostgreSQL's library doesn't know.
[[nodiscard]] failure read_connect_failure(const std::exception& thrown);

/// Whether the exception says that SQLite can't read the contents of its file.
[[nodiscard]] bool is_damage(const std::exception& thrown);

/// The error for the caller of a store.
[[nodiscard]] core::error to_error(const failure& failed);

}  // namespace greenroom::storage::soci
