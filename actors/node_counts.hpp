#pragma once
#include "actors/node_rooms.hpp"

/// Questions after numbers, that a node answers with those of others. Runs inside the node actor.
namespace greenroom::actors {

/// The people in rooms, wherever these live.
[[nodiscard]] caf::result<core::people_counted> count(node_pointer self, const core::count_people& asked);
/// The clients and the live rooms of all nodes.
[[nodiscard]] caf::result<core::cluster_counted> count(node_pointer self, const core::count_cluster& asked);

}  // namespace greenroom::actors
