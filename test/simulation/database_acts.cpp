// What an act changes in a room's rows, in the statement that stores its entry.
#include <set>
#include <string>

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
  if (core::is_on_message(act.kind) || core::is_words(act.kind)) return judge_on_message(in, act, effect);
  switch (act.kind) {
    case entry_kind::add:
      return only_if(!state.members.contains(act.subject));
    case entry_kind::remove:
      return effect.must_be_member && !state.members.contains(act.subject) ? refused(ec::not_found) : only_if(true);
    case entry_kind::role:
      return {kind::stored, {}, ec::internal, state.members.contains(act.subject)};
    case entry_kind::unban:
      return only_if(state.bans.contains(act.subject));
    case entry_kind::unmute:
      return only_if(state.mutes.contains(act.subject));
    default:
      return only_if(true);
  }
}

// Acts on messages, and answers.
core::append_result database::judge_on_message(const row& in, const core::room_entry& act,
                                               const core::act_effect& effect) {
  using kind = core::append_result::kind;
  const auto refused = [](ec why) { return core::append_result{kind::refused, {}, why}; };
  const auto unless = [&](bool wrong, ec why) { return wrong ? refused(why) : core::append_result{kind::stored, {}}; };
  if (!act.target || act.target.value > in.log.size()) return refused(ec::not_found);
  const auto& message = in.log[act.target.value - 1];
  if (message.kind == entry_kind::erased) return refused(ec::gone);
  if (!core::is_words(message.kind)) return refused(ec::not_found);
  const auto known = in.messages.find(act.target);
  const auto rows = known == in.messages.end() ? message_rows{} : known->second;
  const std::string mark(act.text.view());
  switch (act.kind) {
    case entry_kind::erase:
      return unless(!effect.anybodys && message.author != act.author, ec::forbidden);
    case entry_kind::edit:
      return unless(message.author != act.author || act.at - message.at > std::chrono::seconds{effect.edit_window_s},
                    ec::forbidden);
    case entry_kind::react: {
      if (rows.reactions.contains({mark, act.author})) return {kind::unchanged, {}};
      std::set<std::string> marks{mark};
      std::size_t own = 0;
      for (const auto& [one, by] : rows.reactions) {
        marks.insert(one);
        own += by == act.author ? 1 : 0;
      }
      return unless(marks.size() > core::max_reaction_kinds || own >= core::max_reactions_each, ec::limit_reached);
    }
    case entry_kind::unreact:
      return unless(!rows.reactions.contains({mark, act.author}), ec::not_found);
    case entry_kind::pin:
      if (rows.pinned) return {kind::unchanged, {}};
      return unless(in.pins >= core::max_pins, ec::limit_reached);
    case entry_kind::unpin:
      return unless(!rows.pinned, ec::not_found);
    default:
      return {kind::stored, {}};
  }
}

void database::carry_out_on_message(row& in, const core::room_entry& act) {
  auto& rows = in.messages[act.target];
  const std::pair given{std::string(act.text.view()), act.author};
  switch (act.kind) {
    case entry_kind::erase:
      for (auto& one : in.log)
        if (one.seq == act.target || (one.kind == entry_kind::edit && one.target == act.target))
          core::empty_out(one, act.seq);
      in.pins -= rows.pinned ? 1 : 0;
      in.messages.erase(act.target);
      return;
    case entry_kind::react:
      rows.reactions.insert(given);
      return;
    case entry_kind::unreact:
      rows.reactions.erase(given);
      return;
    case entry_kind::pin:
      rows.pinned = true;
      ++in.pins;
      return;
    case entry_kind::unpin:
      rows.pinned = false;
      --in.pins;
      return;
    default:
      return;
  }
}

// What an act has changed, for the checker.
void database::show_effect(const row& in, const core::room_entry& act) {
  const auto log = in.info.generation;
  if (!core::is_on_message(act.kind)) return check_.stands(log, in.state);
  const auto known = in.messages.find(act.target);
  check_.stands(log, act.target, known == in.messages.end() ? message_rows{} : known->second);
  if (act.kind != entry_kind::erase) return;
  for (const auto& one : in.log)
    if (one.seq == act.target || one.target == act.target || one.target == act.seq) check_.stands(log, one);
}

// Those who are members now and weren't: for them all up to there is read.
void database::mark_newcomers(row& in, core::seq_no upto) {
  for (const auto& [user, role] : in.state.members) in.marks.try_emplace(user, own_part{upto, in.texts});
  std::erase_if(in.marks, [&](const auto& one) { return !in.state.members.contains(one.first); });
}

void database::carry_out(row& in, const core::room_entry& act, const core::act_effect& effect) {
  auto& state = in.state;
  const core::sanction made{act.subject, act.author, act.text, effect.what.until};
  if (core::is_on_message(act.kind) || core::is_words(act.kind)) return carry_out_on_message(in, act);
  switch (act.kind) {
    case entry_kind::settings:
      state.settings = as_row(effect.settings, state.settings, act);
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
      return mark_newcomers(in, act.seq);
    case entry_kind::add:
      state.members.emplace(act.subject, room_role::member);
      return mark_newcomers(in, act.seq);
    case entry_kind::remove:
      state.members.erase(act.subject);
      return mark_newcomers(in, act.seq);
    case entry_kind::ban:
      state.bans.insert_or_assign(act.subject, made);
      state.members.erase(act.subject);
      return mark_newcomers(in, act.seq);
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
