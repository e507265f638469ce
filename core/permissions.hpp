#pragma once
#include "core/direct.hpp"
#include "core/error.hpp"
#include "core/messages/act.hpp"
#include "core/messages/log.hpp"

/// The rights in a room: the one table of them, for all roles, kinds and targets.
namespace greenroom::core {

/// Whether somebody with this role may read in a room: `none`, or else `banned`, `forbidden` or, of a secret room,
/// `not_found`. A ban counts for members too.
[[nodiscard]] constexpr ec may_read(room_access access, room_role role, bool banned) noexcept {
  const bool outsider = role == room_role::outsider;
  if (access == room_access::secret) return outsider || banned ? ec::not_found : ec::none;
  if (banned) return ec::banned;
  return outsider && access == room_access::invited ? ec::forbidden : ec::none;
}

/// A thing that somebody is about to do.
struct deed {
  entry_kind kind = entry_kind::text;
  room_nature nature = room_nature::room;
  room_access access = room_access::open;
  room_posting post = room_posting::all;
  room_role by = room_role::outsider;       ///< the role of the one who does it
  room_role on = room_role::outsider;       ///< the role of the person whom it is about
  bool self = false;                        ///< both are the same person
  bool as_admin = false;                    ///< it is an act of an admin of the server
  room_role becomes = room_role::outsider;  ///< role: the new one
  settings_change set{};                    ///< settings
};

/// Whether that is allowed, as far as roles tell: `none`, or the refusal. `read_only`: only some may write here.
/// `not_found`: for an outsider, a secret room isn't there. `forbidden`: another role is needed, or the person's role
/// isn't lower than one's own. `conflict`: the owner can't leave, nor be anything less than the owner, except by naming
/// another; nobody bans or mutes themselves. An erase is allowed to everybody who may read: whether the message is
/// theirs, who aren't moderators, isn't known here. An admin of the server does what the owner may, also to the owner.
/// But a room has an owner until it has another one: removing or banning them is a `conflict`. Words of an admin are
/// anybody's, and so are their edits and reactions. Whether an edited message is theirs isn't known here either. In
/// direct rooms and groups all are equal: an admin of the server is there what anybody is, in a direct room nobody
/// comes or goes, and in a group members add others, and leave.
[[nodiscard]] ec permitted(const deed& what) noexcept;

/// Whether the person whom an act of this kind is about must exist: a name without a user must not get a right, or a
/// sanction, for somebody who registers it later would have it.
[[nodiscard]] bool is_for_users(entry_kind kind) noexcept;

}  // namespace greenroom::core
