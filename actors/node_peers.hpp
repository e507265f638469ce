#pragma once
#include "actors/node_actor.hpp"

/// A node's dealings with the nodes at the other ends of its links. Runs inside the node actor.
namespace greenroom::actors {

using node_pointer = local_node_actor::stateful_pointer<node_state>;

/// Sends this node's card; `answer`: and asks for the other one's.
void introduce(node_pointer self, const node_actor& to, bool answer);
/// Sends it to all peers: the actors that this node hosts have changed.
void introduce_again(node_pointer self);
/// Keeps a peer's card and watches the peer. True: it brought a directory that the node should register with.
bool take_card(node_pointer self, node_card& card);
/// Forgets a peer that went down: its name; empty if it was none.
core::node_name forget_peer(node_pointer self, const caf::actor_addr& source);

/// The accounts or the catalog to use: this node's own, else those of a live peer, in turn; null where there is none.
/// Not `but`, as long as there is another.
[[nodiscard]] accounts_actor accounts_in_turn(node_pointer self);
[[nodiscard]] catalog_actor catalog_in_turn(node_pointer self, const caf::actor_addr& but);

/// Sends `event` to all peers' nodes.
template <class Event>
void tell_peers(node_pointer self, const Event& event) {
  for (const auto& [name, peer] : self->state.peers) self->send(peer.card.node, event);
}

}  // namespace greenroom::actors
