#include "storage/memory/chat_database.hpp"

#include "storage/admission.hpp"

namespace greenroom::storage::memory {

chat_database::chat_database() {
  auto lobby = std::make_shared<room>();
  lobby->key = ++last_key;
  lobby->info = {{"lobby"}, {"system"}, {}, {random_generation()}, {}, {}};
  by_key.emplace(lobby->key, lobby);
  rooms.emplace(lobby->info.room, lobby);
}

core::room_role room::role_of(const core::user_id& user) const {
  if (info.owner == user) return core::room_role::owner;
  const auto found = members.find(user);
  return found == members.end() ? core::room_role::outsider : found->second.role;
}

const core::sanction* room::ban_of(const core::user_id& user, core::wall_time now) const {
  const auto found = bans.find(user);
  return found != bans.end() && found->second.what.holds(now) ? &found->second.what : nullptr;
}

core::error room::refusal_of(const core::user_id& user, core::wall_time now) const {
  if (is_hidden()) return {core::ec::not_found, {}, 0};
  return admission(info.settings.access, role_of(user), ban_of(user, now));
}

}  // namespace greenroom::storage::memory
