// What an act changes in a room's rows, in the statement that stores its entry.
#include "test/simulation/database.hpp"

namespace greenroom::simulation {

using core::entry_kind;
using core::room_role;

bool database::loses_effect() { return wrong_.lose_effects && ++acts_ % 2 == 0; }

// Whether the rows are such that the act can be stored: `stored`, or why not.
core::append_result database::judge(const row& in, const core::room_entry& act, const core::act_effect& effect) {
  using kind = core::append_result::kind;
  const auto refused = [](ec why) { return core::append_result{kind::refused, {}, why}; };
  const auto only_if = [](bool there) { return core::append_result{there ? kind::stored : kind::unchanged, {}}; };
  const auto& state = in.state;
  switch (act.kind) {
    case entry_kind::erase: {
      if (!act.target || act.target.value > in.log.size()) return refused(ec::not_found);
      const auto& message = in.log[act.target.value - 1];
      if (message.kind == entry_kind::erased) return refused(ec::gone);
      if (!core::is_words(message.kind)) return refused(ec::not_found);
      return effect.anybodys || message.author == act.author ? only_if(true) : refused(ec::forbidden);
    }
    case entry_kind::add:
      return only_if(!state.members.contains(act.subject));
    case entry_kind::remove:
      return effect.must_be_member && !state.members.contains(act.subject) ? refused(ec::not_found) : only_if(true);
    case entry_kind::unban:
      return only_if(state.bans.contains(act.subject));
    case entry_kind::unmute:
      return only_if(state.mutes.contains(act.subject));
    default:
      return only_if(true);
  }
}

void database::carry_out(row& in, const core::room_entry& act, const core::act_effect& effect) {
  auto& state = in.state;
  const core::sanction made{act.subject, act.author, act.text, effect.what.until};
  switch (act.kind) {
    case entry_kind::erase:
      return core::empty_out(in.log[act.target.value - 1], act.seq);
    case entry_kind::settings:
      state.settings = effect.settings;
      return;
    case entry_kind::role:
      state.members.emplace(act.subject, room_role::member);
      if (effect.what.role == room_role::owner) {
        state.owner = act.subject;
        if (const auto before = state.members.find(effect.owner_before); before != state.members.end())
          before->second = room_role::moderator;
      } else {
        state.members[act.subject] = effect.what.role;
      }
      return;
    case entry_kind::add:
      state.members.emplace(act.subject, room_role::member);
      return;
    case entry_kind::remove:
      state.members.erase(act.subject);
      return;
    case entry_kind::ban:
      state.bans.insert_or_assign(act.subject, made);
      state.members.erase(act.subject);
      return;
    case entry_kind::unban:
      state.bans.erase(act.subject);
      return;
    case entry_kind::mute:
      state.mutes.insert_or_assign(act.subject, made);
      return;
    case entry_kind::unmute:
      state.mutes.erase(act.subject);
      return;
    default:
      return;
  }
}

}  // namespace greenroom::simulation
