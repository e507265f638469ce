#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

#include "actors/local.hpp"
#include "core/known_users.hpp"

namespace greenroom::actors {

struct people_deps {
  local_node_actor node;  ///< knows the accounts; this ends with it
  std::shared_ptr<const core::clock> clock;
};

struct people_state {
  static inline const char* name = "people";

  people_deps deps;
  core::known_users known;
};

/// Looks names up in the users role before they are used in a room: a name without a user must get no right there, or a
/// user who registers it later would have it. Answers are kept for a while. Two users nodes are asked at most, within
/// three seconds in all.
people_actor::behavior_type people_behavior(people_actor::stateful_pointer<people_state> self, people_deps deps);

}  // namespace greenroom::actors
