#pragma once
#include "actors/node_rooms.hpp"

/// News for all nodes: what a node tells its own rooms, relays and door. Runs inside the node actor.
namespace greenroom::actors {

/// News from a peer, which told all others itself.
void hear(node_pointer self, const core::room_gone& gone);
void hear(node_pointer self, const core::author_erased& who);
void hear(node_pointer self, const core::roster_changed& where);
void hear(node_pointer self, const core::session_ended& ended);
/// News from an actor of this node: for here, and for all peers.
void tell_all(node_pointer self, const announce& news);

}  // namespace greenroom::actors
