#pragma once
#include "actors/node_rooms.hpp"

/// A node among others: carries out what `core::cluster` decides. Runs inside the node actor, which is the one that
/// other nodes know.
namespace greenroom::actors {

/// All but `keep` and `watch`, which are for `take_card`.
void carry_out(node_pointer self, const core::cluster_effects& out);
/// Sends this node's card; `answer`: and asks for the other one's.
void introduce(node_pointer self, const node_actor& to, bool answer);
/// Takes a peer's card, and watches its node.
void take_card(node_pointer self, node_card& card);
/// A peer's node went down: true. False: it was none that was watched.
bool peer_down(node_pointer self, const caf::actor_addr& source);
/// Follows a view, if it is newer than the present one.
void take_view(node_pointer self, const core::cluster_view& view);

/// The accounts or the catalog to use: this node's own, else those of a live peer, in turn; null where there is none.
/// Not `but`, as long as there is another.
[[nodiscard]] accounts_actor accounts_in_turn(node_pointer self);
[[nodiscard]] catalog_actor catalog_in_turn(node_pointer self, const caf::actor_addr& but);
/// Passes the claim on to the ticket's minter.
caf::result<core::ticket_claimed> claim_there(node_pointer self, claim_ticket_at& what);

/// Sends `event` to all peers' nodes.
template <class Event>
void tell_peers(node_pointer self, const Event& event) {
  for (const auto& [name, peer] : self->state.peers) self->send(peer.card.node, event);
}

}  // namespace greenroom::actors
