#include "actors/node_actor.hpp"

#include <caf/send.hpp>

#include "actors/guarded.hpp"
#include "actors/relay_actor.hpp"
#include "actors/room_actor.hpp"

namespace greenroom::actors {
namespace {

using pointer = local_node_actor::stateful_pointer<node_state>;

constexpr auto beat_interval = std::chrono::seconds(1);
constexpr auto sweep_interval = std::chrono::seconds(2);
constexpr unsigned sweeps_per_heads = 10;
constexpr auto ask_timeout = std::chrono::seconds(10);

void carry_out(pointer self, core::node_effects out);

void open(pointer self, core::open_room request) {
  const auto room = request.room;
  self->request(self->state.deps.journal, ask_timeout, std::move(request))
      .then(
          [self, room](core::room_opened& opened) {
            guarded("node", [&] { carry_out(self, self->state.machine->opened(room, std::move(opened))); });
          },
          [self, room](const caf::error& why) {
            guarded("node", [&] { carry_out(self, self->state.machine->opened(room, from_caf(why))); });
          });
}

void spawn_room(pointer self, core::room_opened opened) {
  auto& st = self->state;
  const auto room = opened.room;
  auto handle =
      self->spawn(room_behavior, room_deps{std::move(opened), st.deps.limits, st.deps.name, st.machine->view().version,
                                           st.deps.journal, st.deps.clock, st.deps.metrics});
  self->monitor(handle);
  st.room_of[handle.address()] = room;
  st.rooms[room] = std::move(handle);
}

void carry_out(pointer self, core::node_effects out) {
  auto& st = self->state;
  for (auto& request : out.open) open(self, std::move(request));
  for (auto& opened : out.spawn) spawn_room(self, std::move(opened));
  for (const auto& [asker, room] : out.found) st.finders.keep(asker, st.rooms.at(room));
  for (const auto& [asker, why] : out.refused) st.finders.refuse(asker, why);
  for (const auto& [room, why] : out.retire) self->send(st.rooms.at(room), core::retire_room{why});
}

void source_down(pointer self, const caf::actor_addr& source) {
  auto& st = self->state;
  if (const auto room = st.room_of.extract(source)) {
    st.rooms.erase(room.mapped());
    return carry_out(self, st.machine->stopped(room.mapped()));
  }
  std::erase_if(st.relays, [&](const auto& one) { return one.second.address() == source; });
}

local_relay_actor relay_for(pointer self, const core::room_id& room) {
  auto& st = self->state;
  auto& relay = st.relays[room];
  if (!relay) {
    relay = self->spawn(relay_behavior, relay_deps{room, {++st.last_topic}, local_node_actor(self), st.deps.audience});
    self->monitor(relay);
  }
  return relay;
}

void let_go(pointer self, const core::room_id& room, const local_relay_actor& relay) {
  auto& st = self->state;
  const auto known = st.relays.find(room);
  if (known == st.relays.end() || known->second != relay) return;
  st.relays.erase(known);
  // Whoever was given the handle just now sees it go down, and asks again.
  self->send_exit(relay, caf::exit_reason::user_shutdown);
}

void take_view(pointer self, const core::cluster_view& view) {
  auto& st = self->state;
  if (view.version <= st.machine->view().version) return;
  carry_out(self, st.machine->view_changed(view));
  for (const auto& watcher : st.watchers) watcher->view_changed(st.machine->view());
}

core::node_load load(pointer self) {
  const auto& st = self->state;
  return {st.deps.connections ? st.deps.connections->load(std::memory_order_relaxed) : 0u,
          static_cast<std::uint32_t>(st.machine->rooms())};
}

void enter_cluster(pointer self) {
  auto& st = self->state;
  st.record.seen = st.machine->view().version;
  st.record.draining = st.machine->draining();
  st.record.load = load(self);
  self->request(st.directory, ask_timeout, st.record, node_actor(self))
      .then([self](const core::cluster_view& view) { guarded("node", [&] { take_view(self, view); }); },
            [](const caf::error& why) {
              const auto error = from_caf(why);
              telemetry::log::error("registration_refused",
                                    {{"code", core::to_string(error.code)}, {"why", error.text()}});
            });
}

bool in_view(pointer self) {
  const auto& st = self->state;
  for (const auto& node : st.machine->view().nodes)
    if (node.name == st.record.name && node.incarnation == st.record.incarnation) return true;
  return st.machine->view().version.value == 0;  // not published yet
}

void send_beat(pointer self) {
  const auto& st = self->state;
  if (!st.directory) return;
  // Who was taken for dead registers again; a beat alone brings nobody back.
  if (in_view(self))
    self->send(st.directory, core::beat{st.record.name, st.record.incarnation, load(self), st.machine->draining()});
  else
    enter_cluster(self);
}

// So that a silent loss is seen: what the log has, against what was delivered.
void tell_heads(pointer self) {
  auto& st = self->state;
  if (!st.catalog || st.relays.empty()) return;
  core::read_heads request;
  for (const auto& [room, relay] : st.relays) request.rooms.push_back(room);
  self->request(st.catalog, ask_timeout, std::move(request))
      .then(
          [self](const core::room_heads& answer) {
            for (const auto& head : answer.heads) {
              const auto relay = self->state.relays.find(head.room);
              if (relay != self->state.relays.end()) self->send(relay->second, head);
            }
          },
          [](const caf::error&) {});  // the next round tells
}

void sweep(pointer self) {
  if (++self->state.sweeps % sweeps_per_heads == 0) tell_heads(self);
  for (const auto& [room, handle] : self->state.rooms) self->send(handle, sweep_tick::value);
  for (const auto& [room, relay] : self->state.relays) self->send(relay, sweep_tick::value);
  self->delayed_send(self, sweep_interval, sweep_tick::value);
}

template <class Event>
void tell_room(pointer self, const Event& event) {
  const auto room = self->state.rooms.find(event.room);
  if (room != self->state.rooms.end()) return self->send(room->second, event);
  // Nobody owns it here now, but somebody may still wait for it.
  const auto relay = self->state.relays.find(event.room);
  if (relay != self->state.relays.end()) self->send(relay->second, event);
}

}  // namespace

local_node_actor::behavior_type node_behavior(pointer self, node_deps deps) {
  self->state.machine.emplace(deps.name);
  self->state.deps = std::move(deps);
  self->set_down_handler([self](caf::down_msg& down) { guarded("node", [&] { source_down(self, down.source); }); });
  self->set_exit_handler([self](caf::exit_msg& told) {
    for (const auto& [room, handle] : self->state.rooms) self->send_exit(handle, told.reason);
    for (const auto& [room, relay] : self->state.relays) self->send_exit(relay, told.reason);
    self->quit(told.reason);
  });
  if (self->state.deps.journal) self->delayed_send(self, sweep_interval, sweep_tick::value);
  return {
      [self](const core::find_room& request) -> caf::result<room_actor> {
        if (!self->state.deps.journal) return to_caf({ec::no_upstream, {}, 1});
        auto promise = self->make_response_promise<room_actor>();
        guarded("node",
                [&] { carry_out(self, self->state.machine->find(self->state.finders.add(promise), request.room)); });
        return promise;
      },
      [self](const core::session_ended& ended) {
        if (self->state.door) self->send(self->state.door, ended);
      },
      [self](const core::cluster_view& view) { guarded("node", [&] { take_view(self, view); }); },
      [self](const core::room_gone& gone) { guarded("node", [&] { tell_room(self, gone); }); },
      [self](const core::member_removed& who) { guarded("node", [&] { tell_room(self, who); }); },
      [](const node_card&) {},
      [](const core::author_erased&) {},
      [](const core::claim_ticket&) -> caf::result<core::ticket_claimed> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::list_live_rooms&) -> caf::result<core::live_rooms> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::drain_node&) -> caf::result<void> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::move_room&) -> caf::result<void> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](find_catalog) -> caf::result<catalog_actor> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const claim_ticket_at&) -> caf::result<core::ticket_claimed> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const announce&) {},
      [](const link_up&) {},
      [self](host_directory& hosted) { self->state.directory = std::move(hosted.directory); },
      [self](const find_relay& request) -> caf::result<local_relay_actor> {
        return guarded("node", [&]() -> caf::result<local_relay_actor> { return relay_for(self, request.room); });
      },
      [self](const relay_idle& idle, const local_relay_actor& relay) {
        guarded("node", [&] { let_go(self, idle.room, relay); });
      },
      [self](find_accounts) -> caf::result<accounts_actor> {
        if (!self->state.accounts) return to_caf({ec::no_upstream, {}, 1});
        return self->state.accounts;
      },
      [self](read_load) { return load(self); },
      [self](host_accounts& hosted) { self->state.accounts = std::move(hosted.accounts); },
      [self](host_door& hosted) { self->state.door = std::move(hosted.door); },
      [self](host_catalog& hosted) { self->state.catalog = std::move(hosted.catalog); },
      [self](join_cluster& request) {
        self->state.record = std::move(request.record);
        guarded("node", [&] { enter_cluster(self); });
        self->delayed_send(self, beat_interval, beat_tick::value);
      },
      [self](watch_view& request) {
        self->state.watchers.push_back(std::move(request.watcher));
        self->state.watchers.back()->view_changed(self->state.machine->view());
      },
      [self](core::retire_room) {
        guarded("node", [&] {
          carry_out(self, self->state.machine->drain());
          send_beat(self);
        });
      },
      [self](beat_tick) {
        guarded("node", [&] { send_beat(self); });
        self->delayed_send(self, beat_interval, beat_tick::value);
      },
      [self](sweep_tick) { guarded("node", [&] { sweep(self); }); },
  };
}

}  // namespace greenroom::actors
