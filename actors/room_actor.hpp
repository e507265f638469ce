#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <unordered_map>

#include "actors/local.hpp"
#include "actors/promises.hpp"
#include "core/room.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

/// The dependencies of a room on this node.
struct room_deps {
  core::room_opened opened;
  core::room_limits limits;
  core::node_name node;  ///< the owner that a reopening writes
  core::view_version view;
  journal_actor journal;
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  people_actor people{};      ///< says who exists
  news_actor news{};          ///< takes what concerns one user alone
  follower_actor follower{};  ///< hears when the log has grown; may be null
};

struct room_state {
  static inline const char* name = "room";

  /// A connection that waits for answers.
  struct poster {
    connection_actor handle;
    std::size_t unanswered = 0;
    core::mono_time since{};  ///< of the first of those
  };

  room_deps deps;
  std::optional<core::room> machine;  ///< CAF 0.17 builds the state without arguments
  std::unordered_map<core::connection_id, poster> posters;
  std::unordered_map<core::relay_no, relay_actor> relays;
  std::unordered_map<caf::actor_addr, core::relay_no> numbers;
  std::uint64_t last_relay = 0;
  promises<core::act_performed> askers;
  bool damping = false;             ///< a damp tick is on its way
  bool gathering = false;           ///< a flush tick is on its way
  core::mono_time follower_told{};  ///< when the follower heard last
  bool told_to_stop = false;        ///< by its node, and not because it found another owner itself
};

/// Carries out what `core::room` decides: one room on its owner node.
local_room_actor::behavior_type room_behavior(local_room_actor::stateful_pointer<room_state> self, room_deps deps);

}  // namespace greenroom::actors
