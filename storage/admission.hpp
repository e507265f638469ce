#pragma once
#include "core/messages/act.hpp"
#include "core/result.hpp"

namespace greenroom::storage {

/// Why somebody with this role may not read in a room; `ban` is the one that holds, or null. `none`: they may. Else
/// `not_found`, `banned` with the ban, or `forbidden`.
[[nodiscard]] core::error admission(core::room_access access, core::room_role role, const core::sanction* ban);

/// The time by this machine's clock, for reads that aren't told the time.
[[nodiscard]] core::wall_time clock_now();

}  // namespace greenroom::storage
