#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/local.hpp"
#include "actors/promises.hpp"
#include "core/cluster.hpp"
#include "core/node.hpp"
#include "core/room.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

/// The dependencies of a node's rooms and relays. Without the chat role, `journal` is null, and no room lives here;
/// without an edge, `audience` is null, and there is no relay.
struct node_deps {
  core::node_name name;
  core::room_limits limits;
  journal_actor journal;
  std::shared_ptr<core::audience> audience;
  std::shared_ptr<const core::clock> clock;
  std::shared_ptr<std::atomic<std::uint32_t>> connections;  ///< open now, counted by the edge
  telemetry::metrics metrics;
  follower_actor follower{};                                ///< of the logs of the rooms here; may be null
  std::shared_ptr<std::atomic<std::uint32_t>> operators{};  ///< clients that act as admins; counted by the edge
};

struct node_state {
  static inline const char* name = "node";

  node_deps deps;
  std::optional<core::node> machine;
  promises<room_actor, core::node_load> askers;
  /// A room that lives here, and its epoch when it was opened or compared last.
  struct live {
    local_room_actor handle;
    core::room_key key;
    core::epoch_no epoch;
  };
  /// A node at the other end of a link, and its actors' numbers.
  struct peer {
    node_card card;
    core::handle_no node, directory;
  };
  std::unordered_map<core::room_id, live> rooms;
  std::unordered_map<caf::actor_addr, core::room_id> room_of;
  std::unordered_map<core::room_id, local_relay_actor> relays;
  std::unordered_map<core::user_id, local_user_actor> homes;  ///< of users, on this node
  std::unordered_map<caf::actor_addr, core::user_id> user_of;
  local_watch_actor watch;  ///< for the connections here
  people_actor people;      ///< for the rooms here; null: there are none
  std::uint64_t last_topic = 0;
  unsigned sweeps = 0;
  std::vector<core::asker_id> draining;  ///< wait for the rooms to be handed over

  std::optional<core::cluster> cluster;
  std::map<core::node_name, peer> peers;
  core::handle_no last_handle;
  accounts_actor accounts;  ///< these are this process' own; null: it hasn't got that role
  local_door_actor door;
  catalog_actor catalog;
  directory_actor directory;
  std::function<void()> drain;
  std::function<void(const core::error&)> refused;
  std::vector<std::shared_ptr<core::view_watcher>> watchers;
};

/// Carries out what `core::node` and `core::cluster` decide: finds rooms, opens and retires those that live here, asks
/// other nodes for the rest, registers, beats, and hands out this node's other handles and its peers'.
local_node_actor::behavior_type node_behavior(local_node_actor::stateful_pointer<node_state> self, node_deps deps);

}  // namespace greenroom::actors
