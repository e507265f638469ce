#pragma once
#include <string>

#include "core/ids.hpp"

namespace greenroom::storage {

/// What is kept of a deleted user's name so that nobody takes it again: BLAKE2b-256 of the folded name, in 64
/// hexadecimal digits.
[[nodiscard]] std::string name_hash(const core::user_id& user);

/// What a deleted user's rows have in the place of the folded name: `deleted:` and the hash, which no name can be.
[[nodiscard]] std::string erased_name(const core::user_id& user);

}  // namespace greenroom::storage
