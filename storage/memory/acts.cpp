#include "storage/memory/acts.hpp"

#include <algorithm>

namespace greenroom::storage::memory {
namespace {

using core::ec;
using core::entry_kind;
using kind = append_outcome::kind;

// Acts on messages, and answers.
bool is_about_message(entry_kind act) { return core::is_on_message(act) || core::is_words(act); }

append_outcome refused(ec why) { return {kind::refused, {}, why}; }

void name_owner(room& in, const core::room_entry& act, const core::user_id& before) {
  in.info.owner = act.subject;
  in.members.emplace(act.subject, in.newcomer(act.at, act.seq));
  if (const auto found = in.members.find(before); found != in.members.end())
    found->second.role = core::room_role::moderator;
}

append_outcome judge_add(const room& in, const core::room_entry& act, const core::invite_hash& by) {
  if (in.members.contains(act.subject)) return {kind::unchanged, {}};
  const auto is_good = [&](const auto& row) { return row.second.hash == by && row.second.is_live(act.at); };
  const bool invited = by.value.empty() || std::any_of(in.invites.begin(), in.invites.end(), is_good);
  return invited ? append_outcome{} : refused(ec::gone);
}

void use_invite(room& in, const core::invite_hash& hash) {
  for (auto& [id, each] : in.invites)
    if (each.hash == hash && each.uses_left) --*each.uses_left;
}

core::listed_sanction sanction_by(const core::room_entry& act, core::wall_time until) {
  return {{act.subject, act.author, act.text, until}, act.at};
}

}  // namespace

append_outcome judge(const room& in, const core::room_entry& act, const core::act_effect& effect) {
  const auto changes = [](bool any) { return any ? append_outcome{} : append_outcome{kind::unchanged, {}}; };
  if (is_about_message(act.kind)) return judge_on_message(in, act, effect);
  switch (act.kind) {
    case entry_kind::add:
      return judge_add(in, act, effect.what.invite);
    case entry_kind::remove:
      return effect.must_be_member && !in.members.contains(act.subject) ? refused(ec::not_found) : append_outcome{};
    case entry_kind::role:
      return {kind::stored, {}, ec::internal, in.members.contains(act.subject)};
    case entry_kind::unban:
      return changes(in.bans.contains(act.subject));
    case entry_kind::unmute:
      return changes(in.mutes.contains(act.subject));
    default:
      return {};
  }
}

void carry_out(room& in, const core::room_entry& act, const core::act_effect& effect) {
  if (is_about_message(act.kind)) return carry_out_on_message(in, act);
  const auto& what = effect.what;
  switch (act.kind) {
    case entry_kind::settings:
      in.info.settings = effect.settings;
      return;
    case entry_kind::role:
      if (what.role == core::room_role::owner) return name_owner(in, act, effect.owner_before);
      in.members.emplace(act.subject, in.newcomer(act.at, act.seq)).first->second.role = what.role;
      return;
    case entry_kind::add:
      in.members.emplace(act.subject, in.newcomer(act.at, act.seq));
      return use_invite(in, what.invite);
    case entry_kind::remove:
      if (!effect.for_now) in.members.erase(act.subject);
      return;
    case entry_kind::ban:
      in.bans.insert_or_assign(act.subject, sanction_by(act, what.until));
      in.members.erase(act.subject);
      return;
    case entry_kind::unban:
      in.bans.erase(act.subject);
      return;
    case entry_kind::mute:
      in.mutes.insert_or_assign(act.subject, sanction_by(act, what.until));
      return;
    case entry_kind::unmute:
      in.mutes.erase(act.subject);
      return;
    default:
      return;
  }
}

}  // namespace greenroom::storage::memory
