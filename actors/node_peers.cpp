#include "actors/node_peers.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace greenroom::actors {
namespace {

node_card own_card(node_pointer self, bool answer) {
  const auto& st = self->state;
  return {st.deps.name,
          st.record.incarnation,
          node_actor(self),
          st.accounts,
          st.catalog ? catalog_actor(st.catalog) : catalog_actor{},
          st.hosts_directory ? st.directory : directory_actor{},
          answer};
}

bool drains(const core::cluster_view& view, const core::node_name& name) {
  return std::any_of(view.nodes.begin(), view.nodes.end(),
                     [&](const core::node_record& one) { return one.name == name && one.draining; });
}

// Draining nodes are asked only where there are no others, and `but` where there isn't even one of those.
template <class Handle>
Handle in_turn(node_pointer self, Handle node_card::*role, const caf::actor_addr& but = nullptr) {
  auto& st = self->state;
  std::array<std::vector<const Handle*>, 3> ranks;
  for (const auto& [name, peer] : st.peers) {
    const auto& handle = peer.card.*role;
    if (!handle) continue;
    const std::size_t rank = handle.address() == but ? 2 : drains(st.machine->view(), name) ? 1 : 0;
    ranks[rank].push_back(&handle);
  }
  for (const auto& rank : ranks)
    if (!rank.empty()) return *rank[st.turn++ % rank.size()];
  return {};
}

}  // namespace

void introduce(node_pointer self, const node_actor& to, bool answer) { self->send(to, own_card(self, answer)); }

void introduce_again(node_pointer self) {
  for (const auto& [name, peer] : self->state.peers) introduce(self, peer.card.node, false);
}

bool take_card(node_pointer self, node_card& card) {
  auto& st = self->state;
  if (!card.node || card.name == st.deps.name) return false;
  const auto name = card.name;
  auto& known = st.peers[name];
  const bool fresh = !known.card.node || known.card.node != card.node;
  if (fresh && known.card.node) st.peer_of.erase(known.card.node.address());
  if (fresh) self->monitor(card.node);
  st.peer_of.insert_or_assign(card.node.address(), name);
  const bool brings_accounts = card.accounts && (fresh || !known.card.accounts);
  const bool brings_directory = card.directory && !st.hosts_directory && (fresh || st.directory != card.directory);
  if (card.answer) introduce(self, card.node, false);
  known.card = std::move(card);
  st.machine->linked(name);
  if (brings_accounts && st.door) self->send(st.door, pull_now{});
  if (brings_directory) {
    st.directory = known.card.directory;
    st.directory_at = name;
  }
  return brings_directory;
}

core::node_name forget_peer(node_pointer self, const caf::actor_addr& source) {
  auto& st = self->state;
  const auto known = st.peer_of.extract(source);
  if (!known) return {};
  st.peers.erase(known.mapped());
  if (!st.hosts_directory && st.directory_at == known.mapped()) st.directory = nullptr;
  return known.mapped();
}

accounts_actor accounts_in_turn(node_pointer self) {
  return self->state.accounts ? self->state.accounts : in_turn(self, &node_card::accounts);
}

catalog_actor catalog_in_turn(node_pointer self, const caf::actor_addr& but) {
  return self->state.catalog ? catalog_actor(self->state.catalog) : in_turn(self, &node_card::catalog, but);
}

}  // namespace greenroom::actors
