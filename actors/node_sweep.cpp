#include "actors/node_sweep.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "actors/guarded.hpp"
#include "actors/node_cluster.hpp"

namespace greenroom::actors {
namespace {

constexpr auto sweep_timeout = std::chrono::seconds(10);

}  // namespace

// Compares the heads of logs with those delivered, so that a silent loss is seen.
void tell_heads(node_pointer self) {
  auto& st = self->state;
  if (st.relays.empty()) return;
  const auto catalog = catalog_in_turn(self, nullptr);
  if (!catalog) return;
  core::read_heads request;
  for (const auto& [room, relay] : st.relays) request.rooms.push_back(room);
  self->request(catalog, sweep_timeout, std::move(request))
      .then(
          [self](const core::room_heads& answer) {
            for (const auto& head : answer.heads) {
              const auto relay = self->state.relays.find(head.room);
              if (relay != self->state.relays.end()) self->send(relay->second, head);
            }
          },
          [](const caf::error&) {});  // the next round tells
}

// Compares the epochs and membership numbers of all live rooms with the database, in one statement: lost rooms retire,
// and a private room whose members were changed elsewhere reads them again.
void check_all(node_pointer self) {
  auto& st = self->state;
  if (st.rooms.empty()) return;
  const auto asked = st.deps.clock->now().mono;
  check_epochs request;
  request.rooms.reserve(st.rooms.size());
  for (const auto& [room, where] : st.rooms) request.rooms.push_back(where.key);
  self->request(st.deps.journal, sweep_timeout, request)
      .then(
          [self, asked, keys = request.rooms](const epochs_checked& answer) {
            std::unordered_map<core::room_key, core::room_standing> newest;
            for (const auto key : keys) newest.emplace(key, core::room_standing{});
            for (const auto& one : answer.newest)
              newest.insert_or_assign(one.room, core::room_standing{one.epoch, one.membership});
            for (auto& [room, where] : self->state.rooms) {
              const auto known = newest.find(where.key);
              if (known == newest.end()) continue;  // opened since then
              where.epoch = std::max(where.epoch, known->second.epoch);
              self->send(where.handle, epoch_checked{known->second, asked});
            }
          },
          [](const caf::error&) {});  // a database that can't be asked doesn't make an owner wrong
}

}  // namespace greenroom::actors
