#include "test/simulation/ledger.hpp"

#include <algorithm>

#include "core/messages/ownership.hpp"
#include "core/permissions.hpp"
#include "test/simulation/acts.hpp"

namespace greenroom::simulation {
namespace {

using core::entry_kind;
using core::room_access;
using core::room_role;

bool changes_role(entry_kind kind) {
  return kind == entry_kind::role || kind == entry_kind::add || kind == entry_kind::ban || kind == entry_kind::remove;
}

// A name without a user must not get this.
bool is_for_people(entry_kind kind) {
  return kind == entry_kind::role || kind == entry_kind::add || kind == entry_kind::ban || kind == entry_kind::mute;
}

}  // namespace

std::string ledger::append(const core::room_entry& entry) {
  const auto what = act_of(entry);
  auto wrong = judge(entry, what);
  log_.push_back({entry.author, entry.kind, entry.at, entry.target});
  if (!core::is_words(entry.kind)) carry_out(entry, what);
  return wrong;
}

void ledger::changed_elsewhere(const core::user_id& user, bool is_member) {
  before_[user].insert(state_.role_of(user));
  if (is_member)
    state_.members.emplace(user, room_role::member);
  else
    state_.members.erase(user);
}

// ---- who may be there

ledger::roles ledger::roles_of(const core::user_id& user) const {
  const auto known = before_.find(user);
  auto out = known == before_.end() ? roles{} : known->second;
  out.insert(state_.role_of(user));
  return out;
}

bool ledger::may_be(const core::user_id& user, room_role role) const {
  if (roles_of(user).contains(role)) return true;
  // A room that doesn't need to know its members doesn't.
  return role == room_role::outsider && !core::knows_members(state_.settings) && may_be(user, room_role::member);
}

bool ledger::may_read(const core::user_id& user, core::wall_time now) const {
  if (state_.settings.access == room_access::open) return holding(state_.bans, user, now) == nullptr;
  return may_be_in(user);
}

bool ledger::may_be_in(const core::user_id& user) const {
  const auto all = roles_of(user);
  return std::any_of(all.begin(), all.end(), [](room_role one) { return one != room_role::outsider; });
}

// ---- whether an entry may stand there

std::string ledger::judge(const core::room_entry& entry, const core::act& what) const {
  if (!may_read(entry.author, entry.at)) return "who isn't let in";
  std::string wrong;
  for (const auto by : roles_of(entry.author)) {
    wrong = core::is_written(entry.kind) ? judge_written(entry, by) : judge_act(entry, what, by);
    if (wrong.empty()) return judge_subject(entry, what);
  }
  return wrong;
}

std::string ledger::judge_written(const core::room_entry& entry, room_role by) const {
  if (holding(state_.mutes, entry.author, entry.at) != nullptr) return "who is muted";
  if (!blocks_.contains(false)) return "where one has blocked the other";
  const auto& settings = state_.settings;
  const auto why = core::permitted(
      {.kind = entry.kind, .nature = nature_, .access = settings.access, .post = settings.post, .by = by});
  if (why != core::ec::none) return "to whom that is " + std::string(core::to_string(why));
  return entry.target ? judge_on_message(entry, by) : "";
}

std::string ledger::judge_act(const core::room_entry& entry, const core::act& what, room_role by) const {
  core::ec why = core::ec::none;
  for (const auto on : roles_of(entry.subject)) {
    why = core::permitted({.kind = entry.kind,
                           .nature = nature_,
                           .access = state_.settings.access,
                           .post = state_.settings.post,
                           .by = by,
                           .on = on,
                           .self = entry.author == entry.subject,
                           .becomes = what.role,
                           .set = what.set});
    if (why == core::ec::none) return core::is_on_message(entry.kind) ? judge_on_message(entry, by) : "";
  }
  return "to whom that is " + std::string(core::to_string(why));
}

// Acts on messages, and answers.
std::string ledger::judge_on_message(const core::room_entry& entry, room_role by) const {
  if (!entry.target || entry.target.value > log_.size()) return "and it is about what there isn't";
  const auto& message = log_[entry.target.value - 1];
  if (!core::is_words(message.kind)) return "and it is about what is no message";
  const bool theirs = message.author == entry.author;
  const core::seconds window{state_.settings.edit_window_s};
  switch (entry.kind) {
    case entry_kind::erase:
      return by >= room_role::moderator || theirs ? "" : "and it erases what isn't theirs";
    case entry_kind::edit:
      if (!theirs) return "and it changes what isn't theirs";
      return window.count() > 0 && entry.at - message.at <= window ? "" : "and it changes what may not be changed";
    case entry_kind::react:
      return judge_react(entry);
    case entry_kind::unreact:
      return rows_of(entry.target).reactions.contains({std::string(entry.text.view()), entry.author})
                 ? ""
                 : "and it takes back what wasn't given";
    case entry_kind::pin:
      return pins_.contains(entry.target) || pins_.size() >= core::max_pins ? "and it pins what can't be pinned" : "";
    case entry_kind::unpin:
      return pins_.contains(entry.target) ? "" : "and it unpins what isn't pinned";
    default:
      return "";
  }
}

std::string ledger::judge_react(const core::room_entry& entry) const {
  const auto given = rows_of(entry.target).reactions;
  const std::string mark(entry.text.view());
  if (given.contains({mark, entry.author})) return "and it was given before";
  std::set<std::string> marks{mark};
  std::size_t own = 0;
  for (const auto& [one, by] : given) {
    marks.insert(one);
    own += by == entry.author ? 1 : 0;
  }
  const bool too_many = own >= core::max_reactions_each || marks.size() > core::max_reaction_kinds;
  return too_many ? "and there are as many as there may be" : "";
}

message_rows ledger::rows_of(core::seq_no message) const {
  const auto given = reactions_.find(message);
  return {given == reactions_.end() ? reaction_rows{} : given->second, pins_.contains(message)};
}

std::string ledger::judge_subject(const core::room_entry& entry, const core::act& what) const {
  if (!is_for_people(entry.kind)) return "";
  if (people_ != nullptr && !people_->contains(entry.subject)) return "and it is about nobody";
  const bool banned = holding(state_.bans, entry.subject, entry.at) != nullptr;
  if (banned && entry.kind == entry_kind::add) return "and it adds somebody who is banned";
  if (entry.kind != entry_kind::role) return "";
  const bool is_in = may_be_in(entry.subject);
  if (!is_in && state_.settings.access != room_access::open) return "and it gives a role to somebody who isn't in";
  if (!is_in && banned) return "and it gives a role to somebody who is banned";
  return what.role == room_role::outsider ? "and it takes all roles away" : "";
}

// ---- effects

void ledger::carry_out(const core::room_entry& entry, const core::act& what) {
  auto& [settings, owner, members, bans, mutes] = state_;
  const auto& subject = entry.subject;
  const core::sanction made{subject, entry.author, entry.text, what.until};
  if (entry.kind == entry_kind::role && what.role == room_role::owner) before_.erase(owner);
  if (changes_role(entry.kind)) before_.erase(subject);
  if (core::is_on_message(entry.kind)) return carry_out_on_message(entry);
  switch (entry.kind) {
    case entry_kind::settings:
      settings = as_row(what.set.applied_to(settings), settings, entry);
      return;
    case entry_kind::role:
      if (what.role != room_role::owner) {
        members[subject] = what.role;
        return;
      }
      members.emplace(subject, room_role::member);
      members[owner] = room_role::moderator;
      owner = subject;
      return;
    case entry_kind::add:
      members.emplace(subject, room_role::member);
      return;
    case entry_kind::ban:
      bans.insert_or_assign(subject, made);
      members.erase(subject);
      return;
    case entry_kind::remove:
      members.erase(subject);
      return;
    case entry_kind::unban:
      bans.erase(subject);
      return;
    case entry_kind::mute:
      mutes.insert_or_assign(subject, made);
      return;
    case entry_kind::unmute:
      mutes.erase(subject);
      return;
    default:
      return;
  }
}

void ledger::carry_out_on_message(const core::room_entry& entry) {
  const std::pair given{std::string(entry.text.view()), entry.author};
  switch (entry.kind) {
    case entry_kind::erase:
      for (auto& one : log_)
        if (one.kind == entry_kind::edit && one.target == entry.target) one.kind = entry_kind::erased;
      if (entry.target && entry.target.value <= log_.size()) log_[entry.target.value - 1].kind = entry_kind::erased;
      reactions_.erase(entry.target);
      pins_.erase(entry.target);
      return;
    case entry_kind::react:
      reactions_[entry.target].insert(given);
      return;
    case entry_kind::unreact:
      reactions_[entry.target].erase(given);
      return;
    case entry_kind::pin:
      pins_.insert(entry.target);
      return;
    case entry_kind::unpin:
      pins_.erase(entry.target);
      return;
    default:
      return;
  }
}

}  // namespace greenroom::simulation
