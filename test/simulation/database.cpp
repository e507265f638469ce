#include "test/simulation/database.hpp"

#include <algorithm>

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
  out.is_private = room.info.is_private;
  out.owner = room.info.owner;
  out.membership = room.membership;
  if (out.is_private) out.members.assign(room.members.begin(), room.members.end());
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
    out.repeated.push_back({i, first.seq, first.at, first.text == entry.text});
  }
  if (!out.repeated.empty()) return out;
  if (room->epoch != wanted.epoch || wanted.entries.front().seq.value != room->log.size() + 1)
    return {kind::fenced, {}};
  check_.appended(room->info.generation, wanted.entries);
  for (const auto& entry : wanted.entries) {
    if (!entry.client_id.empty())
      room->ids.emplace(std::pair{core::folded(entry.author.value), entry.client_id}, entry.seq);
    room->log.push_back(entry);
    room->log.back().poster = {};
  }
  return {kind::stored, {}};
}

core::change_result database::change_member(const member_change& wanted) {
  using what = core::change_result;
  auto* const room = find(wanted.room);
  if (room == nullptr || room->epoch != wanted.epoch || room->log.size() != wanted.head.value) return what::fenced;
  if (wanted.add)
    room->members.insert(wanted.member);
  else
    room->members.erase(wanted.member);
  check_.member_changed(room->info.generation, wanted.member, wanted.add, false);
  return what::changed;
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

// ---- the catalog

core::room_entered database::make(const core::room_id& name, const core::user_id& owner, bool is_private,
                                  const std::vector<core::user_id>& members, core::generation_id fresh) {
  auto made = std::make_unique<row>();
  made->info = {name, owner, is_private, fresh, {}, {}};
  made->key = {++last_key_};
  made->members.insert(owner);
  made->members.insert(members.begin(), members.end());
  check_.room_made(name, fresh, is_private, {made->members.begin(), made->members.end()});
  const core::room_entered out{made->info, true};
  rooms_.emplace(name, std::move(made));
  return out;
}

bool database::admits(const core::room_id& name, const core::user_id& user) const {
  const auto known = rooms_.find(name);
  return known != rooms_.end() && (!known->second->info.is_private || known->second->members.contains(user));
}

core::result<core::room_info> database::find(const core::room_id& name, const core::user_id& user) const {
  if (!admits(name, user)) return ec::not_found;
  const auto& room = *rooms_.find(name)->second;
  auto out = room.info;
  out.head = {room.log.size()};
  return out;
}

core::result<core::room_entered> database::enter(const core::enter_room& visit, core::generation_id fresh) {
  if (!rooms_.contains(visit.room) && visit.create) return make(visit.room, visit.user, false, {}, fresh);
  const auto found = find(visit.room, visit.user);
  if (!found) return found.why();
  return core::room_entered{*found, false};
}

core::result<core::room_entered> database::create(const core::create_room& wanted, core::generation_id fresh) {
  if (!rooms_.contains(wanted.room)) return make(wanted.room, wanted.owner, wanted.is_private, wanted.members, fresh);
  const auto found = find(wanted.room, wanted.owner);
  if (!found) return found.why();
  return core::room_entered{*found, false};
}

core::status database::delete_room(const core::delete_room& wanted) {
  const auto found = find(wanted.room, wanted.by);
  if (!found) return found.why();
  if (found->owner != wanted.by) return ec::forbidden;
  check_.room_deleted(found->generation);
  rooms_.erase(wanted.room);
  return core::done{};
}

core::result<core::history_page> database::read_history(const core::read_history& wanted) const {
  if (!admits(wanted.room, wanted.viewer)) return ec::not_found;
  const auto& log = rooms_.find(wanted.room)->second->log;
  const bool ahead = wanted.after || wanted.from_start;
  const std::size_t end = wanted.before ? std::min<std::size_t>(log.size(), wanted.before.value - 1) : log.size();
  std::size_t from = std::min<std::size_t>(wanted.after.value, end), to = end;
  if (ahead)
    to = std::min<std::size_t>(end, from + wanted.limit);
  else
    from = end - std::min<std::size_t>(end, wanted.limit);
  core::history_page out;
  for (auto i = from; i < to; ++i) {
    out.entries.push_back(log[i]);
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
  if (known == rooms_.end() || !known->second->info.is_private || known->second->info.owner == member) return;
  auto& room = *known->second;
  ++room.membership;
  if (add)
    room.members.insert(member);
  else
    room.members.erase(member);
  check_.member_changed(room.info.generation, member, add, true);
}

}  // namespace greenroom::simulation
