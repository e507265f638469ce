#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/local.hpp"
#include "actors/promises.hpp"
#include "storage/room_store.hpp"

namespace greenroom::actors {

struct catalog_deps {
  std::shared_ptr<storage::room_store> store;
  std::shared_ptr<const core::clock> clock;
  std::shared_ptr<core::limits> rates;  ///< a room that is made counts in the class `create`
  node_actor node;                      ///< this process's own: finds rooms, hears of those that were deleted
  std::uint32_t purge_chunk = 500;      ///< messages that a purge rewrites before other requests have their turn
  std::uint32_t room_invites = 1000;    ///< live ones of a room
  std::uint32_t blocks = 100;           ///< of one person
  std::uint32_t drafts = 200;           ///< the same
};

/// An act on its way to its room.
struct acting {
  core::perform_act request;
  core::asker_id asker;
  core::mono_time deadline{};
  bool doubtful = false;  ///< an earlier attempt whose answer got lost may have done it
};

/// A purge under way, and those who wait for its end.
struct purging {
  core::purge_rooms request;
  std::vector<core::asker_id> askers;
};

struct catalog_state {
  static inline const char* name = "catalog";
  catalog_deps deps;
  promises<core::rooms_purged, core::room_entered, core::act_performed> askers;
  std::unordered_map<core::operation_id, purging> jobs;
  std::unordered_map<std::uint64_t, acting> acts;
  std::uint64_t last_act = 0;
  std::vector<core::enter_room> at_the_door;  ///< until the flush that is on its way
  std::vector<core::asker_id> waiting;        ///< for the answers to `at_the_door`, one each
};

/// Rooms, members and pages of history, and the chat part of deletions: passes on to the store. Blocks, so it is
/// spawned detached. Acts are done by their room, wherever it lives: it is asked, and asked again with the same id
/// where it moves or its answer gets lost, for 4.5 seconds. A purge goes on chunk by chunk, with other requests in
/// between; an asker for one that is under way here gets the same answer.
local_catalog_actor::behavior_type catalog_behavior(local_catalog_actor::stateful_pointer<catalog_state> self,
                                                    catalog_deps deps);

}  // namespace greenroom::actors
