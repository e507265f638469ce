#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/local.hpp"
#include "core/relay.hpp"
#include "protocol/voice.hpp"

namespace greenroom::actors {

struct relay_deps {
  core::room_id room;
  core::topic_id topic;
  local_node_actor node;
  std::shared_ptr<core::audience> audience;
};

struct relay_state {
  static inline const char* name = "relay";

  /// A mark for the echo of one post.
  struct expected {
    std::string id;
    std::string tag;
    std::string value;
  };
  struct local_listener {
    local_connection_actor handle;
    protocol::voice_pointer voice;
    std::shared_ptr<const protocol::own_words> own{};  ///< of a connection with a talk; else null
    std::vector<expected> posts{};                     ///< under way, in their order
  };
  struct voice_in_use {
    protocol::voice_pointer voice;
    std::size_t listeners;  ///< never 0
  };

  relay_deps deps;
  core::relay machine;
  room_actor room;  ///< null while it is looked for
  std::unordered_map<core::connection_id, local_listener> connections;
  std::vector<voice_in_use> voices;
  std::unordered_map<core::user_id, std::vector<core::connection_id>> talkers{};  ///< listeners with a talk
  std::set<core::user_id> here{};  ///< those of whom it heard that they are in the room; kept while there are talkers
  bool finding = false;            ///< the node was asked
  bool pausing = false;            ///< until it is asked again
  bool idle = false;               ///< no one listened at the last sweep
};

/// Carries out what `core::relay` decides: gets each batch of a room once, encodes it once for each voice that listens,
/// hands it to the hubs.
local_relay_actor::behavior_type relay_behavior(local_relay_actor::stateful_pointer<relay_state> self, relay_deps deps);

}  // namespace greenroom::actors
