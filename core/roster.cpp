#include "core/roster.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "core/permissions.hpp"
#include "core/sanctions.hpp"

namespace greenroom::core {
namespace {

constexpr auto by_user = [](const sanction& one, const user_id& user) { return one.user < user; };

// Where the sanction of this user is, or would be.
template <class Sanctions>
auto place_of(Sanctions& among, const user_id& user) {
  return std::lower_bound(among.begin(), among.end(), user, by_user);
}

const sanction* holding(const std::vector<sanction>& among, const user_id& user, wall_time now) {
  const auto place = place_of(among, user);
  return place != among.end() && place->user == user && place->holds(now) ? &*place : nullptr;
}

void put(std::vector<sanction>& into, sanction made) {
  const auto place = place_of(into, made.user);
  if (place != into.end() && place->user == made.user)
    *place = std::move(made);
  else
    into.insert(place, std::move(made));
}

void lift(std::vector<sanction>& from, const user_id& user) {
  const auto place = place_of(from, user);
  if (place != from.end() && place->user == user) from.erase(place);
}

bool contains(const std::vector<user_id>& people, const user_id& user) {
  return std::binary_search(people.begin(), people.end(), user);
}

void insert(std::vector<user_id>& into, const user_id& user) {
  const auto place = std::lower_bound(into.begin(), into.end(), user);
  if (place == into.end() || *place != user) into.insert(place, user);
}

void erase(std::vector<user_id>& from, const user_id& user) {
  const auto place = std::lower_bound(from.begin(), from.end(), user);
  if (place != from.end() && *place == user) from.erase(place);
}

void sort(std::vector<user_id>& people) {
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
}

void sort(std::vector<sanction>& sanctions) {
  std::sort(sanctions.begin(), sanctions.end(), [](const auto& a, const auto& b) { return a.user < b.user; });
}

std::size_t live(const std::vector<sanction>& among, wall_time now) {
  return static_cast<std::size_t>(
      std::count_if(among.begin(), among.end(), [&](const sanction& one) { return one.holds(now); }));
}

verdict refused(ec code) { return {code, false, {}}; }
verdict unchanged() { return {ec::none, true, {}}; }
verdict allowed(act_effect effect) { return {ec::none, false, std::make_shared<const act_effect>(std::move(effect))}; }

}  // namespace

roster::roster(room_opened& opened, roster_limits limits, room_nature nature) : limits_(limits), nature_(nature) {
  take(opened);
}

void roster::take(room_opened& opened) {
  membership_ = opened.membership;
  settings_ = std::move(opened.settings);
  owner_ = std::move(opened.owner);
  blocked_ = opened.blocked;
  members_ = std::exchange(opened.members, {});
  moderators_ = std::exchange(opened.moderators, {});
  bans_ = std::exchange(opened.bans, {});
  mutes_ = std::exchange(opened.mutes, {});
  unread_ = false;
  sort(members_);
  sort(moderators_);
  sort(bans_);
  sort(mutes_);
}

// A room that isn't open knows all of its members.
bool roster::is_member(const user_id& user) const { return contains(members_, user); }

room_role roster::role_of(const user_id& user) const {
  if (user == owner_) return room_role::owner;
  if (contains(moderators_, user)) return room_role::moderator;
  return is_member(user) ? room_role::member : room_role::outsider;
}

ec roster::refusal_of(const user_id& user, wall_time now) const {
  // Nobody's role counts in an open room, and posts are judged here.
  const auto role = settings_.access == room_access::open ? room_role::outsider : role_of(user);
  return may_read(settings_.access, role, holding(bans_, user, now) != nullptr);
}

ec roster::may_write(const user_id& user, wall_time now) const {
  if (const auto why = refusal_of(user, now); why != ec::none) return why;
  if (blocked_) return ec::blocked;
  if (!mutes_.empty() && holding(mutes_, user, now) != nullptr) return ec::muted;
  if (settings_.post == room_posting::all) return ec::none;
  return permitted({.nature = nature_, .access = settings_.access, .post = settings_.post, .by = role_of(user)});
}

const sanction* roster::sanction_of(const user_id& user, wall_time now) const {
  const auto* const ban = holding(bans_, user, now);
  return ban != nullptr ? ban : holding(mutes_, user, now);
}

verdict roster::judge(entry_kind kind, const act& what, const user_id& by, wall_time now, bool here,
                      bool as_admin) const {
  GREENROOM_CHECK(!is_words(kind));
  if (what.invite.value.empty()) return judge_own(kind, what, by, now, here, as_admin);
  GREENROOM_CHECK(kind == entry_kind::add && !as_admin);
  if (holding(bans_, what.subject, now) != nullptr) return refused(ec::banned);
  auto of_maker = judge_own(kind, what, by, now, here, false);
  return of_maker.code == ec::none ? of_maker : refused(ec::gone);
}

verdict roster::judge_own(entry_kind kind, const act& what, const user_id& by, wall_time now, bool here,
                          bool as_admin) const {
  if (is_written(kind)) return judge_written(kind, what, by, now);
  as_admin = as_admin && nature_ == room_nature::room;
  if (const auto why = refusal_of(by, now); why != ec::none && !as_admin) return refused(why);
  const auto role = role_of(by);
  const auto on = role_of(what.subject);
  const auto why = permitted({.kind = kind,
                              .nature = nature_,
                              .access = settings_.access,
                              .post = settings_.post,
                              .by = role,
                              .on = on,
                              .self = by == what.subject,
                              .as_admin = as_admin,
                              .becomes = what.role,
                              .set = what.set});
  if (why != ec::none) return refused(why);
  if (kind == entry_kind::erase) return allowed({.what = what, .anybodys = as_admin || role >= room_role::moderator});
  if (is_on_message(kind)) return allowed({.what = what});
  if (kind != entry_kind::settings) return about_person(kind, what, on, !here || by == what.subject, now);
  auto after = what.set.applied_to(settings_);
  if (after == settings_) return unchanged();
  return allowed({.what = what, .settings = std::move(after)});
}

// Whether the message is there, and theirs, and young enough, is for the database to say.
verdict roster::judge_written(entry_kind kind, const act& what, const user_id& by, wall_time now) const {
  if (const auto why = may_write(by, now); why != ec::none) return refused(why);
  const auto window = settings_.edit_window_s;
  if (kind == entry_kind::edit && window == 0) return refused(ec::forbidden);
  return allowed({.what = what, .edit_window_s = window});
}

verdict roster::about_person(entry_kind kind, const act& what, room_role on, bool must_be_member, wall_time now) const {
  const bool open = settings_.access == room_access::open;
  const auto* const ban = holding(bans_, what.subject, now);
  const auto* const mute = holding(mutes_, what.subject, now);
  switch (kind) {
    case entry_kind::role:
      if (on == room_role::outsider && (!open || ban != nullptr)) return refused(open ? ec::conflict : ec::not_found);
      if (on == what.role) return unchanged();
      if (what.role == room_role::moderator && moderators_.size() >= limits_.moderators)
        return refused(ec::limit_reached);
      return allowed({.what = what, .owner_before = what.role == room_role::owner ? owner_ : user_id{}});
    case entry_kind::add:
      if (ban != nullptr) return refused(ec::conflict);
      return on == room_role::outsider ? allowed({.what = what}) : unchanged();
    case entry_kind::remove:
      if (!open && on == room_role::outsider) return refused(ec::not_found);
      return allowed({.what = what, .must_be_member = must_be_member});
    case entry_kind::ban:
    case entry_kind::mute: {
      if (!may_end(what.until, now)) return refused(ec::bad_request);
      const auto& among = kind == entry_kind::ban ? bans_ : mutes_;
      const auto most = kind == entry_kind::ban ? limits_.bans : limits_.mutes;
      const bool again = (kind == entry_kind::ban ? ban : mute) != nullptr;
      if (!again && among.size() >= most && live(among, now) >= most) return refused(ec::limit_reached);
      return allowed({.what = what});
    }
    case entry_kind::unban:
      return ban != nullptr ? allowed({.what = what}) : unchanged();
    case entry_kind::unmute:
      return mute != nullptr ? allowed({.what = what}) : unchanged();
    default:
      return refused(ec::forbidden);
  }
}

void roster::apply(entry_kind kind, const act_effect& done, const user_id& by, const shared_text& why) {
  const auto& subject = done.what.subject;
  switch (kind) {
    case entry_kind::settings: {
      // A room that closes is read again though its members are known, for all others must leave.
      const bool closes = settings_.access == room_access::open && done.settings.access != room_access::open;
      unread_ = unread_ || closes || (knows_members(done.settings) && !knows_members(settings_));
      settings_ = done.settings;
      if (!knows_members(settings_)) members_.clear();
      return;
    }
    case entry_kind::role:
      return set_role(subject, done.what.role);
    case entry_kind::add:
      if (knows_members(settings_)) insert(members_, subject);
      return;
    case entry_kind::ban:
      put(bans_, {subject, by, why, done.what.until});
      return take_out(subject);
    case entry_kind::remove:
      return take_out(subject);
    case entry_kind::unban:
      return lift(bans_, subject);
    case entry_kind::mute:
      return put(mutes_, {subject, by, why, done.what.until});
    case entry_kind::unmute:
      return lift(mutes_, subject);
    default:
      return;
  }
}

void roster::set_role(const user_id& user, room_role role) {
  if (role == room_role::owner) {
    insert(moderators_, owner_);
    owner_ = user;
  }
  if (role == room_role::moderator)
    insert(moderators_, user);
  else
    erase(moderators_, user);
  if (knows_members(settings_)) insert(members_, user);
}

void roster::take_out(const user_id& user) {
  GREENROOM_CHECK(user != owner_);
  erase(members_, user);
  erase(moderators_, user);
  ++number_;
}

void roster::forget_ended(wall_time now) {
  const auto ended = [&](const sanction& one) { return !one.holds(now); };
  std::erase_if(bans_, ended);
  std::erase_if(mutes_, ended);
}

bool roster::renew(room_opened& opened) {
  const auto access = settings_.access;
  const bool narrowed = unread_;
  const auto members = std::move(members_);
  const auto bans = std::move(bans_);
  take(opened);
  const bool closed = settings_.access != room_access::open;
  const bool left = closed && (narrowed || access == room_access::open ||
                               !std::includes(members_.begin(), members_.end(), members.begin(), members.end()));
  const bool banned = std::any_of(bans_.begin(), bans_.end(), [&](const sanction& one) {
    const auto before = place_of(bans, one.user);
    return before == bans.end() || before->user != one.user;
  });
  if (left || banned) ++number_;
  return left || banned;
}

}  // namespace greenroom::core
