#include <algorithm>
#include <tuple>

#include "core/direct.hpp"
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

// The reactions of the user count on; with `erase` they go, and all that is on messages of theirs.
void disown_reactions(room& in, const core::user_id& user, bool erase) {
  const core::user_id former{erased_name(user)};
  const auto is_emptied = [&](core::seq_no message) { return erase && in.log[message.value - 1].author == user; };
  std::erase_if(in.pins, [&](const auto& one) { return is_emptied(one.first); });
  std::erase_if(in.reactions, [&](const auto& one) { return is_emptied(one.first); });
  for (auto& [message, all] : in.reactions) {
    std::set<reaction> after;
    for (auto one : all) {
      if (one.by == user && erase) continue;
      if (one.by == user) one.by = former;
      after.insert(std::move(one));
    }
    all = std::move(after);
  }
}

bool is_direct(const room& which) { return core::nature_of(which.info.room) == core::room_nature::direct; }

// Takes the author from what the user wrote, and with `erase` empties messages.
void disown(room& in, const core::user_id& user, bool erase, core::deletion_receipt& receipt) {
  disown_reactions(in, user, erase);
  bool emptied = false;
  in.mentions.erase(user);
  for (auto& entry : in.log) {
    if (entry.subject == user) entry.subject = nobody;
    if (entry.author != user) continue;
    const bool empties = erase && core::is_written(entry.kind);
    if (empties) in.forget_mentions_of(entry.seq);
    if (empties) core::empty_out(entry, {});
    emptied = emptied || empties;
    ++(empties ? receipt.erased : receipt.anonymised);
    in.ids.erase(id_key(entry.author, entry.client_id));
    entry.author = nobody;
    entry.client_id.clear();
  }
  if (emptied) ++in.membership;
}

}  // namespace

bool room_store::goes_with(const room& which, const core::user_id& user, const core::deletion_choices& choices) {
  if (which.info.is_open() || !which.members.contains(user)) return false;
  return !choices.keep_rooms || is_direct(which) || which.members.size() == 1;
}

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
  row.choices = request.choices;
  database_->deletions.emplace(request.operation, row);
  for (auto& [name, each] : database_->rooms) {
    if (each->is_hidden() || !goes_with(*each, request.user, request.choices)) continue;
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
      if (other.second.state == phase::hidden && (!other.second.choices.keep_rooms || is_direct(*each)) &&
          std::any_of(each->members.begin(), each->members.end(),
                      [&](const auto& member) { return name_hash(member.first) == other.second.account; }))
        each->hidden = other.first;
  }
  return core::done{};
}

void room_store::leave(room& from, const core::user_id& user, core::deletion_receipt& receipt) {
  const auto ended = from.members.erase(user);
  receipt.memberships += ended;
  if (ended > 0) ++from.membership;
  if (from.info.owner != user) return;
  const std::pair<const core::user_id, membership>* longest = nullptr;
  for (const auto& member : from.members)
    if (!database_->refuses(member.first) && (longest == nullptr || member.second.since < longest->second.since))
      longest = &member;
  from.info.owner = longest == nullptr ? nobody : longest->first;
  if (longest != nullptr) ++receipt.passed_on;
}

void room_store::begin_purge(const core::purge_rooms& request, tombstone& row) {
  row.state = phase::purging;
  database_->own_settings.erase(request.user);
  database_->devices.erase(request.user);
  database_->blocks.erase(request.user);
  for (auto& theirs : database_->blocks) theirs.second.erase(request.user);
  for (auto& [name, each] : database_->rooms) {
    if (goes_with(*each, request.user, row.choices)) {
      if (!each->is_hidden()) ++each->epoch;
      each->hidden = request.operation;
      continue;
    }
    leave(*each, request.user, row.receipt);
    forget_sanctions(*each, request.user);
    each->drafts.erase(request.user);
    std::erase_if(each->invites, [&](const auto& one) { return one.second.by == request.user; });
    disown(*each, request.user, row.choices.erase_messages, row.receipt);
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
    if (const auto hidden = hide({request.operation, request.lease, request.user, request.choices}); !hidden)
      return hidden.why();
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
