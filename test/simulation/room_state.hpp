#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/messages/act.hpp"
#include "core/messages/log.hpp"

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

/// The settings as a row has them after that entry: with who set the topic, and when.
[[nodiscard]] inline core::room_settings as_row(core::room_settings after, const core::room_settings& before,
                                                const core::room_entry& entry) {
  const bool same = after.topic == before.topic, none = after.topic.empty();
  after.topic_by = same ? before.topic_by : none ? core::user_id{} : entry.author;
  after.topic_at = same ? before.topic_at : none ? core::wall_time{} : entry.at;
  return after;
}

/// Those who gave a message a mark, with the mark.
using reaction_rows = std::set<std::pair<std::string, core::user_id>>;
/// What acts change of one message, besides its entries.
struct message_rows {
  reaction_rows reactions;
  bool pinned = false;

  friend bool operator==(const message_rows&, const message_rows&) = default;
};

/// The sanction of that user that holds; null: none.
[[nodiscard]] inline const core::sanction* holding(const std::map<core::user_id, core::sanction>& among,
                                                   const core::user_id& user, core::wall_time now) {
  const auto known = among.find(user);
  return known != among.end() && known->second.holds(now) ? &known->second : nullptr;
}

}  // namespace greenroom::simulation
