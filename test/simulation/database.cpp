#include "test/simulation/database.hpp"

#include <algorithm>

#include "core/direct.hpp"
#include "core/folding.hpp"

namespace greenroom::simulation {

database::row* database::find(core::room_key key) {
  for (const auto& [name, room] : rooms_)
    if (room->key == key) return room.get();
  return nullptr;
}

// ---- the journal

core::result<core::room_opened> database::open(const core::open_room& wanted, std::uint32_t tail) {
  const auto found = rooms_.find(wanted.room);
  if (found == rooms_.end()) return ec::not_found;
  auto& room = *found->second;
  if (room.view > wanted.view) return core::error{ec::fenced, room.node.value, 0};
  ++room.epoch;
  room.node = wanted.owner;
  room.view = wanted.view;
  check_.room_opened(room.info.generation);
  core::room_opened out{room.info.room, room.key, room.epoch, room.info.generation, {room.log.size()}, {}};
  const auto from = room.log.size() - std::min<std::size_t>(room.log.size(), tail);
  out.tail.assign(room.log.begin() + static_cast<std::ptrdiff_t>(from), room.log.end());
  out.settings = room.state.settings;
  out.owner = room.state.owner;
  out.membership = room.membership;
  const bool all = core::knows_members(out.settings);
  for (const auto& [member, role] : room.state.members) {
    if (all) out.members.push_back(member);
    if (role == core::room_role::moderator && member != out.owner) out.moderators.push_back(member);
  }
  for (const auto& [user, ban] : room.state.bans) out.bans.push_back({user, {}, {}, ban.until});
  for (const auto& [user, mute] : room.state.mutes) out.mutes.push_back(mute);
  out.blocked = is_blocked(wanted.room);
  return out;
}

core::append_result database::append(const room_append& wanted) {
  using kind = core::append_result::kind;
  auto* const room = find(wanted.room);
  if (room == nullptr) return {kind::fenced, {}};
  core::append_result out{kind::repeated, {}};
  for (std::uint32_t i = 0; i < wanted.entries.size(); ++i) {
    const auto& entry = wanted.entries[i];
    const auto known = room->ids.find({core::folded(entry.author.value), entry.client_id});
    if (entry.client_id.empty() || known == room->ids.end()) continue;
    const auto& first = room->log[known->second.value - 1];
    out.repeated.push_back({i, first.seq, first.at, storage::repeats(first, entry)});
  }
  if (!out.repeated.empty()) return out;
  if (wanted.look_only) return {kind::unchanged, {}};
  if (room->epoch != wanted.epoch || wanted.entries.front().seq.value != room->log.size() + 1)
    return {kind::fenced, {}};
  core::append_result verdict{kind::stored, {}};
  if (wanted.effect) verdict = judge(*room, wanted.entries.front(), *wanted.effect);
  if (verdict.what != kind::stored) return verdict;
  for (const auto& entry : wanted.entries) {
    if (!entry.client_id.empty())
      room->ids.emplace(std::pair{core::folded(entry.author.value), entry.client_id}, entry.seq);
    room->log.push_back(entry);
    room->log.back().poster = {};
    if (core::is_words(entry.kind)) ++room->texts;
  }
  const auto& act = wanted.entries.front();
  if (wanted.effect && !loses_effect()) carry_out(*room, act, *wanted.effect);
  check_.appended(room->info.generation, wanted.entries);
  show_effect(*room, act);
  return verdict;
}

std::vector<room_row> database::standings(const std::vector<core::room_key>& rooms) const {
  std::vector<room_row> out;
  for (const auto& [name, room] : rooms_)
    if (std::find(rooms.begin(), rooms.end(), room->key) != rooms.end())
      out.push_back({room->key, {room->epoch, room->membership}});
  return out;
}

core::view_version database::newest_view() const {
  core::view_version out;
  for (const auto& [name, room] : rooms_) out = std::max(out, room->view);
  return out;
}

core::epoch_no database::epoch_of(core::room_key key) const {
  for (const auto& [name, room] : rooms_)
    if (room->key == key) return room->epoch;
  return {};
}

// ---- the catalog

core::room_entered database::make(const core::room_id& name, const core::user_id& owner, core::room_access access,
                                  const std::vector<core::user_id>& members, core::generation_id fresh) {
  auto made = std::make_unique<row>();
  made->info.room = name;
  made->info.generation = fresh;
  made->key = {++last_key_};
  made->state.settings.access = access;
  made->state.owner = owner;
  made->state.members.emplace(owner, core::room_role::member);
  for (const auto& one : members) made->state.members.emplace(one, core::room_role::member);
  if (core::nature_of(name) == core::room_nature::direct) made->state.members.erase(owner);
  mark_newcomers(*made, {});
  check_.room_made(name, fresh, made->state);
  const core::room_entered out{info_of(*made), true};
  rooms_.emplace(name, std::move(made));
  return out;
}

core::room_info database::info_of(const row& room) {
  auto out = room.info;
  out.owner = room.state.owner;
  out.settings = room.state.settings;
  out.head = {room.log.size()};
  return out;
}

core::error database::refusal_of(const row& room, const core::user_id& user, core::wall_time now) {
  const auto access = room.state.settings.access;
  const bool is_member = room.state.members.contains(user);
  const auto* const ban = holding(room.state.bans, user, now);
  if (access == core::room_access::secret) return {is_member && ban == nullptr ? ec::none : ec::not_found, {}, 0};
  if (ban != nullptr) return {ec::banned, {}, 0, std::make_shared<core::sanction>(*ban)};
  return {access == core::room_access::open || is_member ? ec::none : ec::forbidden, {}, 0};
}

bool database::admits(const core::room_id& name, const core::user_id& user, core::wall_time now) const {
  const auto known = rooms_.find(name);
  return known != rooms_.end() && refusal_of(*known->second, user, now).code == ec::none;
}

core::result<core::room_info> database::find(const core::room_id& name, const core::user_id& user,
                                             core::wall_time now) const {
  const auto known = rooms_.find(name);
  if (known == rooms_.end()) return ec::not_found;
  if (auto why = refusal_of(*known->second, user, now); why.code != ec::none) return why;
  return info_of(*known->second);
}

core::result<core::room_entered> database::enter(const core::enter_room& visit, core::generation_id fresh,
                                                 core::wall_time now) {
  if (!rooms_.contains(visit.room) && visit.create)
    return make(visit.room, visit.user, core::room_access::open, {}, fresh);
  auto found = find(visit.room, visit.user, now);
  if (!found) return found.why();
  return core::room_entered{std::move(*found), false};
}

core::result<core::room_entered> database::create(const core::create_room& wanted, core::generation_id fresh,
                                                  core::wall_time now) {
  if (!rooms_.contains(wanted.room)) return make(wanted.room, wanted.owner, wanted.access, wanted.members, fresh);
  return enter({wanted.room, wanted.owner, false}, fresh, now);
}

core::status database::join_members(const core::join_members& wanted, core::wall_time now) {
  const auto known = rooms_.find(wanted.room);
  if (known == rooms_.end()) return ec::not_found;
  auto& room = *known->second;
  if (const auto why = refusal_of(room, wanted.user, now); why.code != ec::none) return why;
  if (!room.state.members.emplace(wanted.user, core::room_role::member).second) return core::done{};
  mark_newcomers(room, {room.log.size()});
  if (core::knows_members(room.state.settings)) ++room.membership;
  check_.member_changed(room.info.generation, wanted.user, true);
  check_.stands(room.info.generation, room.state);
  return core::done{};
}

core::status database::delete_room(const core::delete_room& wanted, core::wall_time now) {
  const auto found = find(wanted.room, wanted.by, now);
  if (!found) return found.why();
  if (found->owner != wanted.by) return ec::forbidden;
  check_.room_deleted(found->generation);
  rooms_.erase(wanted.room);
  return core::done{};
}

core::result<core::history_page> database::read_history(const core::read_history& wanted, core::wall_time now) const {
  if (const auto found = find(wanted.room, wanted.viewer, now); !found) return found.why();
  const auto& log = rooms_.find(wanted.room)->second->log;
  const bool ahead = wanted.after || wanted.from_start;
  const std::size_t end = wanted.before ? std::min<std::size_t>(log.size(), wanted.before.value - 1) : log.size();
  std::size_t from = std::min<std::size_t>(wanted.after.value, end), to = end;
  if (ahead)
    to = std::min<std::size_t>(end, from + wanted.limit);
  else
    from = end - std::min<std::size_t>(end, wanted.limit);
  core::history_page out;
  out.as_of = {log.size()};
  core::folding folding(wanted.viewer);
  const auto folds = wrong_.fold_late ? log.size() - std::min<std::size_t>(log.size(), 3) : log.size();
  for (auto i = from; i < log.size(); ++i)
    if (i < to || (i < folds && log[i].target.value > from && log[i].target.value <= to)) folding.hear(log[i]);
  for (auto i = from; i < to; ++i) {
    auto message = folding.find({i + 1});
    out.entries.push_back(message ? std::move(message->entry) : log[i]);
    if (message && core::is_changed(message->state)) out.states.push_back(std::move(message->state));
    if (log[i].author != wanted.viewer) out.entries.back().client_id.clear();
  }
  out.more = ahead ? to < end : from > 0;
  return out;
}

core::room_heads database::read_heads(const core::read_heads& wanted) const {
  core::room_heads out;
  for (const auto& name : wanted.rooms)
    if (const auto known = rooms_.find(name); known != rooms_.end())
      out.heads.push_back({name, {known->second->log.size()}});
  return out;
}

void database::change_elsewhere(const core::room_id& name, const core::user_id& member, bool add) {
  const auto known = rooms_.find(name);
  if (known == rooms_.end()) return;
  auto& room = *known->second;
  auto& state = room.state;
  if (state.owner == member || state.members.contains(member) == add || (add && state.bans.contains(member))) return;
  if (core::nature_of(name) == core::room_nature::direct) return;
  ++room.membership;
  if (add)
    state.members.emplace(member, core::room_role::member);
  else
    state.members.erase(member);
  mark_newcomers(room, {room.log.size()});
  check_.member_changed(room.info.generation, member, add);
  check_.stands(room.info.generation, state);
}

}  // namespace greenroom::simulation
