#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <unordered_map>

#include "actors/interfaces.hpp"
#include "core/connection.hpp"

namespace greenroom::actors {

/// What a connection needs from its node.
struct connection_deps {
  std::shared_ptr<core::client> client;
  core::connection_id id;
  core::user_id user;
  core::dialect_kind dialect = core::dialect_kind::lines;
  core::room_id room;   ///< joined from the start; empty: none
  core::position from;  ///< of that room
  core::connection_limits limits;
  local_catalog_actor catalog;
  local_node_actor node;
  std::shared_ptr<core::limits> rates;
  std::shared_ptr<const core::clock> clock;
};

struct connection_state {
  static inline const char* name = "connection";

  /// Where a room's messages come from and go to.
  struct route {
    local_relay_actor relay;
    room_actor room;
  };

  connection_deps deps;
  std::optional<core::connection> machine;
  std::unordered_map<core::room_id, route> routes;
  bool sweeping = false;  ///< a sweep is on its way
  bool leaving = false;   ///< ends when its posts are answered
};

/// Carries out what `core::connection` decides: dialect in, dialect out.
local_connection_actor::behavior_type connection_behavior(
    local_connection_actor::stateful_pointer<connection_state> self, connection_deps deps);

}  // namespace greenroom::actors
