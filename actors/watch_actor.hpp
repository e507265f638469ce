#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <unordered_map>

#include "actors/local.hpp"
#include "core/watching.hpp"

namespace greenroom::actors {

struct watch_deps {
  local_node_actor node;  ///< the way to the homes
  std::shared_ptr<const core::clock> clock;
};

struct watch_state {
  static inline const char* name = "watch";
  std::optional<core::watching> machine;
  watch_deps deps;
  std::unordered_map<core::connection_id, local_connection_actor> connections;
  bool sweeping = false;
};

/// Carries out what `core::watching` decides: asks the homes of users how they look, for this node's connections.
local_watch_actor::behavior_type watch_behavior(local_watch_actor::stateful_pointer<watch_state> self, watch_deps deps);

}  // namespace greenroom::actors
