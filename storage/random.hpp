#pragma once
#include <cstdint>
#include <string>

namespace greenroom::storage {

/// 63 random bits from the system, never 0: the generation of a room's log.
[[nodiscard]] std::uint64_t random_generation();

/// 128 random bits from the system as 32 hexadecimal digits: the id of a database.
[[nodiscard]] std::string random_id();

}  // namespace greenroom::storage
