#include "actors/node_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/guarded.hpp"
#include "actors/node_cluster.hpp"
#include "actors/node_counts.hpp"
#include "actors/node_homes.hpp"
#include "actors/node_news.hpp"
#include "actors/node_rooms.hpp"
#include "actors/node_sweep.hpp"
#include "actors/people_actor.hpp"

namespace greenroom::actors {
namespace {

constexpr auto beat_interval = std::chrono::seconds(1);
constexpr auto node_sweep_interval = std::chrono::seconds(2);
constexpr unsigned sweeps_per_heads = 10;
constexpr auto drain_patience = std::chrono::seconds(1);

void source_down(node_pointer self, const caf::actor_addr& source) {
  if (!room_down(self, source) && !peer_down(self, source) && !home_down(self, source)) relay_down(self, source);
}

void sweep(node_pointer self) {
  check_all(self);
  if (++self->state.sweeps % sweeps_per_heads == 0) tell_heads(self);
  for (const auto& [room, where] : self->state.rooms) self->send(where.handle, sweep_tick::value);
  for (const auto& [room, relay] : self->state.relays) self->send(relay, sweep_tick::value);
  self->delayed_send(self, node_sweep_interval, sweep_tick::value);
}

void now_hosts(node_pointer self, core::hosted_role role) {
  guarded("node", [&] { carry_out(self, self->state.cluster->hosted(role)); });
}

void begin_drain(node_pointer self) {
  auto& st = self->state;
  if (st.machine->draining()) return;
  st.machine->drain();
  carry_out(self, st.cluster->drain());
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

caf::result<core::ticket_claimed> claim_here(node_pointer self, core::claim_ticket& what) {
  if (!self->state.door) return to_caf({ec::invalid_ticket, {}, 0});
  return self->delegate(self->state.door, std::move(what));
}

// The database's own actor does it, for it alone uses the connection.
caf::result<core::database_maintained> maintain(node_pointer self, core::maintain_database& request) {
  const auto& st = self->state;
  if (request.database == core::database_name::users && st.accounts) return self->delegate(st.accounts, request);
  if (request.database == core::database_name::chat && st.catalog) return self->delegate(st.catalog, request);
  return to_caf({ec::not_found, "This node hasn't got that database.", 0});
}

}  // namespace

local_node_actor::behavior_type node_behavior(node_pointer self, node_deps deps) {
  const auto rooms = deps.journal ? core::rooms_here::yes : core::rooms_here::no;
  self->state.machine.emplace(deps.name, rooms);
  self->state.cluster.emplace(deps.name, rooms);
  if (rooms == core::rooms_here::yes)
    self->state.people = self->spawn(people_behavior, people_deps{local_node_actor(self), deps.clock});
  self->state.deps = std::move(deps);
  self->set_down_handler([self](caf::down_msg& down) { guarded("node", [&] { source_down(self, down.source); }); });
  self->set_exit_handler([self](caf::exit_msg& told) {
    for (const auto& [room, where] : self->state.rooms) self->send_exit(where.handle, told.reason);
    for (const auto& [room, relay] : self->state.relays) self->send_exit(relay, told.reason);
    for (const auto& [user, home] : self->state.homes) self->send_exit(home, told.reason);
    if (self->state.watch) self->send_exit(self->state.watch, told.reason);
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
      [self](const core::session_ended& ended) { guarded("node", [&] { hear(self, ended); }); },
      [self](const core::cluster_view& view) { guarded("node", [&] { take_view(self, view); }); },
      [self](node_card& card) { guarded("node", [&] { take_card(self, card); }); },
      [self](const core::room_gone& gone) { guarded("node", [&] { hear(self, gone); }); },
      [self](const core::author_erased& who) { guarded("node", [&] { hear(self, who); }); },
      [self](core::register_session& what) { guarded("node", [&] { take_home(self, what); }); },
      [self](core::user_news& news) { guarded("node", [&] { take_home(self, news); }); },
      [self](core::watch_user& what) { guarded("node", [&] { take_home(self, what); }); },
      [self](const core::who_is& asked) { return guarded("node", [&] { return find_out(self, asked); }); },
      [self](const core::count_people& asked) { return guarded("node", [&] { return count(self, asked); }); },
      [self](const core::count_cluster& asked) { return guarded("node", [&] { return count(self, asked); }); },
      [self](const core::roster_changed& where) { guarded("node", [&] { hear(self, where); }); },
      [self](core::claim_ticket& what) { return claim_here(self, what); },
      [self](const core::list_live_rooms& request) -> caf::result<core::live_rooms> { return list(self, request); },
      [self](const core::drain_node&) -> caf::result<void> {
        guarded("node", [&] { begin_drain(self); });
        if (self->state.drain) self->state.drain();
        return caf::unit;
      },
      [self](const core::move_room& move) -> caf::result<void> {
        guarded("node", [&] { carry_out(self, self->state.cluster->pinned(move)); });
        return caf::unit;
      },
      [self](core::administer& request) -> caf::result<core::administered> {
        if (!self->state.accounts) return to_caf({ec::not_found, "This node has no accounts.", 0});
        return self->delegate(self->state.accounts, std::move(request));
      },
      [self](core::maintain_database& request) { return maintain(self, request); },
      [self](const find_relay& request) -> caf::result<local_relay_actor> {
        return guarded("node", [&]() -> caf::result<local_relay_actor> { return relay_for(self, request.room); });
      },
      [self](const relay_idle& idle, const local_relay_actor& relay) {
        guarded("node", [&] { let_go(self, idle.room, relay); });
      },
      [self](const home_idle& idle, const local_user_actor& home) {
        guarded("node", [&] { let_go(self, idle.user, home); });
      },
      [self](watch_people& what, const local_connection_actor& connection) {
        guarded("node", [&] { watch_for(self, what, connection); });
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
      [self](const announce& news) { guarded("node", [&] { tell_all(self, news); }); },
      [self](const link_up& link) { guarded("node", [&] { introduce(self, link.node, true); }); },
      [self](host_directory& hosted) {
        self->state.directory = std::move(hosted.directory);
        now_hosts(self, core::hosted_role::directory);
      },
      [self](read_load) { return load(self); },
      [self](host_accounts& hosted) {
        self->state.accounts = std::move(hosted.accounts);
        now_hosts(self, core::hosted_role::accounts);
      },
      [self](host_door& hosted) {
        self->state.door = std::move(hosted.door);
        now_hosts(self, core::hosted_role::door);
      },
      [self](host_catalog& hosted) {
        self->state.catalog = catalog_actor(hosted.catalog);
        now_hosts(self, core::hosted_role::catalog);
      },
      [self](join_cluster& request) {
        self->state.drain = std::move(request.drain);
        self->state.refused = std::move(request.refused);
        guarded("node", [&] { carry_out(self, self->state.cluster->joined(std::move(request.record))); });
        self->delayed_send(self, beat_interval, beat_tick::value);
      },
      [self](watch_view& request) {
        self->state.watchers.push_back(std::move(request.watcher));
        self->state.watchers.back()->view_changed(self->state.machine->view());
      },
      [self](drain_rooms) { return drain(self); },
      [self](core::find_users& asked) -> caf::result<core::users_found> {
        if (!self->state.people) return to_caf({ec::no_upstream, {}, 1});
        return self->delegate(self->state.people, std::move(asked));
      },
      [self](beat_tick) {
        guarded("node", [&] { carry_out(self, self->state.cluster->tick(self->state.deps.clock->now().mono)); });
        self->delayed_send(self, beat_interval, beat_tick::value);
      },
      [self](leave_tick) { guarded("node", [&] { carry_out(self, self->state.machine->hand_over()); }); },
      [self](sweep_tick) { guarded("node", [&] { sweep(self); }); },
  };
}

}  // namespace greenroom::actors
