#include "storage/memory/journal_store.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/direct.hpp"
#include "storage/memory/acts.hpp"
#include "storage/storable.hpp"

namespace greenroom::storage::memory {
namespace {

using kind = append_outcome::kind;

std::vector<core::room_entry> entries_after(const room& from, std::uint64_t after, std::uint64_t limit) {
  std::vector<core::room_entry> entries;
  for (std::uint64_t at = after; at < from.log.size() && entries.size() < limit; ++at) entries.push_back(from.log[at]);
  return entries;
}

void read_roster(const room& from, core::room_opened& answer) {
  answer.settings = from.info.settings;
  answer.owner = from.info.owner;
  answer.membership = from.membership;
  const bool all = core::knows_members(from.info.settings);
  for (const auto& [member, as] : from.members) {
    if (all) answer.members.push_back(member);
    if (as.role == core::room_role::moderator && member != from.info.owner) answer.moderators.push_back(member);
  }
  for (const auto& [user, ban] : from.bans) answer.bans.push_back({user, {}, {}, ban.what.until});
  for (const auto& [user, mute] : from.mutes) answer.mutes.push_back(mute.what);
}

}  // namespace

core::result<core::room_opened> journal_store::open_one(const core::open_room& wanted, std::uint32_t tail) {
  const auto found = database_->rooms.find(wanted.room);
  if (found == database_->rooms.end() || found->second->is_hidden()) return core::ec::not_found;
  room& opened = *found->second;
  if (opened.view > wanted.view) return core::error{core::ec::fenced, opened.node.value, 0};
  ++opened.epoch;
  opened.node = wanted.owner;
  opened.view = wanted.view;
  const std::uint64_t head = opened.log.size();
  core::room_opened answer{opened.info.room,   opened.key,
                           opened.epoch,       opened.info.generation,
                           core::seq_no{head}, entries_after(opened, head - std::min<std::uint64_t>(head, tail), tail)};
  read_roster(opened, answer);
  if (core::nature_of(opened.info.room) == core::room_nature::direct && opened.members.size() == 2)
    answer.blocked = database_->is_blocked(opened.members.begin()->first, opened.members.rbegin()->first);
  return answer;
}

core::result<std::vector<core::result<core::room_opened>>> journal_store::open(
    const std::vector<core::open_room>& rooms, std::uint32_t tail) {
  const std::lock_guard lock(database_->guard);
  std::vector<core::result<core::room_opened>> answers;
  answers.reserve(rooms.size());
  for (const auto& wanted : rooms) answers.push_back(open_one(wanted, tail));
  return answers;
}

core::ec journal_store::refusal_to_add(const room& into, const core::room_entry& act,
                                       const core::act_effect& effect) const {
  const bool adds = act.kind == core::entry_kind::add || act.kind == core::entry_kind::role;
  if (!adds || effect.what.is_by_invite() || into.members.contains(act.subject)) return core::ec::none;
  if (database_->has_blocked(act.subject, act.author)) return core::ec::blocked;
  return effect.must_agree && !database_->takes_direct(act.subject, act.author) ? core::ec::forbidden : core::ec::none;
}

append_outcome journal_store::append_one(const room_append& wanted) {
  if (!storable(wanted)) return {kind::refused, {}};
  for (const auto& entry : wanted.entries)
    if (database_->refuses(entry.author) || database_->refuses(entry.subject))
      return {kind::refused, {}, core::ec::conflict};
  const auto found = database_->by_key.find(wanted.room);
  if (found == database_->by_key.end()) return {kind::fenced, {}};
  room& into = *found->second;

  append_outcome outcome{kind::repeated, {}};
  std::unordered_set<std::string> fresh;
  for (std::uint32_t i = 0; i < wanted.entries.size(); ++i) {
    const auto& entry = wanted.entries[i];
    if (entry.client_id.empty()) continue;
    auto key = id_key(entry.author, entry.client_id);
    if (const auto known = into.ids.find(key); known != into.ids.end()) {
      const auto& first = into.log[known->second.value - 1];
      outcome.repeated.push_back({i, first.seq, first.at, repeats(first, entry)});
    } else if (!fresh.insert(std::move(key)).second) {
      return {kind::refused, {}};
    }
  }
  if (!outcome.repeated.empty()) return outcome;
  if (wanted.look_only) return {kind::unchanged, {}};
  if (into.epoch != wanted.epoch || wanted.entries.front().seq.value != into.log.size() + 1) return {kind::fenced, {}};

  append_outcome verdict{kind::stored, {}};
  if (wanted.effect) {
    const auto& act = wanted.entries.front();
    verdict = judge(into, act, *wanted.effect);
    if (verdict.what != kind::stored) return verdict;
    if (const auto why = refusal_to_add(into, act, *wanted.effect); why != core::ec::none)
      return {kind::refused, {}, why};
    carry_out(into, act, *wanted.effect);
  }
  for (const auto& entry : wanted.entries) {
    if (!entry.client_id.empty()) into.ids.emplace(id_key(entry.author, entry.client_id), entry.seq);
    into.log.push_back(entry);
    if (core::is_words(entry.kind)) {
      ++into.texts;
      into.said = entry.seq;
    }
    into.log.back().poster = {};
  }
  return verdict;
}

core::result<std::vector<append_outcome>> journal_store::append(std::span<const room_append> rooms) {
  const std::lock_guard lock(database_->guard);
  std::vector<append_outcome> outcomes;
  outcomes.reserve(rooms.size());
  for (const auto& wanted : rooms) outcomes.push_back(append_one(wanted));
  return outcomes;
}

core::result<std::vector<core::room_entry>> journal_store::read(core::room_key room, core::seq_no after,
                                                                std::uint32_t limit) {
  const std::lock_guard lock(database_->guard);
  const auto found = database_->by_key.find(room);
  if (found == database_->by_key.end()) return std::vector<core::room_entry>{};
  return entries_after(*found->second, after.value, limit);
}

core::result<std::vector<room_epoch>> journal_store::epochs(const std::vector<core::room_key>& rooms) {
  const std::lock_guard lock(database_->guard);
  std::vector<room_epoch> known;
  for (const auto key : rooms)
    if (const auto found = database_->by_key.find(key); found != database_->by_key.end() && !found->second->is_hidden())
      known.push_back({key, found->second->epoch, found->second->membership});
  return known;
}

core::result<core::view_version> journal_store::newest_view() {
  const std::lock_guard lock(database_->guard);
  core::view_version newest;
  for (const auto& [name, room] : database_->rooms) newest = std::max(newest, room->view);
  return newest;
}

}  // namespace greenroom::storage::memory
