#pragma once
#include <map>

#include "core/messages/act.hpp"

namespace greenroom::simulation {

/// What acts change in a room: how it is set up, and who is what in it.
struct room_state {
  core::room_settings settings;
  core::user_id owner;
  std::map<core::user_id, core::room_role> members;  ///< the owner, too, with any role
  std::map<core::user_id, core::sanction> bans, mutes;

  [[nodiscard]] core::room_role role_of(const core::user_id& user) const {
    if (user == owner) return core::room_role::owner;
    const auto known = members.find(user);
    return known == members.end() ? core::room_role::outsider : known->second;
  }
  friend bool operator==(const room_state&, const room_state&) = default;
};

/// The sanction of that user that holds; null: none.
[[nodiscard]] inline const core::sanction* holding(const std::map<core::user_id, core::sanction>& among,
                                                   const core::user_id& user, core::wall_time now) {
  const auto known = among.find(user);
  return known != among.end() && known->second.holds(now) ? &known->second : nullptr;
}

}  // namespace greenroom::simulation
