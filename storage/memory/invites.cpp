#include <algorithm>

#include "storage/memory/room_store.hpp"

namespace greenroom::storage::memory {
namespace {

// Expired ones go, and used up ones, but for the last `kept`.
void sweep(room& in, std::uint32_t kept, core::wall_time now) {
  std::erase_if(in.invites, [&](const auto& row) { return row.second.expires_at <= now; });
  auto used_up =
      std::count_if(in.invites.begin(), in.invites.end(), [](const auto& row) { return row.second.is_used_up(); });
  std::erase_if(in.invites, [&](const auto& row) { return row.second.is_used_up() && used_up-- > kept; });
}

}  // namespace

core::status room_store::add_invite(const new_invite& made, std::uint32_t most, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  if (database_->refuses(made.by)) return core::ec::conflict;
  const auto there = enter_to_moderate(made.room, made.by, now);
  if (!there) return there.why();
  auto& invites = (*there)->invites;
  sweep(**there, most, now);
  const auto live =
      std::count_if(invites.begin(), invites.end(), [&](const auto& row) { return row.second.is_live(now); });
  if (live >= most) return core::ec::limit_reached;
  invites.emplace(made.id, invite{made.hash, made.by, made.uses, made.expires_at});
  return core::done{};
}

core::result<core::invite_list> room_store::list_invites(const core::list_invites& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter_to_moderate(request.room, request.viewer, now);
  if (!there) return there.why();
  const auto& all = (*there)->invites;
  core::invite_list list;
  for (auto at = all.upper_bound(request.after); at != all.end() && !list.more; ++at) {
    if (!at->second.is_live(now)) continue;
    list.more = list.invites.size() == request.limit;
    if (!list.more) list.invites.push_back({at->first, at->second.uses_left, at->second.expires_at, at->second.by});
  }
  return list;
}

core::status room_store::revoke_invite(const core::revoke_invite& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter_to_moderate(request.room, request.by, now);
  if (!there) return there.why();
  auto& all = (*there)->invites;
  const auto found = all.find(request.id);
  if (found == all.end() || !found->second.is_live(now)) return core::ec::not_found;
  all.erase(found);
  return core::done{};
}

core::result<core::invite_found> room_store::find_invite(const core::find_invite& request, core::wall_time now) {
  const std::lock_guard lock(database_->guard);
  for (const auto& [name, each] : database_->rooms) {
    const auto found = std::find_if(each->invites.begin(), each->invites.end(),
                                    [&](const auto& row) { return row.second.hash == request.invite; });
    if (found == each->invites.end()) continue;
    const auto& invite = found->second;
    if (each->is_hidden() || invite.expires_at <= now) return core::ec::gone;
    const auto role = each->role_of(request.user);
    if (invite.is_used_up() && role == core::room_role::outsider) return core::ec::gone;
    if (const auto* const ban = each->ban_of(request.user, now))
      return core::error{core::ec::banned, {}, 0, std::make_shared<const core::sanction>(*ban)};
    return core::invite_found{each->info.room, invite.by, role};
  }
  return core::ec::gone;
}

}  // namespace greenroom::storage::memory
