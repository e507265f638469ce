// The part of `cluster` that is about other nodes: the view, peers and their actors.
#include <array>

#include "core/cluster.hpp"

namespace greenroom::core {

// ---- views

bool cluster::lives(const standings& in, const node_name& name, incarnation_id incarnation) {
  const auto known = in.find(name);
  return known != in.end() && known->second.incarnation == incarnation;
}

bool cluster::in_view() const {
  return !seen_ || lives(view_, record_.name, record_.incarnation);  // before the first view, registering is enough
}

bool cluster::drains(const node_name& peer) const {
  const auto known = view_.find(peer);
  return known != view_.end() && known->second.draining;
}

cluster_effects cluster::view_changed(const cluster_view& view) {
  cluster_effects out;
  if (!is_news(view)) return out;
  standings now;
  for (const auto& node : view.nodes) now.insert_or_assign(node.name, standing{node.incarnation, node.draining});
  for (const auto& [name, card] : peers_)
    if (lives(view_, name, card.incarnation) && !lives(now, name, card.incarnation)) out.lost.push_back(name);
  seen_ = view.version;
  seen_of_ = view.directory;
  view_ = std::move(now);
  return out;
}

// ---- peers

void cluster::introduce_again(cluster_effects& out) const {
  for (const auto& [name, card] : peers_) out.introduce.push_back(name);
}

cluster_effects cluster::introduced(const peer_card& card) {
  cluster_effects out;
  if (!card.node || card.name == self_) return out;
  auto& known = peers_[card.name];
  const bool fresh = known.node != card.node;
  const bool brings_accounts = card.accounts && (fresh || !known.accounts);
  const bool is_our_directory = directory_ == card.name && known.directory == card.directory;
  const bool brings_directory = card.directory && !hosts_directory() && (fresh || !is_our_directory);
  known = card;
  out.keep = true;
  out.watch = fresh;
  if (card.answer) out.introduce.push_back(card.name);
  out.linked = card.name;
  out.pull = brings_accounts && hosts_door_;
  if (directory_ == card.name && !card.directory) directory_.reset();
  if (brings_directory) {
    directory_ = card.name;
    enter(out);
  }
  return out;
}

cluster_effects cluster::gone(const node_name& peer, handle_no node) {
  cluster_effects out;
  const auto known = peers_.find(peer);
  if (known == peers_.end() || known->second.node != node) return out;
  peers_.erase(known);
  if (directory_ == peer) directory_.reset();
  out.unlinked = peer;
  return out;
}

// ---- questions

std::optional<node_name> cluster::in_turn(bool peer_card::*role, const node_name& but) {
  std::array<std::vector<const node_name*>, 3> ranks;
  for (const auto& [name, card] : peers_)
    if (card.*role) ranks[name == but ? 2 : drains(name) ? 1 : 0].push_back(&name);
  for (const auto& rank : ranks)
    if (!rank.empty()) return *rank[turn_++ % rank.size()];
  return std::nullopt;
}

std::optional<node_name> cluster::accounts() {
  if (hosts_accounts_) return self_;
  return in_turn(&peer_card::accounts, {});
}

std::optional<node_name> cluster::catalog(const node_name& but) {
  if (hosts_catalog_) return self_;
  return in_turn(&peer_card::catalog, but);
}

result<node_name> cluster::claim_at(const node_name& minter) const {
  if (peers_.contains(minter)) return minter;
  if (view_.contains(minter)) return error{ec::unavailable, {}, 1};
  return ec::invalid_ticket;
}

}  // namespace greenroom::core
