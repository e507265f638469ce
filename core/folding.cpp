#include "core/folding.hpp"

#include <algorithm>

namespace greenroom::core {
namespace {

// Whether a reading of the act's message, up to `as_of`, doesn't have the act yet. Of an erase it is never asked.
bool counts(const room_entry& act, seq_no as_of) noexcept { return act.kind == entry_kind::erase || act.seq > as_of; }

}  // namespace

void folding::hear(const room_entry& entry) {
  if (is_words(entry.kind) || entry.kind == entry_kind::erased)
    put(entry, {}, entry.seq);
  else if (is_on_message(entry.kind) && entry.target)
    note(entry);
}

void folding::read(const history_page& page) {
  auto state = page.states.begin();
  for (const auto& entry : page.entries) {
    const bool changed = state != page.states.end() && state->seq == entry.seq;
    if (is_words(entry.kind))
      put(entry, changed ? *state : message_state{}, std::max(page.as_of, entry.seq));
    else
      hear(entry);
    if (changed) ++state;
  }
}

void folding::put(const room_entry& entry, const message_state& state, seq_no as_of) {
  const auto [at, is_new] = messages_.try_emplace(entry.seq);
  auto& known = at->second;
  const bool erased = entry.kind == entry_kind::erased;
  if (!is_new && (known.entry.kind == entry_kind::erased || (!erased && as_of <= known.as_of))) return;
  known = {entry, as_of, state.edited, state.edited_at, {}, {}, state.pinned};
  for (const auto& [text, count, mine] : state.reactions)
    known.reactions.emplace(text.view(), tally{count, mine ? 1 : 0});
  for (const auto& [seq, act] : acts_)
    if (act.target == entry.seq && counts(act, as_of)) apply(known, act);
}

void folding::note(const room_entry& act) {
  if (!acts_.emplace(act.seq, act).second) return;
  if (const auto found = messages_.find(act.target); found != messages_.end() && counts(act, found->second.as_of))
    apply(found->second, act);
  if (acts_.size() <= most_acts_) return;
  // An act that isn't remembered can't be told from a new one, so its message takes nothing from there any more.
  const auto oldest = acts_.begin();
  if (const auto found = messages_.find(oldest->second.target); found != messages_.end())
    found->second.as_of = std::max(found->second.as_of, oldest->first);
  acts_.erase(oldest);
}

void folding::apply(folded& to, const room_entry& act) const {
  if (to.entry.kind == entry_kind::erased) return;
  switch (act.kind) {
    case entry_kind::erase:
      empty_out(to.entry, act.seq);
      return;
    case entry_kind::edit:
      if (act.seq <= to.edited) return;
      to.edited = act.seq;
      to.edited_at = act.at;
      to.entry.text = act.text;
      return;
    case entry_kind::react:
    case entry_kind::unreact: {
      const int change = act.kind == entry_kind::react ? 1 : -1;
      auto& reaction = to.reactions[std::string(act.text.view())];
      reaction.count += change;
      if (act.author == viewer_) reaction.mine += change;
      return;
    }
    case entry_kind::pin:
    case entry_kind::unpin:
      if (act.seq <= to.pinned_by) return;
      to.pinned_by = act.seq;
      to.pinned = act.kind == entry_kind::pin;
      return;
    default:
      return;
  }
}

std::optional<folding::message> folding::find(seq_no seq) const {
  const auto found = messages_.find(seq);
  if (found == messages_.end()) return std::nullopt;
  const auto& from = found->second;
  message out{from.entry, {.seq = seq}};
  if (from.entry.kind == entry_kind::erased) return out;
  out.state.edited = from.edited;
  out.state.edited_at = from.edited_at;
  out.state.pinned = from.pinned;
  for (const auto& [text, many] : from.reactions)
    if (many.count > 0) out.state.reactions.push_back({text, static_cast<std::uint32_t>(many.count), many.mine > 0});
  return out;
}

}  // namespace greenroom::core
