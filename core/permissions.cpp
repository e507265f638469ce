#include "core/permissions.hpp"

#include <algorithm>
#include <array>

namespace greenroom::core {
namespace {

// The least role for an act, by access; whether the person whom it is about must have a lower one; whether it is an act
// in direct rooms and groups at all, which are secret; and whether that person must exist.
struct rule {
  entry_kind kind;
  room_role open, secret, invited;
  bool over_lower = false;
  bool in_direct = true, in_group = true;
  bool for_users = false;
};

using enum room_role;
constexpr std::array rules{
    rule{entry_kind::text, outsider, member, member},
    rule{entry_kind::notice, outsider, member, member},
    rule{entry_kind::action, outsider, member, member},
    rule{entry_kind::tag, outsider, member, member},
    rule{entry_kind::edit, outsider, member, member},
    rule{entry_kind::erase, outsider, member, member},
    rule{entry_kind::react, outsider, member, member},
    rule{entry_kind::unreact, outsider, member, member},
    rule{entry_kind::pin, moderator, moderator, moderator},
    rule{entry_kind::unpin, moderator, moderator, moderator},
    rule{entry_kind::settings, moderator, moderator, moderator, false, false, false},
    rule{entry_kind::role, owner, owner, owner, false, false, false, true},
    rule{entry_kind::add, moderator, member, moderator, false, false, true, true},
    rule{entry_kind::remove, moderator, moderator, moderator, true, false, true},
    rule{entry_kind::ban, moderator, moderator, moderator, true, false, false, true},
    rule{entry_kind::unban, moderator, moderator, moderator, true, false, false},
    rule{entry_kind::mute, moderator, moderator, moderator, true, false, false, true},
    rule{entry_kind::unmute, moderator, moderator, moderator, true, false, false},
};

constexpr const rule* rule_of(entry_kind kind) noexcept {
  const auto known = std::find_if(rules.begin(), rules.end(), [&](const rule& one) { return one.kind == kind; });
  return known == rules.end() ? nullptr : &*known;
}

constexpr bool is_done_in(const rule& of, room_nature nature) noexcept {
  switch (nature) {
    case room_nature::room:
      break;
    case room_nature::direct:
      return of.in_direct;
    case room_nature::group:
      return of.in_group;
  }
  return true;
}

constexpr room_role least(const rule& of, room_access access) noexcept {
  switch (access) {
    case room_access::open:
      break;
    case room_access::secret:
      return of.secret;
    case room_access::invited:
      return of.invited;
  }
  return of.open;
}

// Settings that only the owner changes.
constexpr bool is_the_owners(const settings_change& set) noexcept {
  return set.has(setting::access) || set.has(setting::post);
}

constexpr room_role least_to_write(room_posting post) noexcept {
  switch (post) {
    case room_posting::all:
      break;
    case room_posting::members:
      return member;
    case room_posting::moderators:
      return moderator;
  }
  return outsider;
}

// On oneself: leaving is everybody's, and no other act of those that are about a person is.
ec on_oneself(const deed& what) noexcept {
  switch (what.kind) {
    case entry_kind::remove:
      return what.by == owner ? ec::conflict : ec::none;
    case entry_kind::role:
      if (what.by == owner) return what.becomes == owner ? ec::none : ec::conflict;
      return what.as_admin ? ec::none : ec::forbidden;
    case entry_kind::ban:
    case entry_kind::unban:
    case entry_kind::mute:
    case entry_kind::unmute:
      return what.by < moderator ? ec::forbidden : ec::conflict;
    default:
      return ec::none;
  }
}

// No role is needed, and none protects; but there is always one owner.
ec permitted_to_admin(const deed& what) noexcept {
  if (what.self) return on_oneself(what);
  const bool shuts_out = what.kind == entry_kind::remove || what.kind == entry_kind::ban;
  const bool lowers = what.kind == entry_kind::role && what.becomes != owner;
  return what.on == owner && (shuts_out || lowers) ? ec::conflict : ec::none;
}

}  // namespace

ec permitted(const deed& what) noexcept {
  const bool over_all = what.as_admin && what.nature == room_nature::room;
  if (over_all && !is_written(what.kind)) return permitted_to_admin(what);
  if (what.access == room_access::secret && what.by == outsider) return ec::not_found;
  const auto* const known = rule_of(what.kind);
  if (known == nullptr || !is_done_in(*known, what.nature)) return ec::forbidden;
  const bool leaves = what.kind == entry_kind::remove && what.self;
  if (!leaves && what.by < least(*known, what.access)) return ec::forbidden;
  if (is_written(what.kind)) return what.by < least_to_write(what.post) ? ec::read_only : ec::none;
  if (what.kind == entry_kind::settings && is_the_owners(what.set) && what.by != owner) return ec::forbidden;
  if (what.self) return on_oneself(what);
  if (known->over_lower && what.on >= what.by) return ec::forbidden;
  return ec::none;
}

bool is_for_users(entry_kind kind) noexcept {
  const auto* const known = rule_of(kind);
  return known != nullptr && known->for_users;
}

}  // namespace greenroom::core
