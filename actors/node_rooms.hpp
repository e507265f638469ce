#pragma once
#include "actors/node_actor.hpp"

/// The rooms and relays of a node: carries out what `core::node` decides. Runs inside the node actor.
namespace greenroom::actors {

using node_pointer = local_node_actor::stateful_pointer<node_state>;

/// Opens, gives, forwards and retires rooms, and answers those who wait.
void carry_out(node_pointer self, core::node_effects out);
/// The connections and rooms of this node now.
[[nodiscard]] core::node_load load(node_pointer self);
/// The relay of a room on this node, made where there is none.
[[nodiscard]] local_relay_actor relay_for(node_pointer self, const core::room_id& room);
/// A relay has no listeners any more, and ends.
void let_go(node_pointer self, const core::room_id& room, const local_relay_actor& relay);
/// Has the relays look for their rooms again, now that the view isn't `before` any more.
void look_again_since(node_pointer self, const core::cluster_view& before);
/// A room's actor ended: true. False: it was none of a room that is known here.
bool room_down(node_pointer self, const caf::actor_addr& source);
/// A relay's actor ended, if it was one.
void relay_down(node_pointer self, const caf::actor_addr& source);
/// A page of the rooms that live here.
[[nodiscard]] core::live_rooms list(node_pointer self, const core::list_live_rooms& request);

}  // namespace greenroom::actors
