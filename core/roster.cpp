#include "core/roster.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/check.hpp"
#include "core/modes.hpp"
#include "core/permissions.hpp"
#include "core/sanctions.hpp"

namespace greenroom::core {
namespace {

template <class Sanctions>
void lift(Sanctions& from, const user_id& user) {
  const auto place = from.find(user);
  if (place != from.end()) from.erase(place);
}

template <class Sanctions>
void put(Sanctions& into, sanction made) {
  lift(into, made.user);
  into.insert(std::move(made));
}

// `found` is left empty.
template <class Set, class Found>
void fill(Set& into, Found& found) {
  into = Set(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()), found.size());
  found = {};
}

template <class Sanctions>
std::size_t live(const Sanctions& among, wall_time now) {
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
  fill(members_, opened.members);
  fill(moderators_, opened.moderators);
  fill(bans_, opened.bans);
  fill(mutes_, opened.mutes);
  unread_ = false;
}

const sanction* roster::holding(const sanctions& among, const user_id& user, wall_time now) {
  if (among.empty()) return nullptr;
  const auto place = among.find(user);
  return place != among.end() && place->holds(now) ? &*place : nullptr;
}

// A room that isn't open knows all of its members.
bool roster::is_member(const user_id& user) const { return members_.contains(user); }

room_role roster::role_of(const user_id& user) const {
  if (user == owner_) return room_role::owner;
  if (!moderators_.empty() && moderators_.contains(user)) return room_role::moderator;
  return is_member(user) ? room_role::member : room_role::outsider;
}

ec roster::refusal_of(const user_id& user, wall_time now) const {
  // Nobody's role counts in an open room, and posts are judged here.
  const auto role = settings_.access == room_access::open ? room_role::outsider : role_of(user);
  const auto why = may_read(settings_.access, role, holding(bans_, user, now) != nullptr);
  const bool invited = why == ec::forbidden && is_on_list(settings_.modes, 'I', user);
  return invited ? ec::none : why;
}

room_bar roster::bar_to(const user_id& user, std::string_view key, std::uint32_t present) const {
  const auto& modes = settings_.modes;
  const bool any = !modes.key.empty() || modes.most != 0 || !modes.masks.empty();
  if (!any || role_of(user) >= room_role::moderator) return room_bar::none;
  if (is_masked_out(modes, user)) return room_bar::mask;
  if (!modes.key.empty() && modes.key != key) return room_bar::key;
  return modes.most != 0 && present >= modes.most ? room_bar::most : room_bar::none;
}

ec roster::may_write(const user_id& user, wall_time now) const {
  if (const auto why = refusal_of(user, now); why != ec::none) return why;
  if (blocked_) return ec::blocked;
  if (holding(mutes_, user, now) != nullptr) return ec::muted;
  if (is_masked_out(settings_.modes, user) && role_of(user) < room_role::moderator) return ec::forbidden;
  if (settings_.post == room_posting::all || has_voice(settings_.modes, user)) return ec::none;
  return permitted({.nature = nature_, .access = settings_.access, .post = settings_.post, .by = role_of(user)});
}

const sanction* roster::sanction_of(const user_id& user, wall_time now) const {
  const auto* const ban = holding(bans_, user, now);
  return ban != nullptr ? ban : mute_of(user, now);
}

const sanction* roster::mute_of(const user_id& user, wall_time now) const { return holding(mutes_, user, now); }

verdict roster::judge(entry_kind kind, const act& what, const user_id& by, wall_time now, bool here,
                      bool as_admin) const {
  GREENROOM_CHECK(!is_words(kind));
  if (!what.is_by_invite()) return judge_own(kind, what, by, now, here, as_admin);
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
  // Where the topic isn't locked, it is for all who may write.
  const bool free_topic = kind == entry_kind::settings && what.set.which == static_cast<unsigned>(setting::topic) &&
                          !settings_.modes.has(room_flag::topic_locked) && may_write(by, now) == ec::none;
  // Out of an open room a moderator puts anybody who is there, and takes nothing else from them.
  if (kind == entry_kind::remove && what.out_only && settings_.access == room_access::open) {
    if (role < room_role::moderator && !as_admin) return refused(ec::forbidden);
    return here ? allowed({.what = what, .for_now = true}) : refused(ec::not_found);
  }
  if (why != ec::none && !(free_topic && why == ec::forbidden)) return refused(why);
  if (kind == entry_kind::erase) return allowed({.what = what, .anybodys = as_admin || role >= room_role::moderator});
  if (is_on_message(kind)) return allowed({.what = what});
  if (kind != entry_kind::settings) return about_person(kind, what, on, !here || by == what.subject, now);
  auto after = what.set.applied_to(settings_);
  if (after == settings_) return unchanged();
  if (after.topic != settings_.topic) {
    after.topic_by = after.topic.empty() ? user_id{} : by;
    after.topic_at = after.topic.empty() ? wall_time{} : now;
  }
  if (what.set.has(setting::modes) && has_too_many_masks(after.modes)) return refused(ec::limit_reached);
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
      if (on != room_role::outsider) return unchanged();
      if (nature_ == room_nature::group && members_.size() > max_group_people) return refused(ec::limit_reached);
      return allowed({.what = what, .must_agree = nature_ == room_nature::group});
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
      if (knows_members(settings_)) members_.insert(subject);
      return;
    case entry_kind::ban:
      put(bans_, {subject, by, why, done.what.until});
      return take_out(subject);
    case entry_kind::remove:
      if (done.for_now) return void(++number_);
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
    moderators_.insert(owner_);
    owner_ = user;
  }
  if (role == room_role::moderator)
    moderators_.insert(user);
  else
    moderators_.erase(user);
  if (knows_members(settings_)) members_.insert(user);
}

void roster::take_out(const user_id& user) {
  GREENROOM_CHECK(user != owner_);
  members_.erase(user);
  moderators_.erase(user);
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
  const auto gone = [&](const user_id& user) { return !is_member(user); };
  const bool left =
      closed && (narrowed || access == room_access::open || std::any_of(members.begin(), members.end(), gone));
  const bool banned =
      std::any_of(bans_.begin(), bans_.end(), [&](const sanction& one) { return !bans.contains(one.user); });
  if (left || banned) ++number_;
  return left || banned;
}

}  // namespace greenroom::core
