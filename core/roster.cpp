#include "core/roster.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace greenroom::core {

roster::roster(room_opened& opened) : number_{opened.is_private ? 1u : 0u} { take(opened); }

void roster::take(room_opened& opened) {
  membership_ = opened.membership;
  owner_ = std::move(opened.owner);
  members_ = std::move(opened.members);
  opened.members.clear();
  std::sort(members_.begin(), members_.end());
  members_.erase(std::unique(members_.begin(), members_.end()), members_.end());
}

bool roster::has(const user_id& user) const { return std::binary_search(members_.begin(), members_.end(), user); }

std::optional<ec> roster::judge(const member_act& act) const {
  if (!is_private()) return ec::conflict;
  if (act.doubtful && has(act.member) == act.add) return ec::none;
  if (!has(act.by)) return ec::not_found;
  if (act.add) return has(act.member) ? std::optional{ec::none} : std::nullopt;
  if (act.by != act.member && act.by != owner_) return ec::forbidden;
  if (act.member == owner_) return ec::conflict;
  return has(act.member) ? std::nullopt : std::optional{ec::not_found};
}

void roster::apply(const member_act& act) {
  GREENROOM_CHECK(is_private());
  const auto place = std::lower_bound(members_.begin(), members_.end(), act.member);
  const bool there = place != members_.end() && *place == act.member;
  if (act.add && !there) members_.insert(place, act.member);
  if (act.add) return;
  if (there) members_.erase(place);
  ++number_;
}

bool roster::renew(room_opened& opened) {
  const auto before = std::move(members_);
  take(opened);
  if (!is_private()) return false;
  const bool lost = !std::includes(members_.begin(), members_.end(), before.begin(), before.end());
  if (lost) ++number_;
  return lost;
}

}  // namespace greenroom::core
