#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>

#include "actors/local.hpp"
#include "core/connection.hpp"

namespace greenroom::actors {

/// The dependencies that all connections of a node share.
struct connection_ground {
  entrance_actor catalog;
  local_node_actor node;
  std::shared_ptr<core::limits> rates;
  std::shared_ptr<const core::clock> clock;
  core::connection_limits limits;
  marks_actor marks;
};

/// The user of a connection, and how it begins.
struct connection_deps {
  std::shared_ptr<core::client> client;
  core::connection_id id;
  core::user_id user;
  protocol::voice_pointer voice;
  core::room_id room;   ///< joined from the start; empty: none
  core::position from;  ///< of that room
  std::shared_ptr<const connection_ground> ground;
};

struct connection_state {
  static inline const char* name = "connection";

  /// The relay and the room of a room's messages.
  struct route {
    local_relay_actor relay;
    room_actor room;
  };

  std::shared_ptr<core::client> client;
  std::shared_ptr<const connection_ground> ground;
  std::optional<core::connection> machine;
  std::map<core::room_id, route> routes;  ///< few: a tree takes less room than a table
  core::connection_id id;
  protocol::voice_pointer voice;
  bool sweeping = false;  ///< a sweep is on its way
  bool leaving = false;   ///< ends when its posts are answered
};

/// Carries out what `core::connection` decides: the dialect's frames in, the voice's frames out.
local_connection_actor::behavior_type connection_behavior(
    local_connection_actor::stateful_pointer<connection_state> self, connection_deps deps);

}  // namespace greenroom::actors
