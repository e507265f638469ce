// Direct rooms, and what people keep for themselves.
#include "core/direct.hpp"

#include <algorithm>
#include <utility>

#include "storage/memory/room_store.hpp"

namespace greenroom::storage::memory {
namespace {

void raise_membership_of(chat_database& in, const core::user_id& one, const core::user_id& other) {
  if (const auto found = in.rooms.find(core::direct_room_of(one, other)); found != in.rooms.end())
    ++found->second->membership;
}

}  // namespace

core::result<core::room_entered> room_store::open_direct(const core::open_direct& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  core::create_room made{request.room, {"system"}, core::room_access::secret, request.with};
  made.members.push_back(request.by);
  if (database_->refuses(request.by)) return core::ec::conflict;
  for (const auto& person : request.with)
    if (database_->refuses(person)) return core::ec::no_user;
  if (database_->rooms.contains(request.room)) {
    const auto there = enter(request.room, request.by, now);
    if (!there) return there.why();
    auto info = (*there)->info;
    info.head = core::seq_no{(*there)->log.size()};
    return core::room_entered{std::move(info), false};
  }
  for (const auto& person : request.with) {
    if (person == request.by) continue;
    if (database_->is_blocked(person, request.by)) return core::ec::blocked;
    if (!database_->takes_direct(person, request.by, request.by_nick)) return core::ec::forbidden;
  }
  auto opened = make_room(made, now);
  if (opened) database_->rooms.at(request.room)->members.erase(made.owner);
  return opened;
}

core::status room_store::put_block(const core::put_block& request, std::uint32_t most, core::wall_time) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.by)) return core::ec::conflict;
  if (database_->refuses(request.blocked)) return core::ec::no_user;
  auto& theirs = database_->blocks[request.by];
  if (theirs.contains(request.blocked)) return core::done{};
  if (theirs.size() >= most) return core::ec::limit_reached;
  theirs.insert(request.blocked);
  raise_membership_of(*database_, request.by, request.blocked);
  return core::done{};
}

core::status room_store::lift_block(const core::lift_block& request) {
  const std::lock_guard lock(database_->guard);
  if (const auto theirs = database_->blocks.find(request.by); theirs != database_->blocks.end())
    theirs->second.erase(request.blocked);
  raise_membership_of(*database_, request.by, request.blocked);
  return core::done{};
}

core::result<core::block_list> room_store::list_blocks(const core::list_blocks& request) {
  const std::lock_guard lock(database_->guard);
  const auto theirs = database_->blocks.find(request.by);
  if (theirs == database_->blocks.end()) return core::block_list{};
  return core::block_list{{theirs->second.begin(), theirs->second.end()}};
}

core::status room_store::change_settings(const core::change_own_settings& request) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.user)) return core::ec::conflict;
  database_->own_settings.insert_or_assign(request.user, request.to);
  return core::done{};
}

core::result<core::own_settings> room_store::read_settings(const core::read_own_settings& request) {
  const std::lock_guard lock(database_->guard);
  const auto known = database_->own_settings.find(request.user);
  return known == database_->own_settings.end() ? core::own_settings{} : known->second;
}

core::status room_store::put_draft(const core::put_draft& request, std::uint32_t most, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.user)) return core::ec::conflict;
  const auto there = enter(request.room, request.user, now);
  if (!there) return there.why();
  room& of = **there;
  if (request.text.empty()) {
    of.drafts.erase(request.user);
    return core::done{};
  }
  const auto others = std::count_if(database_->rooms.begin(), database_->rooms.end(), [&](const auto& one) {
    const room& each = *one.second;
    return &each != &of && each.drafts.contains(request.user) &&
           each.refusal_of(request.user, now).code == core::ec::none;
  });
  if (static_cast<std::uint64_t>(others) >= most) return core::ec::limit_reached;
  of.drafts.insert_or_assign(request.user, core::draft{{}, request.text, now});
  return core::done{};
}

core::result<core::draft_list> room_store::list_drafts(const core::list_drafts& request) {
  const std::lock_guard lock(database_->guard);
  core::draft_list list;
  for (auto at = database_->rooms.upper_bound(request.after); at != database_->rooms.end() && !list.more; ++at) {
    const auto mine = at->second->drafts.find(request.user);
    if (mine == at->second->drafts.end() || !enter(at->first, request.user)) continue;
    list.more = list.drafts.size() == request.limit;
    if (!list.more) list.drafts.push_back({at->first, mine->second.text, mine->second.at});
  }
  return list;
}

core::result<core::device_found> room_store::find_device(const core::find_device& request) {
  const std::lock_guard lock(database_->guard);
  const auto theirs = database_->devices.find(request.user);
  if (theirs == database_->devices.end()) return core::device_found{};
  const auto known = theirs->second.find(request.device);
  return core::device_found{known == theirs->second.end() ? core::wall_time{} : known->second};
}

core::status room_store::note_device(const core::note_device& request) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(request.user)) return core::ec::conflict;
  auto& theirs = database_->devices[request.user];
  auto& seen = theirs[request.device];
  seen = std::max(seen, request.at);
  if (theirs.size() > core::max_devices)
    theirs.erase(std::min_element(theirs.begin(), theirs.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; }));
  return core::done{};
}

}  // namespace greenroom::storage::memory
