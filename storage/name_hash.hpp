#pragma once
#include <string>

#include "core/ids.hpp"

namespace greenroom::storage {

/// The stored form of a deleted user's name, so that no one takes it again: BLAKE2b-256 of the folded name, in 64
/// hexadecimal digits.
[[nodiscard]] std::string name_hash(const core::user_id& user);

/// The value in place of the folded name in a deleted user's rows: `deleted:` and the hash, which no name can be.
[[nodiscard]] std::string erased_name(const core::user_id& user);

}  // namespace greenroom::storage
