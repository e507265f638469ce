#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <unordered_map>

#include "actors/local.hpp"
#include "core/directory.hpp"

namespace greenroom::actors {

/// The dependencies of a directory.
struct directory_deps {
  core::directory_limits limits;
  std::shared_ptr<const core::clock> clock;
  /// Gets each view, and at each sweep the newest loads; may be null.
  std::shared_ptr<core::view_watcher> watcher;
  core::incarnation_id life;  ///< of this directory: random
};

struct directory_state {
  static inline const char* name = "directory";

  /// One life of a node, over one link: the handle is watched, and serves until its end.
  struct life {
    node_actor node;
    core::incarnation_id incarnation;
  };

  directory_deps deps;
  std::optional<core::directory> machine;  ///< CAF 0.17 builds the state without arguments
  std::unordered_map<core::node_name, life> nodes;
};

/// Carries out what `core::directory` decides: registers nodes, watches them, and sends each view to all of them. The
/// operators' requests go on to the nodes concerned: `not_found` where there is no such node, `conflict` where
/// it can't take a room, `unavailable` where it doesn't answer in time.
local_directory_actor::behavior_type directory_behavior(local_directory_actor::stateful_pointer<directory_state> self,
                                                        directory_deps deps);

}  // namespace greenroom::actors
