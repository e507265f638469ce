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

bool chat_database::takes_direct(const core::user_id& person, const core::user_id& from, bool by_nick) const {
  const auto known = own_settings.find(person);
  if (by_nick && known == own_settings.end()) return true;
  const auto wants = known == own_settings.end() ? core::own_settings{}.direct : known->second.direct;
  const auto both_are_in = [&](const auto& one) {
    return !one.second->is_hidden() && one.second->members.contains(person) && one.second->members.contains(from);
  };
  switch (wants) {
    case core::direct_setting::everyone:
      return true;
    case core::direct_setting::shared:
      return std::any_of(rooms.begin(), rooms.end(), both_are_in);
    case core::direct_setting::nobody:
      break;
  }
  return false;
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
