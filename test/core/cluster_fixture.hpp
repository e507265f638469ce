#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "core/cluster.hpp"

namespace greenroom::core {

inline const node_name us{"n"}, p{"p"}, q{"q"}, r{"r"};

inline node_record record_of(const node_name& name, std::uint64_t life = 1, bool draining = false) {
  node_record out;
  out.name = name;
  out.incarnation = {life};
  out.draining = draining;
  return out;
}
inline cluster_view view_of(std::uint64_t version, std::vector<node_record> nodes) {
  return {{version}, std::move(nodes), {5}};
}
/// A card of the peer's life `node`.
inline peer_card card_of(const node_name& name, std::uint64_t node = 1) {
  peer_card out;
  out.name = name;
  out.incarnation = {1};
  out.node = {node};
  return out;
}
inline peer_card with_accounts(peer_card card) {
  card.accounts = true;
  return card;
}
inline peer_card with_catalog(peer_card card) {
  card.catalog = true;
  return card;
}
inline peer_card with_directory(peer_card card, std::uint64_t directory = 100) {
  card.directory = {directory};
  return card;
}
inline bool is_nothing(const cluster_effects& out) {
  return !out.keep && !out.watch && out.introduce.empty() && !out.linked && !out.unlinked && !out.pull &&
         out.lost.empty() && !out.refused && !out.database_away && !out.probe && !out.read_stored && !out.enter &&
         !out.beat;
}

/// The node `us`, with a database; `p`, `q` and `r` are peers.
struct Cluster : testing::Test {
  cluster it{us};
  mono_time now{seconds{1000}};

  cluster_effects tick(milliseconds later = seconds{1}) { return it.tick(now += later); }
  /// Hosts a directory, has joined, and knows what its database holds.
  void register_with_own_directory() {
    (void)it.hosted(hosted_role::directory);
    (void)it.joined(record_of(us));
    (void)it.stored_read(view_version{0});
  }
};

}  // namespace greenroom::core
