#include <algorithm>
#include <set>

#include "storage/memory/acts.hpp"

namespace greenroom::storage::memory {
namespace {

using core::ec;
using core::entry_kind;
using kind = append_outcome::kind;

append_outcome turned_down(ec why) { return {kind::refused, {}, why}; }

const std::set<reaction>& reactions_to(const room& in, core::seq_no message) {
  static const std::set<reaction> none;
  const auto found = in.reactions.find(message);
  return found == in.reactions.end() ? none : found->second;
}

bool has_reacted(const room& in, const core::room_entry& act) {
  return reactions_to(in, act.target).contains({std::string(act.text), act.author});
}

append_outcome judge_react(const room& in, const core::room_entry& act) {
  if (has_reacted(in, act)) return {kind::unchanged, {}};
  std::set<std::string> marks;
  std::size_t own = 0;
  for (const auto& [mark, by] : reactions_to(in, act.target)) {
    marks.insert(mark);
    if (by == act.author) ++own;
  }
  marks.insert(std::string(act.text));
  const bool full = marks.size() > core::max_reaction_kinds || own >= core::max_reactions_each;
  return full ? turned_down(ec::limit_reached) : append_outcome{};
}

append_outcome judge_pin(const room& in, const core::room_entry& act) {
  if (in.pins.contains(act.target)) return {kind::unchanged, {}};
  return in.pins.size() >= core::max_pins ? turned_down(ec::limit_reached) : append_outcome{};
}

void erase(room& in, const core::room_entry& act) {
  for (auto& entry : in.log)
    if (entry.seq == act.target || (entry.kind == entry_kind::edit && entry.target == act.target))
      core::empty_out(entry, act.seq);
  in.reactions.erase(act.target);
  in.pins.erase(act.target);
  in.forget_mentions_of(act.target);
}

}  // namespace

void room::forget_mentions_of(core::seq_no message) {
  for (auto& theirs : mentions) std::erase_if(theirs.second, [&](const auto& one) { return one.second == message; });
}

append_outcome judge_on_message(const room& in, const core::room_entry& act, const core::act_effect& effect) {
  const auto unless = [](bool refused, ec why) { return refused ? turned_down(why) : append_outcome{}; };
  if (!act.target || act.target.value > in.log.size()) return turned_down(ec::not_found);
  const auto& message = in.log[act.target.value - 1];
  if (message.kind == entry_kind::erased) return turned_down(ec::gone);
  if (!core::is_words(message.kind)) return turned_down(ec::not_found);
  const bool own = message.author == act.author;
  const bool young = act.at - message.at <= std::chrono::seconds{effect.edit_window_s};
  switch (act.kind) {
    case entry_kind::erase:
      return unless(!effect.anybodys && !own, ec::forbidden);
    case entry_kind::edit:
      return unless(!own || !young, ec::forbidden);
    case entry_kind::react:
      return judge_react(in, act);
    case entry_kind::unreact:
      return unless(!has_reacted(in, act), ec::not_found);
    case entry_kind::pin:
      return judge_pin(in, act);
    case entry_kind::unpin:
      return unless(!in.pins.contains(act.target), ec::not_found);
    default:
      return {};
  }
}

void carry_out_on_message(room& in, const core::room_entry& act) {
  switch (act.kind) {
    case entry_kind::erase:
      return erase(in, act);
    case entry_kind::react:
      in.reactions[act.target].insert({std::string(act.text), act.author});
      return;
    case entry_kind::unreact:
      in.reactions[act.target].erase({std::string(act.text), act.author});
      return;
    case entry_kind::pin:
      in.pins.emplace(act.target, act.seq);
      return;
    case entry_kind::unpin:
      in.pins.erase(act.target);
      return;
    default:
      return;
  }
}

}  // namespace greenroom::storage::memory
