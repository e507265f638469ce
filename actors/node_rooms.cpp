#include "actors/node_rooms.hpp"

#include <caf/send.hpp>

#include <algorithm>

#include "actors/guarded.hpp"
#include "actors/node_cluster.hpp"
#include "actors/relay_actor.hpp"
#include "actors/room_actor.hpp"

namespace greenroom::actors {
namespace {

constexpr auto open_timeout = std::chrono::seconds(10);
constexpr auto forward_timeout = std::chrono::seconds(3);

void open(node_pointer self, core::open_room request) {
  const auto room = request.room;
  self->request(self->state.deps.journal, open_timeout, std::move(request))
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
              carry_out(self, self->state.cluster->room_refused(why.code));
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
                                           st.deps.journal, st.deps.clock, st.deps.metrics, st.people,
                                           local_node_actor(self), st.deps.follower});
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

}  // namespace

core::node_load load(node_pointer self) {
  const auto& st = self->state;
  return {st.deps.connections ? st.deps.connections->load(std::memory_order_relaxed) : 0u,
          static_cast<std::uint32_t>(st.machine->rooms())};
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

bool room_down(node_pointer self, const caf::actor_addr& source) {
  auto& st = self->state;
  const auto room = st.room_of.extract(source);
  if (!room) return false;
  st.rooms.erase(room.mapped());
  carry_out(self, st.machine->stopped(room.mapped()));
  return true;
}

void relay_down(node_pointer self, const caf::actor_addr& source) {
  std::erase_if(self->state.relays, [&](const auto& one) { return one.second.address() == source; });
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

// At once: the room's owner may be silent, and never say that it is over.
void look_again_since(node_pointer self, const core::cluster_view& before) {
  auto& st = self->state;
  for (const auto& [room, relay] : st.relays)
    self->send(relay, look_again{core::placement(before, room) != core::placement(st.machine->view(), room)});
}

core::live_rooms list(node_pointer self, const core::list_live_rooms& request) {
  std::vector<core::live_room> rooms;
  rooms.reserve(self->state.rooms.size());
  for (const auto& [room, where] : self->state.rooms) rooms.push_back({room, where.epoch});
  return core::page_of(std::move(rooms), request.after);
}

}  // namespace greenroom::actors
