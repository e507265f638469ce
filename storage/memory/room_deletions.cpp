#include <algorithm>
#include <tuple>

#include "storage/memory/room_store.hpp"

namespace greenroom::storage::memory {
namespace {

using phase = tombstone::phase;

const core::user_id nobody{"deleted"};

// Those about the user go, those by the user stay.
void forget_sanctions(room& of, const core::user_id& user) {
  for (auto* const sanctions : {&of.bans, &of.mutes}) {
    sanctions->erase(user);
    for (auto& [about, each] : *sanctions)
      if (each.what.by == user) each.what.by = nobody;
  }
}

}  // namespace

core::status room_store::hide(const core::hide_rooms& request) {
  if (const auto known = database_->deletions.find(request.operation); known != database_->deletions.end()) {
    tombstone& row = known->second;
    if (request.lease < row.lease) return core::ec::fenced;
    if (row.state != phase::hidden) return core::ec::conflict;
    row.lease = request.lease;
    return core::done{};
  }
  if (database_->refuses(request.user)) return core::ec::conflict;
  tombstone row;
  row.lease = request.lease;
  row.account = name_hash(request.user);
  database_->deletions.emplace(request.operation, row);
  for (auto& [name, each] : database_->rooms) {
    if (each->info.is_open() || each->is_hidden() || !each->members.contains(request.user)) continue;
    each->hidden = request.operation;
    ++each->epoch;
    ++each->membership;
  }
  return core::done{};
}

core::result<hidden_rooms> room_store::hide_rooms(const core::hide_rooms& request, core::wall_time) {
  const std::lock_guard lock(database_->guard);
  if (const auto done = hide(request); !done) return done.why();
  hidden_rooms answer;
  for (const auto& [name, each] : database_->rooms)
    if (each->hidden == request.operation) answer.rooms.push_back(each->info.room);
  return answer;
}

core::status room_store::restore_rooms(const core::restore_rooms& request, core::wall_time) {
  const std::lock_guard lock(database_->guard);
  tombstone missing;
  missing.state = phase::restored;
  missing.lease = request.lease;
  tombstone& row = database_->deletions.emplace(request.operation, missing).first->second;
  if (request.lease < row.lease) return core::ec::fenced;
  if (row.state == phase::purging || row.state == phase::purged) return core::ec::conflict;
  row.state = phase::restored;
  row.lease = request.lease;
  for (auto& [name, each] : database_->rooms) {
    if (each->hidden != request.operation) continue;
    each->hidden = {};
    ++each->membership;
    // Includes rooms hidden by another deletion: now this one hides them.
    for (const auto& other : database_->deletions)
      if (other.second.state == phase::hidden &&
          std::any_of(each->members.begin(), each->members.end(),
                      [&](const auto& member) { return name_hash(member.first) == other.second.account; }))
        each->hidden = other.first;
  }
  return core::done{};
}

void room_store::leave(room& open_room, const core::user_id& user, core::deletion_receipt& receipt) {
  const auto ended = open_room.members.erase(user);
  receipt.memberships += ended;
  if (ended > 0) ++open_room.membership;
  if (open_room.info.owner != user) return;
  const std::pair<const core::user_id, membership>* longest = nullptr;
  for (const auto& member : open_room.members)
    if (!database_->refuses(member.first) && (longest == nullptr || member.second.since < longest->second.since))
      longest = &member;
  open_room.info.owner = longest == nullptr ? nobody : longest->first;
  if (longest != nullptr) ++receipt.passed_on;
}

void room_store::begin_purge(const core::purge_rooms& request, tombstone& row) {
  row.state = phase::purging;
  for (auto& [name, each] : database_->rooms) {
    if (!each->info.is_open() && each->members.contains(request.user)) {
      each->hidden = request.operation;
      continue;
    }
    if (each->info.is_open()) leave(*each, request.user, row.receipt);
    forget_sanctions(*each, request.user);
    std::erase_if(each->invites, [&](const auto& row) { return row.second.by == request.user; });
    for (auto& entry : each->log) {
      if (entry.subject == request.user) entry.subject = nobody;
      if (entry.author != request.user) continue;
      each->ids.erase(id_key(entry.author, entry.client_id));
      entry.author = nobody;
      entry.client_id.clear();
      ++row.receipt.anonymised;
    }
  }
}

bool room_store::purge_hidden(const core::operation_id& operation, std::uint64_t chunk,
                              core::deletion_receipt& receipt) {
  for (auto at = database_->rooms.begin(); at != database_->rooms.end();) {
    room& hidden = *at->second;
    if (hidden.hidden != operation) {
      ++at;
      continue;
    }
    const auto gone = std::min<std::uint64_t>(chunk, hidden.log.size());
    hidden.log.erase(hidden.log.begin(), hidden.log.begin() + static_cast<std::ptrdiff_t>(gone));
    receipt.messages += gone;
    chunk -= gone;
    if (!hidden.log.empty()) return true;
    ++receipt.rooms;
    database_->by_key.erase(hidden.key);
    at = database_->rooms.erase(at);
  }
  return false;
}

core::result<purged_chunk> room_store::purge_rooms(const core::purge_rooms& request, std::uint32_t chunk,
                                                   core::wall_time) {
  const std::lock_guard lock(database_->guard);
  if (!database_->deletions.contains(request.operation))
    if (const auto hidden = hide({request.operation, request.lease, request.user}); !hidden) return hidden.why();
  tombstone& row = database_->deletions.at(request.operation);
  if (request.lease < row.lease) return core::ec::fenced;
  if (row.state == phase::restored) return core::ec::conflict;
  row.lease = request.lease;
  if (row.state == phase::hidden) begin_purge(request, row);
  const bool more = purge_hidden(request.operation, chunk, row.receipt);
  if (!more) row.state = phase::purged;
  return purged_chunk{row.receipt, more};
}

core::result<core::operation_id> room_store::find_deletion(const core::user_id& user) {
  const std::lock_guard lock(database_->guard);
  const auto account = name_hash(user);
  for (const auto& [operation, row] : database_->deletions)
    if (row.account == account && (row.state == phase::hidden || row.state == phase::purging)) return operation;
  return core::ec::not_found;
}

}  // namespace greenroom::storage::memory
