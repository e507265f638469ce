#include "storage/memory/room_store.hpp"

#include <algorithm>
#include <set>

#include "core/page.hpp"

namespace greenroom::storage::memory {
namespace {

core::room_info described(const room& of) {
  core::room_info info = of.info;
  info.head = core::seq_no{of.log.size()};
  return info;
}

}  // namespace

room* room_store::visible(const core::room_id& name, const core::user_id& viewer) {
  const auto found = database_->rooms.find(name);
  return found != database_->rooms.end() && found->second->open_to(viewer) ? found->second.get() : nullptr;
}

core::result<core::room_entered> room_store::create_room(const core::create_room& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  return make_room(request, now);
}

core::result<core::room_entered> room_store::make_room(const core::create_room& request, core::wall_time now) {
  if (database_->refuses(request.owner)) return core::ec::conflict;
  for (const auto& member : request.members)
    if (database_->refuses(member)) return core::ec::conflict;
  if (database_->rooms.contains(request.room)) {
    const room* const there = visible(request.room, request.owner);
    if (there == nullptr) return core::ec::not_found;
    return core::room_entered{described(*there), false};
  }
  auto made = std::make_shared<room>();
  made->key = ++database_->last_key;
  made->info = {request.room, request.owner, request.is_private, {random_generation()}, {}, now};
  made->members.emplace(request.owner, now);
  for (const auto& member : request.members) made->members.emplace(member, now);
  database_->by_key.emplace(made->key, made);
  database_->rooms.emplace(request.room, made);
  return core::room_entered{described(*made), true};
}

core::result<room_entries> room_store::create_rooms(const std::vector<room_visit>& visits, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  room_entries entered;
  entered.reserve(visits.size());
  for (const auto& [name, user] : visits) entered.push_back(make_room({name, user, false, {}}, now));
  return entered;
}

core::result<room_entries> room_store::find_rooms(const std::vector<room_visit>& visits) {
  const std::lock_guard lock(database_->guard);
  room_entries found;
  found.reserve(visits.size());
  for (const auto& [name, user] : visits) {
    if (const room* const there = visible(name, user))
      found.push_back(core::room_entered{described(*there), false});
    else
      found.push_back(core::ec::not_found);
  }
  return found;
}

core::result<core::room_list> room_store::list_rooms(const core::list_rooms& request) {
  const std::lock_guard lock(database_->guard);
  core::room_list list;
  for (auto at = database_->rooms.upper_bound(request.after); at != database_->rooms.end(); ++at) {
    if (!at->second->open_to(request.viewer)) continue;
    if (list.rooms.size() == request.limit) {
      list.more = true;
      break;
    }
    list.rooms.push_back(described(*at->second));
  }
  return list;
}

core::result<core::member_list> room_store::list_members(const core::list_members& request) {
  const std::lock_guard lock(database_->guard);
  const room* const of = visible(request.room, request.viewer);
  if (of == nullptr) return core::ec::not_found;
  core::member_list list;
  auto at = of->members.upper_bound(request.after);
  for (; at != of->members.end() && list.members.size() < request.limit; ++at) list.members.push_back(at->first);
  list.more = at != of->members.end();
  return list;
}

core::status room_store::add_member(const core::add_member& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.by) || database_->refuses(request.member)) return core::ec::conflict;
  room* const to = visible(request.room, request.by);
  if (to == nullptr) return core::ec::not_found;
  if (to->info.is_private) return core::ec::conflict;
  if (to->info.owner != request.by) return core::ec::forbidden;
  if (to->members.emplace(request.member, now).second) ++to->membership;
  return core::done{};
}

core::status room_store::remove_member(const core::remove_member& request) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.by)) return core::ec::conflict;
  room* const from = visible(request.room, request.by);
  if (from == nullptr) return core::ec::not_found;
  if (from->info.is_private) return core::ec::conflict;
  if (request.by != request.member && request.by != from->info.owner) return core::ec::forbidden;
  if (request.member == from->info.owner) return core::ec::conflict;
  if (from->members.erase(request.member) == 0) return no_member(request.member);
  ++from->membership;
  return core::done{};
}

core::status room_store::delete_room(const core::delete_room& request) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.by)) return core::ec::conflict;
  const room* const found = visible(request.room, request.by);
  if (found == nullptr) return core::ec::not_found;
  if (found->info.owner != request.by) return core::ec::forbidden;
  database_->by_key.erase(found->key);
  database_->rooms.erase(request.room);
  return core::done{};
}

core::result<core::history_page> room_store::read_history(const core::read_history& request) {
  const std::lock_guard lock(database_->guard);
  const room* const of = visible(request.room, request.viewer);
  if (of == nullptr) return core::ec::not_found;
  const std::uint64_t head = of->log.size();
  const std::uint64_t limit = request.limit;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  if (request.after || request.from_start) {
    from = std::min(request.after.value, head);
    to = from + std::min(limit, head - from);
  } else {
    to = request.before ? std::min(request.before.value - 1, head) : head;
    from = to - std::min(limit, to);
  }
  using direction = core::page_builder::direction;
  const bool forward = request.after || request.from_start;
  core::page_builder page(forward ? direction::forward : direction::backward);
  for (std::uint64_t at = from; at < to; ++at) {
    auto entry = of->log[at];
    if (entry.author != request.viewer) entry.client_id.clear();
    page.add(std::move(entry));
  }
  const bool more = page.cut() || (forward ? to < head : from > 0);
  return core::history_page{page.take(), more};
}

core::result<core::room_heads> room_store::read_heads(const core::read_heads& request) {
  const std::lock_guard lock(database_->guard);
  core::room_heads heads;
  for (const auto& name : request.rooms)
    if (const auto found = database_->rooms.find(name); found != database_->rooms.end() && !found->second->is_hidden())
      heads.heads.push_back({found->second->info.room, core::seq_no{found->second->log.size()}});
  return heads;
}

core::result<bool> room_store::members_swept() {
  const std::lock_guard lock(database_->guard);
  return database_->members_swept;
}

core::status room_store::note_members_swept() {
  const std::lock_guard lock(database_->guard);
  database_->members_swept = true;
  return core::done{};
}

core::result<std::vector<core::user_id>> room_store::member_names(const core::user_id& after, std::uint32_t limit) {
  const std::lock_guard lock(database_->guard);
  std::set<core::user_id> names;
  for (const auto& [name, each] : database_->rooms)
    for (const auto& [member, added] : each->members)
      if (after < member && member.value != "deleted" && member.value != "system") names.insert(member);
  std::vector<core::user_id> page(names.begin(), names.end());
  if (page.size() > limit) page.resize(limit);
  return page;
}

core::status room_store::remove_strangers(const std::vector<core::user_id>& names, core::wall_time before) {
  const std::lock_guard lock(database_->guard);
  for (const auto& [name, each] : database_->rooms)
    for (const auto& stranger : names)
      if (const auto found = each->members.find(stranger);
          found != each->members.end() && found->second < before && each->info.owner != stranger) {
        each->members.erase(found);
        ++each->membership;
      }
  return core::done{};
}

core::result<std::vector<core::user_id>> room_store::list_people(const core::user_id& after, std::uint32_t limit) {
  const std::lock_guard lock(database_->guard);
  std::set<core::user_id> people;
  for (const auto& [name, each] : database_->rooms) {
    people.insert(each->info.owner);
    for (const auto& member : each->members) people.insert(member.first);
    for (const auto& entry : each->log) people.insert(entry.author);
  }
  people.erase({"system"});
  people.erase({"deleted"});
  std::vector<core::user_id> page;
  for (auto at = people.upper_bound(after); at != people.end() && page.size() < limit; ++at) page.push_back(*at);
  return page;
}

core::result<std::uint64_t> room_store::count_rooms() {
  const std::lock_guard lock(database_->guard);
  return static_cast<std::uint64_t>(std::count_if(database_->rooms.begin(), database_->rooms.end(),
                                                  [](const auto& row) { return !row.second->is_hidden(); }));
}

}  // namespace greenroom::storage::memory
