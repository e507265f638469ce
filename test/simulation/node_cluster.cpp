// What a node does with other nodes: views, beats, cards, news for all (actors/node_peers.cpp).
#include <algorithm>

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

constexpr seconds beat_interval{1}, ask_timeout{10}, drain_patience{1}, remote_patience{1};
constexpr milliseconds database_patience{900};

}  // namespace

void node_shell::receive(roles& all) {
  roles_ = std::move(all);
  joined_ = true;
  if (roles_.directory) enter_cluster();
  send_later(this, beat_interval, beat_tick{});
}

// ---- views

void node_shell::receive(core::cluster_view& view) { take_view(view); }

void node_shell::take_view(const core::cluster_view& view) {
  if (view.version <= machine_.view().version) return;
  const core::cluster_view before = machine_.view();
  carry_out(machine_.view_changed(view));
  drop_lost_nodes(before);
  for (const auto& [room, relay] : relays_)
    send(relay, look_again{core::placement(before, room) != core::placement(view, room)});
  if (deps_.watcher) deps_.watcher(machine_.view());
}

void node_shell::drop_lost_nodes(const core::cluster_view& before) {
  const auto has = [](const core::cluster_view& view, const node_card& card) {
    return std::any_of(view.nodes.begin(), view.nodes.end(), [&](const core::node_record& one) {
      return one.name == card.name && one.incarnation == card.incarnation;
    });
  };
  for (const auto& [name, card] : peers_)
    if (has(before, card) && !has(machine_.view(), card))
      for (const auto& [room, where] : rooms_) send(where.at, relays_lost{home().of().home_of(card.node.actor)});
}

// ---- the directory

void node_shell::enter_cluster() {
  if (deps_.journal && !knows_stored_) return read_stored();
  auto& record = roles_.record;
  record.seen = machine_.view().version;
  record.seen_of = machine_.view().directory;
  record.draining = machine_.draining();
  request<core::cluster_view>(roles_.directory, ask_timeout, registration{record, self(this)},
                              [this](const core::result<core::cluster_view>& view) {
                                if (view) take_view(*view);
                              });
}

void node_shell::read_stored() {
  if (std::exchange(reads_stored_, true)) return;
  request<newest_view>(deps_.journal, ask_timeout, read_newest_view{}, [this](const core::result<newest_view>& answer) {
    if (answer) roles_.record.stored = std::max(roles_.record.stored, answer->version);
    reads_stored_ = false;
    const bool first = !std::exchange(knows_stored_, true);
    if (roles_.directory && joined_ && (first || roles_.record.stored > machine_.view().version)) enter_cluster();
  });
}

bool node_shell::in_view() const {
  for (const auto& node : machine_.view().nodes)
    if (node.name == roles_.record.name && node.incarnation == roles_.record.incarnation) return true;
  return machine_.view().version.value == 0;
}

void node_shell::send_beat() {
  if (!roles_.directory || !joined_) return;
  const auto& record = roles_.record;
  if (in_view())
    send(roles_.directory, core::beat{record.name, record.incarnation, {}, machine_.draining(), record.database_away});
  else
    enter_cluster();
}

void node_shell::database_answers(bool well) {
  auto& known = roles_.record.database_away;
  if (known == !well) return;
  known = !well;
  send_beat();
}

void node_shell::probe_database() {
  if (!deps_.journal) return;
  const auto now = home().now().mono;
  if (probed_at_) {
    if (now - *probed_at_ >= database_patience) database_answers(false);
    return;
  }
  probed_at_ = now;
  request<epochs_checked>(deps_.journal, std::nullopt, check_epochs{},
                          [this](const core::result<epochs_checked>& answer) {
                            probed_at_.reset();
                            database_answers(answer.ok());
                          });
}

void node_shell::receive(beat_tick&) {
  probe_database();
  send_beat();
  send_later(this, beat_interval, beat_tick{});
}

// ---- peers

void node_shell::introduce(const handle<node_shell>& to, bool answer) {
  send(to, node_card{home().name(), roles_.record.incarnation, self(this), roles_.accounts, roles_.catalog,
                     directory_at_.value.empty() ? roles_.directory : handle<directory_shell>{}, answer});
}

void node_shell::receive(link_up& link) { introduce(link.node, true); }

void node_shell::receive(node_card& card) {
  if (!card.node || card.name == home().name()) return;
  auto& known = peers_[card.name];
  const bool fresh = !known.node || !(known.node == card.node);
  if (fresh) monitor(card.node);
  const bool brings_accounts = card.accounts && (fresh || !known.accounts);
  const bool hosts_directory = roles_.directory && directory_at_.value.empty();
  const bool brings_directory = card.directory && !hosts_directory && (fresh || !(roles_.directory == card.directory));
  if (card.answer) introduce(card.node, false);
  known = card;
  machine_.linked(card.name);
  if (brings_accounts && roles_.door) send(roles_.door, pull_now{});
  if (!brings_directory) return;
  roles_.directory = card.directory;
  directory_at_ = card.name;
  if (joined_) enter_cluster();
}

void node_shell::forget_peer(const address& source) {
  const auto known =
      std::find_if(peers_.begin(), peers_.end(), [&](const auto& one) { return one.second.node == source; });
  if (known == peers_.end()) return;
  const auto name = known->first;
  peers_.erase(known);
  if (directory_at_ == name) roles_.directory = {};
  carry_out(machine_.unlinked(name));
}

template <class Role>
handle<Role> node_shell::in_turn(handle<Role> node_card::*role) {
  std::vector<handle<Role>> lasting, leaving;
  for (const auto& [name, card] : peers_) {
    if (!(card.*role)) continue;
    const auto& nodes = machine_.view().nodes;
    const bool drains = std::any_of(nodes.begin(), nodes.end(),
                                    [&, &peer = name](const auto& one) { return one.name == peer && one.draining; });
    (drains ? leaving : lasting).push_back(card.*role);
  }
  const auto& from = lasting.empty() ? leaving : lasting;
  return from.empty() ? handle<Role>{} : from[turn_++ % from.size()];
}

void node_shell::receive(find_accounts&, promise<accounts_found> owed) {
  const auto found = roles_.accounts ? roles_.accounts : in_turn(&node_card::accounts);
  if (!found) return owed.refuse({ec::no_upstream, {}, 1});
  owed.keep(accounts_found{found});
}

// An edge without rooms asks another node, and once more another one.
template <class Reply, class What>
void node_shell::ask_a_catalog(What what, promise<Reply> owed, unsigned tries) {
  if (roles_.catalog) return owed.delegate(roles_.catalog, std::move(what));
  const auto other = in_turn(&node_card::catalog);
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

// ---- tickets

void node_shell::receive(core::claim_ticket& what, promise<core::ticket_claimed> owed) {
  if (!roles_.door) return owed.refuse({ec::invalid_ticket, {}, 0});
  owed.delegate(roles_.door, std::move(what));
}

void node_shell::receive(claim_ticket_at& what, promise<core::ticket_claimed> owed) {
  if (const auto peer = peers_.find(what.minter); peer != peers_.end())
    return owed.delegate(peer->second.node, std::move(what.what));
  const auto& nodes = machine_.view().nodes;
  const bool lives = std::any_of(nodes.begin(), nodes.end(), [&](const auto& one) { return one.name == what.minter; });
  owed.refuse({lives ? ec::unavailable : ec::invalid_ticket, {}, lives ? 1u : 0u});
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

void node_shell::receive(announce& news) {
  std::visit([this](const auto& event) { tell_all(event); }, news.what);
}

void node_shell::receive(core::room_gone& gone) { tell_here(gone); }

void node_shell::receive(core::session_ended& ended) { tell_here(ended); }

// ---- leaving, moving

void node_shell::receive(drain_rooms&, promise<drained> owed) {
  if (machine_.drained()) return owed.keep(drained{});
  draining_.push_back(std::move(owed));
  if (machine_.draining()) return;
  machine_.drain();
  send_beat();
  send_later(this, drain_patience, leave_tick{});
}

void node_shell::receive(leave_tick&) { carry_out(machine_.hand_over()); }

void node_shell::receive(pin_room& move) {
  auto& pins = roles_.record.pins;
  const auto known = std::find(pins.begin(), pins.end(), move.what.room);
  if ((known != pins.end()) == (move.what.node == home().name())) return;
  if (known != pins.end())
    pins.erase(known);
  else
    pins.push_back(move.what.room);
  if (roles_.directory && joined_) enter_cluster();
}

}  // namespace greenroom::simulation
