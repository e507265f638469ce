#include "test/simulation/node_shell.hpp"

#include <algorithm>

#include "test/simulation/catalog_shell.hpp"
#include "test/simulation/journal_shell.hpp"
#include "test/simulation/relay_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr seconds node_sweep_interval{2}, node_timeout{10}, forward_timeout{3};
constexpr unsigned sweeps_per_heads = 10;

}  // namespace

node_shell::node_shell(process& home, actor_no number, deps with)
    : actor(home, number),
      deps_(std::move(with)),
      machine_(home.name()),
      cluster_(home.name(), deps_.journal ? core::rooms_here::yes : core::rooms_here::no) {
  if (deps_.journal) send_later(this, node_sweep_interval, sweep_tick{});
}

// ---- effects

void node_shell::carry_out(core::node_effects out) {
  for (auto& what : out.open) open(std::move(what));
  for (const auto& what : out.forward) forward(what);
  for (auto& opened : out.spawn) spawn_room(std::move(opened));
  for (const auto& [asker, room] : out.found) give_room(asker, room);
  for (const auto& [asker, why] : out.refused) askers_.refuse(asker, why);
  for (const auto& [room, why] : out.retire)
    if (const auto known = rooms_.find(room); known != rooms_.end()) send(known->second.at, core::retire_room{why});
  if (machine_.drained())
    for (auto& owed : std::exchange(draining_, {})) owed.keep(drained{});
}

void node_shell::open(core::open_room what) {
  const auto room = what.room;
  if (!deps_.journal) return carry_out(machine_.opened(room, ec::no_upstream));
  request<core::room_opened>(deps_.journal, node_timeout, std::move(what),
                             [this, room](core::result<core::room_opened> opened) {
                               if (!opened) carry_out(cluster_.room_refused(opened.code()));
                               carry_out(machine_.opened(room, std::move(opened)));
                             });
}

void node_shell::forward(const core::room_forward& what) {
  const auto asker = what.asker;
  const auto failed = [this, asker](const core::error& why) { carry_out(machine_.forward_failed(asker, why)); };
  const auto peer = peers_.find(what.to);
  if (peer == peers_.end()) return failed({ec::unavailable, {}, 1});
  request<room_found>(peer->second.node, forward_timeout, core::find_room{what.room, true},
                      [this, asker, failed](core::result<room_found> found) {
                        if (!found) return failed(found.why());
                        if (!found->at) return failed({ec::unavailable, {}, 1});
                        machine_.forward_answered(asker);
                        askers_.keep(asker, std::move(*found));
                      });
}

void node_shell::spawn_room(core::room_opened opened) {
  const auto room = opened.room;
  const auto key = opened.key;
  const auto at =
      home().spawn<room_shell>(room_shell::deps{std::move(opened), deps_.limits, machine_.view().version, deps_.journal,
                                                roles_.people, deps_.sabotage, self(this), deps_.follower});
  monitor(at);
  rooms_[room] = {at, key};
}

void node_shell::give_room(core::asker_id asker, const core::room_id& room) {
  if (const auto known = rooms_.find(room); known != rooms_.end())
    askers_.keep(asker, room_found{known->second.at});
  else
    askers_.refuse(asker, {ec::unavailable, {}, 1});
}

void node_shell::down(const address& source) {
  const auto room =
      std::find_if(rooms_.begin(), rooms_.end(), [&](const auto& one) { return one.second.at == source; });
  if (room != rooms_.end()) {
    const auto name = room->first;
    rooms_.erase(room);
    return carry_out(machine_.stopped(name));
  }
  if (peer_down(source) || home_down(source)) return;
  std::erase_if(relays_, [&](const auto& one) { return one.second == source; });
}

// ---- rooms and relays

void node_shell::receive(core::find_room& what, promise<room_found> owed) {
  carry_out(machine_.find(askers_.add(std::move(owed)), what.room, what.forwarded));
}

void node_shell::receive(find_relay& what, promise<handle<relay_shell>> owed) {
  auto& relay = relays_[what.room];
  if (!relay) {
    relay = home().spawn<relay_shell>(relay_shell::deps{what.room, {++last_topic_}, self(this), deps_.audience});
    monitor(relay);
  }
  owed.keep(relay);
}

void node_shell::receive(relay_idle& idle) {
  const auto known = relays_.find(idle.room);
  if (known == relays_.end() || !(known->second == idle.relay)) return;
  relays_.erase(known);
  send_exit(idle.relay);
}

void node_shell::receive(sweep_tick&) {
  check_all();
  if (++sweeps_ % sweeps_per_heads == 0) tell_heads();
  for (const auto& [room, where] : rooms_) send(where.at, sweep_tick{});
  for (const auto& [room, relay] : relays_) send(relay, sweep_tick{});
  send_later(this, node_sweep_interval, sweep_tick{});
}

void node_shell::check_all() {
  if (rooms_.empty()) return;
  const auto asked = home().now().mono;
  check_epochs what;
  for (const auto& [room, where] : rooms_) what.rooms.push_back(where.key);
  auto keys = what.rooms;
  request<epochs_checked>(deps_.journal, node_timeout, std::move(what),
                          [this, asked, keys = std::move(keys)](const core::result<epochs_checked>& answer) {
                            if (!answer) return;
                            std::map<core::room_key, core::room_standing> newest;
                            for (const auto key : keys) newest.emplace(key, core::room_standing{});
                            for (const auto& one : answer->newest) newest.insert_or_assign(one.room, one.standing);
                            for (const auto& [room, where] : rooms_)
                              if (const auto known = newest.find(where.key); known != newest.end())
                                send(where.at, epoch_checked{known->second, asked});
                          });
}

void node_shell::tell_heads() {
  if (!roles_.catalog || relays_.empty()) return;
  core::read_heads what;
  for (const auto& [room, relay] : relays_) what.rooms.push_back(room);
  request<core::room_heads>(roles_.catalog, node_timeout, std::move(what),
                            [this](const core::result<core::room_heads>& answer) {
                              if (!answer) return;
                              for (const auto& head : answer->heads)
                                if (const auto relay = relays_.find(head.room); relay != relays_.end())
                                  send(relay->second, head);
                            });
}

}  // namespace greenroom::simulation
