// What a node does with other nodes, as core::cluster decides (actors/node_cluster.cpp).
#include "core/check.hpp"
#include "core/placement.hpp"
#include "test/simulation/accounts_shell.hpp"
#include "test/simulation/catalog_shell.hpp"
#include "test/simulation/directory_shell.hpp"
#include "test/simulation/door_shell.hpp"
#include "test/simulation/journal_shell.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/relay_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr seconds beat_interval{1}, registration_timeout{10}, drain_patience{1}, remote_patience{1};
constexpr std::uint64_t links_from = std::uint64_t{1} << 32;

// Another one over each link: the end of an earlier link may be told after a later one was used.
core::handle_no number_of(const address& actor) {
  if (!actor) return {};
  GREENROOM_CHECK(actor.actor.value < links_from && actor.via.value < links_from);
  return {actor.via.value * links_from + actor.actor.value};
}

}  // namespace

void node_shell::receive(roles& all) {
  roles_ = std::move(all);
  if (roles_.accounts) carry_out(cluster_.hosted(core::hosted_role::accounts));
  if (roles_.catalog) carry_out(cluster_.hosted(core::hosted_role::catalog));
  if (roles_.directory) carry_out(cluster_.hosted(core::hosted_role::directory));
  if (roles_.door) carry_out(cluster_.hosted(core::hosted_role::door));
  carry_out(cluster_.joined(roles_.record));
  send_later(this, beat_interval, beat_tick{});
}

// ---- effects

void node_shell::carry_out(const core::cluster_effects& out) {
  for (const auto& peer : out.introduce) introduce(peers_.at(peer).node, false);
  if (out.linked) machine_.linked(*out.linked);
  if (out.unlinked) {
    peers_.erase(*out.unlinked);
    carry_out(machine_.unlinked(*out.unlinked));
  }
  if (out.pull) send(roles_.door, pull_now{});
  for (const auto& peer : out.lost)
    for (const auto& [room, where] : rooms_)
      send(where.at, relays_lost{home().of().home_of(peers_.at(peer).node.actor)});
  if (out.probe) probe_database();
  if (out.read_stored) read_stored();
  if (out.enter) enter_cluster(*out.enter);
  if (out.beat) send(directory_now(), *out.beat);
}

void node_shell::enter_cluster(const core::node_record& record) {
  request<core::cluster_view>(directory_now(), registration_timeout, registration{record, self(this)},
                              [this](const core::result<core::cluster_view>& view) {
                                if (!view) return carry_out(core::cluster::refused(view.why()));
                                take_view(*view);
                              });
}

void node_shell::read_stored() {
  request<newest_view>(deps_.journal, registration_timeout, read_newest_view{},
                       [this](const core::result<newest_view>& answer) {
                         carry_out(cluster_.stored_read(answer ? std::optional(answer->version) : std::nullopt));
                       });
}

void node_shell::probe_database() {
  request<epochs_checked>(
      deps_.journal, std::nullopt, check_epochs{},
      [this](const core::result<epochs_checked>& answer) { carry_out(cluster_.probed(answer.ok())); });
}

void node_shell::receive(beat_tick&) {
  carry_out(cluster_.tick(home().now().mono));
  send_later(this, beat_interval, beat_tick{});
}

// ---- views

void node_shell::receive(core::cluster_view& view) { take_view(view); }

void node_shell::take_view(const core::cluster_view& view) {
  if (!cluster_.is_news(view)) return;
  const core::cluster_view before = machine_.view();
  carry_out(machine_.view_changed(view));
  carry_out(cluster_.view_changed(view));
  for (const auto& [room, relay] : relays_)
    send(relay, look_again{core::placement(before, room) != core::placement(view, room)});
  homes_moved_since(before);
  if (deps_.watcher) deps_.watcher(machine_.view());
}

// ---- peers

void node_shell::introduce(const handle<node_shell>& to, bool answer) {
  send(to, node_card{home().name(), cluster_.incarnation(), self(this), roles_.accounts, roles_.catalog,
                     roles_.directory, answer});
}

void node_shell::receive(link_up& link) { introduce(link.node, true); }

void node_shell::receive(node_card& card) {
  const auto out = cluster_.introduced({card.name, card.incarnation, number_of(card.node), bool(card.accounts),
                                        bool(card.catalog), number_of(card.directory), card.answer});
  if (out.keep) {
    peers_[card.name] = card;
    if (out.watch) monitor(card.node);
  }
  carry_out(out);
  if (out.linked) homes_reached(*out.linked);
}

bool node_shell::peer_down(const address& source) {
  for (const auto& [name, card] : peers_) {
    if (!card.node.same_way(source)) continue;
    carry_out(cluster_.gone(name, number_of(source)));
    return true;
  }
  return false;
}

template <class Role>
handle<Role> node_shell::handle_at(const std::optional<core::node_name>& node, const handle<Role>& own,
                                   handle<Role> node_card::*role) const {
  if (!node) return {};
  return *node == home().name() ? own : peers_.at(*node).*role;
}

handle<directory_shell> node_shell::directory_now() const {
  return handle_at(cluster_.directory(), roles_.directory, &node_card::directory);
}

void node_shell::receive(find_accounts&, promise<accounts_found> owed) {
  const auto found = handle_at(cluster_.accounts(), roles_.accounts, &node_card::accounts);
  if (!found) return owed.refuse({ec::no_upstream, {}, 1});
  owed.keep(accounts_found{found});
}

// An edge without rooms asks another node, and once more another one.
template <class Reply, class What>
void node_shell::ask_a_catalog(What what, promise<Reply> owed, unsigned tries) {
  if (roles_.catalog) return owed.delegate(roles_.catalog, std::move(what));
  const auto other = handle_at(cluster_.catalog(), roles_.catalog, &node_card::catalog);
  if (!other) return owed.refuse({ec::no_upstream, {}, 1});
  request<Reply>(other, remote_patience, what, [this, what, owed, tries](core::result<Reply> answer) mutable {
    if (answer.code() == ec::unavailable && tries > 1) return ask_a_catalog<Reply>(what, owed, tries - 1);
    owed.keep(std::move(answer));
  });
}

void node_shell::receive(ask_catalog<core::enter_room>& what, promise<core::room_entered> owed) {
  ask_a_catalog(std::move(what.what), std::move(owed), 2);
}

void node_shell::receive(ask_catalog<core::read_history>& what, promise<core::history_page> owed) {
  ask_a_catalog(std::move(what.what), std::move(owed), 2);
}

void node_shell::receive(ask_catalog<core::move_marks>& what, promise<core::marks_moved> owed) {
  ask_a_catalog(std::move(what.what), std::move(owed), 2);
}

void node_shell::receive(ask_catalog<core::sync_rooms>& what, promise<core::rooms_synced> owed) {
  ask_a_catalog(std::move(what.what), std::move(owed), 2);
}

// ---- tickets

void node_shell::receive(core::claim_ticket& what, promise<core::ticket_claimed> owed) {
  if (!roles_.door) return owed.refuse({ec::invalid_ticket, {}, 0});
  owed.delegate(roles_.door, std::move(what));
}

void node_shell::receive(claim_ticket_at& what, promise<core::ticket_claimed> owed) {
  const auto peer = cluster_.claim_at(what.minter);
  if (!peer) return owed.refuse(peer.why());
  owed.delegate(peers_.at(*peer).node, std::move(what.what));
}

// ---- news for all

template <class Event>
void node_shell::tell_all(const Event& event) {
  tell_here(event);
  for (const auto& [name, card] : peers_) send(card.node, event);
}

void node_shell::tell_here(const core::room_gone& gone) {
  if (const auto room = rooms_.find(gone.room); room != rooms_.end()) send(room->second.at, gone);
  if (const auto relay = relays_.find(gone.room); relay != relays_.end()) send(relay->second, gone);
}

void node_shell::tell_here(const core::session_ended& ended) {
  if (roles_.door) send(roles_.door, ended);
}

void node_shell::tell_here(const core::roster_changed& where) {
  if (deps_.sabotage.lose_blocks) return;
  if (const auto room = rooms_.find(where.room); room != rooms_.end()) send(room->second.at, where);
}

void node_shell::receive(announce& news) {
  std::visit([this](const auto& event) { tell_all(event); }, news.what);
}

void node_shell::receive(core::room_gone& gone) { tell_here(gone); }

void node_shell::receive(core::session_ended& ended) { tell_here(ended); }

void node_shell::receive(core::roster_changed& where) { tell_here(where); }

// ---- leaving, moving

void node_shell::receive(drain_rooms&, promise<drained> owed) {
  if (machine_.drained()) return owed.keep(drained{});
  draining_.push_back(std::move(owed));
  if (machine_.draining()) return;
  machine_.drain();
  carry_out(cluster_.drain());
  send_later(this, drain_patience, leave_tick{});
}

void node_shell::receive(leave_tick&) { carry_out(machine_.hand_over()); }

void node_shell::receive(pin_room& move) { carry_out(cluster_.pinned(move.what)); }

}  // namespace greenroom::simulation
