#pragma once
#include <caf/event_based_actor.hpp>

#include "actors/local.hpp"
#include "core/time.hpp"

namespace greenroom::actors {

/// Once in a chat database's life: asks the users role about all members, and has the memberships removed that were
/// given before `begun` to names without a user. Repeats until both databases have answered, and ends with that, or
/// with the catalog.
caf::behavior member_sweeper_behavior(caf::event_based_actor* self, const local_catalog_actor& catalog,
                                      const local_node_actor& node, core::wall_time begun);

}  // namespace greenroom::actors
