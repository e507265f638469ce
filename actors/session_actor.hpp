#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/local.hpp"
#include "core/homing.hpp"
#include "core/ports.hpp"
#include "core/session.hpp"

namespace greenroom::actors {

/// The user of a session, and its dependencies.
struct session_deps {
  core::user_id user;
  local_door_actor door;
  std::shared_ptr<const core::clock> clock;
  core::session_limits limits;
  local_node_actor node{};  ///< knows the way to the user's home; null: there is none
};

struct session_state {
  static inline const char* name = "session";
  session_deps deps;
  std::optional<core::session> machine;
  std::optional<core::homing> homing;
  user_actor home;  ///< null: not known
  /// The machine knows connections by their actors' ids.
  std::vector<std::pair<core::connection_id, local_connection_actor>> connections;
};

/// Carries out what `core::session` decides: ends the connections of tokens that end, and names the tokens in use to
/// its door, whenever that sends it a `sweep_tick`. And what `core::homing` decides: registers at the user's home, and
/// passes news from there on to the connections. Lives until its door ends it.
session_actor::behavior_type session_behavior(session_actor::stateful_pointer<session_state> self, session_deps deps);

}  // namespace greenroom::actors
