#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

/// Columns of the database as values of the program.
namespace greenroom::storage::soci {

/// The type into which columns of integers are read.
using integer = long long;

/// A column that is never negative.
[[nodiscard]] inline std::uint64_t count(integer column) { return static_cast<std::uint64_t>(column); }
/// A column of milliseconds since 1970.
[[nodiscard]] inline core::wall_time to_time(integer column) { return core::wall_time{core::milliseconds{column}}; }
/// A column with the hash of a token in hexadecimal digits; in the place of anything else the hash of no token.
[[nodiscard]] inline core::token_hash to_token(std::string_view column) {
  return {core::from_hex(column).value_or(std::string{})};
}
/// The column by which a name is found.
[[nodiscard]] inline std::string folded(const core::user_id& user) { return core::folded(user.value); }

}  // namespace greenroom::storage::soci
