#include "actors/node_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>

#include "actors/guarded.hpp"
#include "actors/node_peers.hpp"
#include "actors/node_sweep.hpp"
#include "actors/relay_actor.hpp"
#include "actors/room_actor.hpp"

namespace greenroom::actors {
namespace {

constexpr auto beat_interval = std::chrono::seconds(1);
constexpr auto node_sweep_interval = std::chrono::seconds(2);
constexpr unsigned sweeps_per_heads = 10;
constexpr auto node_ask_timeout = std::chrono::seconds(10);
constexpr auto forward_timeout = std::chrono::seconds(3);
constexpr auto drain_patience = std::chrono::seconds(1);
constexpr std::size_t max_pins = 1000;
// An answer that hasn't come by the next beat is late: discovery waits a second more, and the rest of 5 s is for the
// view and for the rooms to open elsewhere.
constexpr auto database_patience = std::chrono::milliseconds(900);

void carry_out(node_pointer self, core::node_effects out);
void read_stored(node_pointer self);

core::node_load load(node_pointer self) {
  const auto& st = self->state;
  return {st.deps.connections ? st.deps.connections->load(std::memory_order_relaxed) : 0u,
          static_cast<std::uint32_t>(st.machine->rooms())};
}

void open(node_pointer self, core::open_room request) {
  const auto room = request.room;
  self->request(self->state.deps.journal, node_ask_timeout, std::move(request))
      .then(
          [self, room](core::room_opened& opened) {
            guarded("node", [&] {
              self->state.deps.metrics.room_opens.with({"opened"}).add();
              carry_out(self, self->state.machine->opened(room, std::move(opened)));
            });
          },
          [self, room](const caf::error& error) {
            guarded("node", [&] {
              const auto why = from_caf(error);
              self->state.deps.metrics.room_opens.with({why.code == ec::fenced ? "fenced" : "failed"}).add();
              if (why.code == ec::fenced) read_stored(self);  // perhaps no view is as new as the room's
              carry_out(self, self->state.machine->opened(room, why));
            });
          });
}

void forward_failed(node_pointer self, core::asker_id asker, const core::error& why) {
  guarded("node", [&] { carry_out(self, self->state.machine->forward_failed(asker, why)); });
}

void forward(node_pointer self, const core::room_forward& what) {
  auto& st = self->state;
  const auto asker = what.asker;
  const auto peer = st.peers.find(what.to);
  if (peer == st.peers.end()) return forward_failed(self, asker, {ec::unavailable, {}, 1});
  self->request(peer->second.card.node, forward_timeout, core::find_room{what.room, true})
      .then(
          [self, asker](room_actor& room) {
            // CAF reads a handle of a node that it has no link with as null.
            if (!room) return forward_failed(self, asker, {ec::unavailable, {}, 1});
            self->state.machine->forward_answered(asker);
            self->state.askers.keep(asker, std::move(room));
          },
          [self, asker](const caf::error& why) { forward_failed(self, asker, from_caf(why)); });
}

void spawn_room(node_pointer self, core::room_opened opened) {
  auto& st = self->state;
  const auto room = opened.room;
  const auto key = opened.key;
  const auto epoch = opened.epoch;
  auto handle =
      self->spawn(room_behavior, room_deps{std::move(opened), st.deps.limits, st.deps.name, st.machine->view().version,
                                           st.deps.journal, st.deps.clock, st.deps.metrics});
  self->monitor(handle);
  st.room_of[handle.address()] = room;
  st.rooms[room] = {std::move(handle), key, epoch};
}

// A room whose actor has just ended is looked for again.
void give_room(node_pointer self, core::asker_id asker, const core::room_id& room) {
  auto& st = self->state;
  if (const auto live = st.rooms.find(room); live != st.rooms.end())
    st.askers.keep(asker, room_actor{live->second.handle});
  else
    st.askers.refuse(asker, {ec::unavailable, {}, 1});
}

void carry_out(node_pointer self, core::node_effects out) {
  auto& st = self->state;
  for (auto& request : out.open) open(self, std::move(request));
  for (const auto& what : out.forward) forward(self, what);
  for (auto& opened : out.spawn) spawn_room(self, std::move(opened));
  for (const auto& [asker, room] : out.found) give_room(self, asker, room);
  for (const auto& [asker, why] : out.refused) st.askers.refuse(asker, why);
  for (const auto& [room, why] : out.retire)
    if (const auto live = st.rooms.find(room); live != st.rooms.end())
      self->send(live->second.handle, core::retire_room{why});
  if (st.machine->drained())
    for (const auto asker : std::exchange(st.draining, {})) st.askers.keep(asker, load(self));
}

void source_down(node_pointer self, const caf::actor_addr& source) {
  auto& st = self->state;
  if (const auto room = st.room_of.extract(source)) {
    st.rooms.erase(room.mapped());
    return carry_out(self, st.machine->stopped(room.mapped()));
  }
  if (const auto peer = forget_peer(self, source); !peer.value.empty()) {
    telemetry::log::info("peer_lost", {{"peer", peer.value}});
    return carry_out(self, st.machine->unlinked(peer));
  }
  std::erase_if(st.relays, [&](const auto& one) { return one.second.address() == source; });
}

local_relay_actor relay_for(node_pointer self, const core::room_id& room) {
  auto& st = self->state;
  auto& relay = st.relays[room];
  if (!relay) {
    relay = self->spawn(relay_behavior, relay_deps{room, {++st.last_topic}, local_node_actor(self), st.deps.audience});
    self->monitor(relay);
  }
  return relay;
}

void let_go(node_pointer self, const core::room_id& room, const local_relay_actor& relay) {
  auto& st = self->state;
  const auto known = st.relays.find(room);
  if (known == st.relays.end() || known->second != relay) return;
  st.relays.erase(known);
  // An actor that was given the handle just now sees it go down and asks again.
  self->send_exit(relay, caf::exit_reason::user_shutdown);
}

// Nodes that left the view, or are in it with another life: their relays' listeners are gone.
void drop_lost_nodes(node_pointer self, const core::cluster_view& before) {
  auto& st = self->state;
  const auto has = [](const core::cluster_view& view, const node_card& card) {
    return std::any_of(view.nodes.begin(), view.nodes.end(), [&](const core::node_record& one) {
      return one.name == card.name && one.incarnation == card.incarnation;
    });
  };
  for (const auto& [name, peer] : st.peers)
    if (has(before, peer.card) && !has(st.machine->view(), peer.card))
      for (const auto& [room, where] : st.rooms) self->send(where.handle, relays_lost{peer.card.node.node()});
}

void take_view(node_pointer self, const core::cluster_view& view) {
  auto& st = self->state;
  if (view.version <= st.machine->view().version) return;
  const core::cluster_view before = st.machine->view();
  carry_out(self, st.machine->view_changed(view));
  st.deps.metrics.view_version.set(static_cast<double>(view.version.value));
  st.deps.metrics.nodes.set(static_cast<double>(view.nodes.size()));
  drop_lost_nodes(self, before);
  // At once: the room's owner may be silent, and never say that it is over.
  for (const auto& [room, relay] : st.relays)
    self->send(relay, look_again{core::placement(before, room) != core::placement(view, room)});
  for (const auto& watcher : st.watchers) watcher->view_changed(st.machine->view());
}

void enter_cluster(node_pointer self) {
  auto& st = self->state;
  if (st.deps.journal && !st.knows_stored) return read_stored(self);
  st.record.seen = st.machine->view().version;
  st.record.seen_of = st.machine->view().directory;
  st.record.draining = st.machine->draining();
  st.record.load = load(self);
  self->request(st.directory, node_ask_timeout, st.record, node_actor(self))
      .then([self](const core::cluster_view& view) { guarded("node", [&] { take_view(self, view); }); },
            [self](const caf::error& why) {
              const auto error = from_caf(why);
              if (error.code == ec::unavailable) return;  // the next beat tries again
              telemetry::log::error("registration_refused",
                                    {{"code", core::to_string(error.code)}, {"why", error.text()}});
              if (error.code == ec::conflict && self->state.refused) self->state.refused(error);
            });
}

// Views must be newer than those in which rooms of the database were opened, whichever directory published them. Then,
// or where the database can't be read now, the node registers.
void read_stored(node_pointer self) {
  if (std::exchange(self->state.reads_stored, true)) return;
  const auto enter = [self] {
    auto& st = self->state;
    st.reads_stored = false;
    const bool first = !std::exchange(st.knows_stored, true);
    if (st.directory && st.joined && (first || st.record.stored > st.machine->view().version)) enter_cluster(self);
  };
  self->request(self->state.deps.journal, node_ask_timeout, read_newest_view{})
      .then(
          [self, enter](const newest_view& answer) {
            guarded("node", [&] {
              self->state.record.stored = std::max(self->state.record.stored, answer.version);
              enter();
            });
          },
          [enter](const caf::error&) { guarded("node", enter); });
}

bool in_view(node_pointer self) {
  const auto& st = self->state;
  for (const auto& node : st.machine->view().nodes)
    if (node.name == st.record.name && node.incarnation == st.record.incarnation) return true;
  return st.machine->view().version.value == 0;  // not published yet
}

void send_beat(node_pointer self) {
  const auto& st = self->state;
  if (!st.directory || !st.joined) return;
  // A node that was taken for dead registers again; a beat alone doesn't restore it.
  if (in_view(self))
    self->send(st.directory, core::beat{st.record.name, st.record.incarnation, load(self), st.machine->draining(),
                                        st.record.database_away});
  else
    enter_cluster(self);
}

void database_answers(node_pointer self, bool answers) {
  auto& known = self->state.record.database_away;
  if (known == !answers) return;
  known = !answers;
  if (answers)
    telemetry::log::info("database_back", {});
  else
    telemetry::log::warn("database_away", {});
  send_beat(self);
}

// Asks the database a question once a second, or finds that the last one wasn't answered.
void probe_database(node_pointer self) {
  auto& st = self->state;
  if (!st.deps.journal) return;
  const auto now = st.deps.clock->now().mono;
  if (st.probed_at) {
    if (now - *st.probed_at >= database_patience) database_answers(self, false);
    return;
  }
  st.probed_at = now;
  const auto answered = [self](bool well) {
    guarded("node", [&] {
      self->state.probed_at.reset();
      database_answers(self, well);
    });
  };
  self->request(st.deps.journal, caf::infinite, check_epochs{})
      .then([answered](const epochs_checked&) { answered(true); }, [answered](const caf::error&) { answered(false); });
}

void sweep(node_pointer self) {
  check_all(self);
  if (++self->state.sweeps % sweeps_per_heads == 0) tell_heads(self);
  for (const auto& [room, where] : self->state.rooms) self->send(where.handle, sweep_tick::value);
  for (const auto& [room, relay] : self->state.relays) self->send(relay, sweep_tick::value);
  self->delayed_send(self, node_sweep_interval, sweep_tick::value);
}

template <class Event>
void tell_here(node_pointer self, const Event& event) {
  const auto room = self->state.rooms.find(event.room);
  if (room != self->state.rooms.end()) self->send(room->second.handle, event);
  // Its owner tells the relay too; but the owner may be out of reach, or there may be none.
  const auto relay = self->state.relays.find(event.room);
  if (relay != self->state.relays.end()) self->send(relay->second, event);
}

// Of a public room. A private one tells its relays itself.
void tell_here(node_pointer self, const core::member_removed& who) {
  const auto relay = self->state.relays.find(who.room);
  if (relay != self->state.relays.end() && !who.roster) self->send(relay->second, who);
}

void tell_here(node_pointer self, const core::author_erased& who) {
  for (const auto& [room, where] : self->state.rooms) self->send(where.handle, who);
}

void tell_here(node_pointer self, const core::session_ended& ended) {
  if (self->state.door) self->send(self->state.door, ended);
}

// A peer's events stay here; events from this node's own actors to all nodes are an `announce`.
template <class Event>
void hear(node_pointer self, const Event& event) {
  guarded("node", [&] { tell_here(self, event); });
}

void begin_drain(node_pointer self) {
  auto& st = self->state;
  if (st.machine->draining()) return;
  st.machine->drain();
  send_beat(self);
  // The last node has no one to hand over to, and a directory may be away.
  self->delayed_send(self, drain_patience, leave_tick::value);
}

caf::result<core::node_load> drain(node_pointer self) {
  auto& st = self->state;
  if (st.machine->drained()) return load(self);
  auto promise = self->make_response_promise<core::node_load>();
  st.draining.push_back(st.askers.add(promise));
  begin_drain(self);
  return promise;
}

// A room that is pinned here lives here as long as this node does.
void pin(node_pointer self, const core::move_room& move) {
  auto& st = self->state;
  auto& pins = st.record.pins;
  const auto known = std::find(pins.begin(), pins.end(), move.room);
  if ((known != pins.end()) == (move.node == st.deps.name)) return;
  if (known != pins.end()) {
    pins.erase(known);
  } else {
    if (pins.size() >= max_pins) pins.erase(pins.begin());
    pins.push_back(move.room);
  }
  if (st.directory && st.joined) enter_cluster(self);
}

core::live_rooms list(node_pointer self, const core::list_live_rooms& request) {
  std::vector<core::live_room> rooms;
  rooms.reserve(self->state.rooms.size());
  for (const auto& [room, where] : self->state.rooms) rooms.push_back({room, where.epoch});
  return core::page_of(std::move(rooms), request.after);
}

caf::result<core::ticket_claimed> claim_here(node_pointer self, core::claim_ticket& what) {
  if (!self->state.door) return to_caf({ec::invalid_ticket, {}, 0});
  return self->delegate(self->state.door, std::move(what));
}

caf::result<core::ticket_claimed> claim_there(node_pointer self, claim_ticket_at& what) {
  const auto& st = self->state;
  const auto peer = st.peers.find(what.minter);
  if (peer != st.peers.end()) return self->delegate(peer->second.card.node, std::move(what.what));
  const auto& nodes = st.machine->view().nodes;
  const bool lives = std::any_of(nodes.begin(), nodes.end(), [&](const auto& one) { return one.name == what.minter; });
  return to_caf({lives ? ec::unavailable : ec::invalid_ticket, {}, lives ? 1u : 0u});
}

}  // namespace

local_node_actor::behavior_type node_behavior(node_pointer self, node_deps deps) {
  self->state.machine.emplace(deps.name, deps.journal ? core::rooms_here::yes : core::rooms_here::no);
  self->state.deps = std::move(deps);
  self->set_down_handler([self](caf::down_msg& down) { guarded("node", [&] { source_down(self, down.source); }); });
  self->set_exit_handler([self](caf::exit_msg& told) {
    for (const auto& [room, where] : self->state.rooms) self->send_exit(where.handle, told.reason);
    for (const auto& [room, relay] : self->state.relays) self->send_exit(relay, told.reason);
    self->quit(told.reason);
  });
  if (self->state.deps.audience) self->delayed_send(self, node_sweep_interval, sweep_tick::value);
  return {
      [self](const core::find_room& request) -> caf::result<room_actor> {
        auto promise = self->make_response_promise<room_actor>();
        guarded("node", [&] {
          auto& st = self->state;
          carry_out(self, st.machine->find(st.askers.add(promise), request.room, request.forwarded));
        });
        return promise;
      },
      [self](const core::session_ended& ended) { hear(self, ended); },
      [self](const core::cluster_view& view) { guarded("node", [&] { take_view(self, view); }); },
      [self](node_card& card) {
        guarded("node", [&] {
          if (take_card(self, card) && self->state.joined) enter_cluster(self);
        });
      },
      [self](const core::room_gone& gone) { hear(self, gone); },
      [self](const core::member_removed& who) { hear(self, who); },
      [self](const core::author_erased& who) { hear(self, who); },
      [self](core::claim_ticket& what) { return claim_here(self, what); },
      [self](const core::list_live_rooms& request) -> caf::result<core::live_rooms> { return list(self, request); },
      [self](const core::drain_node&) -> caf::result<void> {
        guarded("node", [&] { begin_drain(self); });
        if (self->state.drain) self->state.drain();
        return caf::unit;
      },
      [self](const core::move_room& move) -> caf::result<void> {
        guarded("node", [&] { pin(self, move); });
        return caf::unit;
      },
      [self](core::administer& request) -> caf::result<core::administered> {
        if (!self->state.accounts) return to_caf({ec::not_found, "This node has no accounts.", 0});
        return self->delegate(self->state.accounts, std::move(request));
      },
      [self](const find_relay& request) -> caf::result<local_relay_actor> {
        return guarded("node", [&]() -> caf::result<local_relay_actor> { return relay_for(self, request.room); });
      },
      [self](const relay_idle& idle, const local_relay_actor& relay) {
        guarded("node", [&] { let_go(self, idle.room, relay); });
      },
      [self](find_accounts) -> caf::result<accounts_actor> {
        auto found = accounts_in_turn(self);
        if (!found) return to_caf({ec::no_upstream, {}, 1});
        return found;
      },
      [self](const find_catalog& wanted) -> caf::result<catalog_actor> {
        auto found = catalog_in_turn(self, wanted.but);
        if (!found) return to_caf({ec::no_upstream, {}, 1});
        return found;
      },
      [self](claim_ticket_at& what) { return claim_there(self, what); },
      [self](const announce& news) {
        guarded("node", [&] {
          std::visit(
              [self](const auto& event) {
                tell_here(self, event);
                tell_peers(self, event);
              },
              news.what);
        });
      },
      [self](const link_up& link) { guarded("node", [&] { introduce(self, link.node, true); }); },
      [self](host_directory& hosted) {
        self->state.directory = std::move(hosted.directory);
        self->state.hosts_directory = true;
        guarded("node", [&] { introduce_again(self); });
      },
      [self](read_load) { return load(self); },
      [self](host_accounts& hosted) {
        self->state.accounts = std::move(hosted.accounts);
        guarded("node", [&] { introduce_again(self); });
      },
      [self](host_door& hosted) { self->state.door = std::move(hosted.door); },
      [self](host_catalog& hosted) {
        self->state.catalog = std::move(hosted.catalog);
        guarded("node", [&] { introduce_again(self); });
      },
      [self](join_cluster& request) {
        auto& st = self->state;
        st.record = std::move(request.record);
        st.drain = std::move(request.drain);
        st.refused = std::move(request.refused);
        st.joined = true;
        guarded("node", [&] {
          introduce_again(self);  // with the incarnation
          if (st.directory) enter_cluster(self);
        });
        self->delayed_send(self, beat_interval, beat_tick::value);
      },
      [self](watch_view& request) {
        self->state.watchers.push_back(std::move(request.watcher));
        self->state.watchers.back()->view_changed(self->state.machine->view());
      },
      [self](drain_rooms) { return drain(self); },
      [self](beat_tick) {
        guarded("node", [&] { probe_database(self); });
        guarded("node", [&] { send_beat(self); });
        self->delayed_send(self, beat_interval, beat_tick::value);
      },
      [self](leave_tick) { guarded("node", [&] { carry_out(self, self->state.machine->hand_over()); }); },
      [self](sweep_tick) { guarded("node", [&] { sweep(self); }); },
  };
}

}  // namespace greenroom::actors
