#include "actors/node_cluster.hpp"

#include <caf/send.hpp>

#include <chrono>
#include <utility>

#include "actors/guarded.hpp"
#include "actors/node_homes.hpp"
#include "actors/same_link.hpp"
#include "core/check.hpp"

namespace greenroom::actors {
namespace {

constexpr auto registration_timeout = std::chrono::seconds(10);

// The actor of that kind at a node: this one's own, or the one on a peer's card.
template <class Handle>
Handle handle_at(node_pointer self, const std::optional<core::node_name>& node, const Handle& own,
                 Handle node_card::*role) {
  if (!node) return {};
  return *node == self->state.deps.name ? own : self->state.peers.at(*node).card.*role;
}

directory_actor directory_of(node_pointer self) {
  const auto& st = self->state;
  auto out = handle_at(self, st.cluster->directory(), st.directory, &node_card::directory);
  GREENROOM_CHECK(out);
  return out;
}

// One number for an actor as long as cards bring the same one over the same link.
template <class Handle>
core::handle_no number_of(node_state& st, const Handle& now, const Handle& before, core::handle_no number) {
  if (!now) return {};
  return same_link(before, now.address()) ? number : ++st.last_handle;
}

void forget_peer(node_pointer self, const core::node_name& name) {
  self->state.peers.erase(name);
  telemetry::log::info("peer_lost", {{"peer", name.value}});
  carry_out(self, self->state.machine->unlinked(name));
}

void tell_rooms(node_pointer self, const relays_lost& news) {
  for (const auto& [room, where] : self->state.rooms) self->send(where.handle, news);
}

void report(node_pointer self, const core::registration_refusal& refusal) {
  const auto& why = refusal.why;
  telemetry::log::error("registration_refused", {{"code", core::to_string(why.code)}, {"why", why.text()}});
  if (refusal.for_good && self->state.refused) self->state.refused(why);
}

void probe_database(node_pointer self) {
  const auto answered = [self](bool well) {
    guarded("node", [&] { carry_out(self, self->state.cluster->probed(well)); });
  };
  self->request(self->state.deps.journal, caf::infinite, check_epochs{})
      .then([answered](const epochs_checked&) { answered(true); }, [answered](const caf::error&) { answered(false); });
}

void read_stored(node_pointer self) {
  const auto answered = [self](std::optional<core::view_version> newest) {
    guarded("node", [&] { carry_out(self, self->state.cluster->stored_read(newest)); });
  };
  self->request(self->state.deps.journal, registration_timeout, read_newest_view{})
      .then([answered](const newest_view& answer) { answered(answer.version); },
            [answered](const caf::error&) { answered(std::nullopt); });
}

void enter_cluster(node_pointer self, core::node_record record) {
  record.load = load(self);
  self->request(directory_of(self), registration_timeout, std::move(record), node_actor(self))
      .then([self](const core::cluster_view& view) { guarded("node", [&] { take_view(self, view); }); },
            [self](const caf::error& why) {
              guarded("node", [&] { carry_out(self, core::cluster::refused(from_caf(why))); });
            });
}

}  // namespace

void carry_out(node_pointer self, const core::cluster_effects& out) {
  auto& st = self->state;
  for (const auto& peer : out.introduce) introduce(self, st.peers.at(peer).card.node, false);
  if (out.linked) st.machine->linked(*out.linked);
  if (out.unlinked) forget_peer(self, *out.unlinked);
  if (out.pull) self->send(st.door, pull_now{});
  for (const auto& peer : out.lost) tell_rooms(self, relays_lost{st.peers.at(peer).card.node.node()});
  if (out.refused) report(self, *out.refused);
  if (out.database_away && *out.database_away) telemetry::log::warn("database_away", {});
  if (out.database_away && !*out.database_away) telemetry::log::info("database_back", {});
  if (out.probe) probe_database(self);
  if (out.read_stored) read_stored(self);
  if (out.enter) enter_cluster(self, *out.enter);
  if (auto beat = out.beat) {
    beat->load = load(self);
    self->send(directory_of(self), std::move(*beat));
  }
}

void introduce(node_pointer self, const node_actor& to, bool answer) {
  const auto& st = self->state;
  self->send(to, node_card{st.deps.name, st.cluster->incarnation(), node_actor(self), st.accounts, st.catalog,
                           st.directory, answer});
}

void take_card(node_pointer self, node_card& card) {
  auto& st = self->state;
  const auto at = st.peers.find(card.name);
  const auto known = at != st.peers.end() ? at->second : node_state::peer{};
  const core::peer_card seen{
      card.name,           card.incarnation,   number_of(st, card.node, known.card.node, known.node),
      bool(card.accounts), bool(card.catalog), number_of(st, card.directory, known.card.directory, known.directory),
      card.answer};
  const auto out = st.cluster->introduced(seen);
  if (out.keep) {
    if (out.watch) self->monitor(card.node);
    st.peers.insert_or_assign(seen.name, node_state::peer{std::move(card), seen.node, seen.directory});
  }
  carry_out(self, out);
  if (out.linked) homes_reached(self, *out.linked);
}

bool peer_down(node_pointer self, const caf::actor_addr& source) {
  for (const auto& [name, peer] : self->state.peers) {
    if (!same_link(peer.card.node, source)) continue;
    carry_out(self, self->state.cluster->gone(name, peer.node));
    return true;
  }
  return false;
}

void take_view(node_pointer self, const core::cluster_view& view) {
  auto& st = self->state;
  if (!st.cluster->is_news(view)) return;
  const core::cluster_view before = st.machine->view();
  carry_out(self, st.machine->view_changed(view));
  st.deps.metrics.view_version.set(static_cast<double>(view.version.value));
  st.deps.metrics.nodes.set(static_cast<double>(view.nodes.size()));
  carry_out(self, st.cluster->view_changed(view));
  look_again_since(self, before);
  homes_moved_since(self, before);
  if (st.deps.follower)
    self->send(st.deps.follower,
               follow_homes{local_node_actor(self), std::make_shared<const core::cluster_view>(st.machine->view())});
  for (const auto& watcher : st.watchers) watcher->view_changed(st.machine->view());
}

accounts_actor accounts_in_turn(node_pointer self) {
  auto& st = self->state;
  return handle_at(self, st.cluster->accounts(), st.accounts, &node_card::accounts);
}

catalog_actor catalog_in_turn(node_pointer self, const caf::actor_addr& but) {
  auto& st = self->state;
  core::node_name failed;
  for (const auto& [name, peer] : st.peers)
    if (but && peer.card.catalog && peer.card.catalog.address() == but) failed = name;
  return handle_at(self, st.cluster->catalog(failed), st.catalog, &node_card::catalog);
}

caf::result<core::ticket_claimed> claim_there(node_pointer self, claim_ticket_at& what) {
  const auto peer = self->state.cluster->claim_at(what.minter);
  if (!peer) return to_caf(peer.why());
  return self->delegate(self->state.peers.at(*peer).card.node, std::move(what.what));
}

}  // namespace greenroom::actors
