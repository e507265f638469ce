#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "actors/local.hpp"
#include "core/connection.hpp"
#include "protocol/talk.hpp"

namespace greenroom::actors {

/// The dependencies that all connections of a node share.
struct connection_ground {
  entrance_actor catalog;
  local_node_actor node;
  std::shared_ptr<core::limits> rates;
  std::shared_ptr<const core::clock> clock;
  core::connection_limits limits;
  marks_actor marks;
  core::milliseconds behind{30'000};  ///< a talk's client that is so long over its limits is cut off
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
  std::shared_ptr<protocol::talk> talk{};  ///< of a dialect with a state; else null
  /// The voice of these features; of a talk.
  std::function<protocol::voice_pointer(protocol::features)> voice_of{};
  session_actor session{};  ///< of a talk
  std::string address{};    ///< of the client, for audit lines; empty: not known
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
  std::string address;
  bool sweeping = false;  ///< a sweep is on its way
  bool leaving = false;   ///< ends when its posts are answered

  std::shared_ptr<protocol::talk> talk;  ///< null: the dialect has no state
  std::function<protocol::voice_pointer(protocol::features)> voice_of;
  session_actor session;
  std::shared_ptr<const protocol::own_words> own;  ///< as its relays know it
  bool in_turns = false;                           ///< the talk's frames are being dealt with
  bool paced = false;                              ///< its next frame waits for its limit
  std::optional<core::mono_time> behind_since{};   ///< since then the talk's frames have waited for limits all the time
};

using connection_pointer = local_connection_actor::stateful_pointer<connection_state>;

/// Carries out what `core::connection` decides: the dialect's frames in, the voice's frames out. Where there is a talk,
/// it is between the two: it hears the frames and the events (connection_talk.hpp).
local_connection_actor::behavior_type connection_behavior(
    local_connection_actor::stateful_pointer<connection_state> self, connection_deps deps);

}  // namespace greenroom::actors
