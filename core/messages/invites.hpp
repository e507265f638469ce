#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/act.hpp"
#include "core/time.hpp"

/// Invites: secrets of a room's moderators, by which whoever has one becomes a member. An invite is live until it has
/// expired, is used up, or was revoked; with its room, or its maker's account, it goes.
namespace greenroom::core {

inline constexpr std::uint32_t default_invite_uses = 10, max_invite_uses = 10'000;
inline constexpr std::chrono::seconds default_invite_life = std::chrono::days{7};
inline constexpr std::chrono::seconds min_invite_life = std::chrono::hours{1}, max_invite_life = std::chrono::days{365};

struct make_invite {
  room_id room;
  user_id by;
  std::optional<std::uint32_t> uses = default_invite_uses;  ///< nothing: any number
  std::chrono::seconds life = default_invite_life;
};
struct invite_made {
  invite_id id;
  std::string invite;  ///< the secret, told only here
};

/// A room's live invites, for moderators: the oldest first, in pages.
struct list_invites {
  room_id room;
  user_id viewer;
  invite_id after{};  ///< exclusive; empty: from the start
  std::uint32_t limit = 50;
};
struct room_invite {
  invite_id id;
  std::optional<std::uint32_t> uses_left;  ///< nothing: any number
  wall_time expires_at{};
  user_id by;

  friend bool operator==(const room_invite&, const room_invite&) = default;
};
struct invite_list {
  std::vector<room_invite> invites;
  bool more = false;
};

struct revoke_invite {
  room_id room;
  user_id by;
  invite_id id;
};
struct invite_revoked {};

/// The room that an invite leads to, for somebody who has it and wants to come in.
struct find_invite {
  invite_hash invite;
  user_id user;
};
struct invite_found {
  room_id room;
  user_id by;                            ///< its maker, who is to add the user
  room_role role = room_role::outsider;  ///< the user's: not an outsider's where they are a member already
};

}  // namespace greenroom::core
