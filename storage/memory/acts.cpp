#include "storage/memory/acts.hpp"

#include <algorithm>

namespace greenroom::storage::memory {
namespace {

using core::ec;
using core::entry_kind;
using kind = append_outcome::kind;

append_outcome refused(ec why) { return {kind::refused, {}, why}; }

append_outcome judge_erase(const room& in, const core::room_entry& act, bool anybodys) {
  if (!act.target || act.target.value > in.log.size()) return refused(ec::not_found);
  const auto& message = in.log[act.target.value - 1];
  if (message.kind == entry_kind::erased) return refused(ec::gone);
  if (!core::is_words(message.kind)) return refused(ec::not_found);
  if (!anybodys && message.author != act.author) return refused(ec::forbidden);
  return {};
}

void name_owner(room& in, const core::room_entry& act, const core::user_id& before) {
  in.info.owner = act.subject;
  in.members.emplace(act.subject, membership{act.at});
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
  switch (act.kind) {
    case entry_kind::erase:
      return judge_erase(in, act, effect.anybodys);
    case entry_kind::add:
      return judge_add(in, act, effect.what.invite);
    case entry_kind::remove:
      return effect.must_be_member && !in.members.contains(act.subject) ? refused(ec::not_found) : append_outcome{};
    case entry_kind::unban:
      return changes(in.bans.contains(act.subject));
    case entry_kind::unmute:
      return changes(in.mutes.contains(act.subject));
    default:
      return {};
  }
}

void carry_out(room& in, const core::room_entry& act, const core::act_effect& effect) {
  const auto& what = effect.what;
  switch (act.kind) {
    case entry_kind::erase:
      return core::empty_out(in.log[act.target.value - 1], act.seq);
    case entry_kind::settings:
      in.info.settings = effect.settings;
      return;
    case entry_kind::role:
      if (what.role == core::room_role::owner) return name_owner(in, act, effect.owner_before);
      in.members.emplace(act.subject, membership{act.at}).first->second.role = what.role;
      return;
    case entry_kind::add:
      in.members.emplace(act.subject, membership{act.at});
      return use_invite(in, what.invite);
    case entry_kind::remove:
      in.members.erase(act.subject);
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
