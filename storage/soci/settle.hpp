#pragma once
#include <cstdint>

#include "storage/soci/database.hpp"

namespace greenroom::storage::soci {

/// Compares the place of the database with the one that it has recorded, carries out the policy of its upkeep where
/// they differ (`renew_always`: where they don't, too), and records the place: in one transaction, one process at a
/// time. `fresh`: the database has just been made. Returns how many rows the renewal changed; 0: there was none.
/// `conflict`, with a plain detail that names what to run, where the policy is to refuse; `unavailable`, `internal`.
core::result<std::uint64_t> settle(database& in, bool fresh);

/// The message for an operator about a restored database; `how` says how that shows.
[[nodiscard]] std::string restored_text(const std::string& how);

/// Renews a chat database: every room gets a new generation, and its present node loses it; all invites end. Returns
/// how many rooms there are.
std::uint64_t renew_rooms(database& in);
/// Renews a users database: every token ends, also those revoked after the copy was made. Returns how many.
std::uint64_t end_tokens(database& in);

}  // namespace greenroom::storage::soci
