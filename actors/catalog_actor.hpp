#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

#include "actors/interfaces.hpp"
#include "storage/room_store.hpp"

namespace greenroom::actors {

struct catalog_deps {
  std::shared_ptr<storage::room_store> store;
  std::shared_ptr<const core::clock> clock;
  node_actor node;  ///< hears of rooms that were deleted and members that were removed
};

struct catalog_state {
  static inline const char* name = "catalog";
  catalog_deps deps;
};

/// Rooms, members and pages of history: passes on to the store. Blocks, so it is spawned detached.
local_catalog_actor::behavior_type catalog_behavior(local_catalog_actor::stateful_pointer<catalog_state> self,
                                                    catalog_deps deps);

}  // namespace greenroom::actors
