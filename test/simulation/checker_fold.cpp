// What holds of a room's messages, by the log alone, and how far somebody has read.
#include <algorithm>
#include <set>

#include "test/simulation/acts.hpp"
#include "test/simulation/checker.hpp"

namespace greenroom::simulation {

using core::entry_kind;

// The message, or whatever stands there, as a page has it that is read when `as_of` is the head.
core::folding::message checker::message_at(const log& in, core::seq_no seq, core::seq_no as_of,
                                           const core::user_id& viewer) {
  const auto& there = in.entries[seq.value - 1];
  const bool is_erased = there.before && there.entry.target <= as_of;
  core::folding::message out{there.before && !is_erased ? *there.before : there.entry, {.seq = seq}};
  const auto acts = in.acts.find(seq);
  if (!core::is_words(out.entry.kind) || acts == in.acts.end()) return out;
  std::map<std::string, std::set<core::user_id>> given;
  for (const auto number : acts->second) {
    if (number > as_of) break;
    const auto& stored = in.entries[number.value - 1];
    const auto& act = stored.before ? *stored.before : stored.entry;
    if (act.kind == entry_kind::edit) {
      out.entry.text = act.text;
      out.state.edited = act.seq;
      out.state.edited_at = act.at;
    }
    if (act.kind == entry_kind::react) given[std::string(act.text.view())].insert(act.author);
    if (act.kind == entry_kind::unreact) given[std::string(act.text.view())].erase(act.author);
    if (act.kind == entry_kind::pin || act.kind == entry_kind::unpin) out.state.pinned = act.kind == entry_kind::pin;
  }
  for (const auto& [mark, people] : given)
    if (!people.empty())
      out.state.reactions.push_back({mark, static_cast<std::uint32_t>(people.size()), people.contains(viewer)});
  return out;
}

// Of its edits, too, no word is left.
void checker::erase(log& in, const core::room_entry& erase) {
  if (!erase.target || erase.target >= erase.seq) return;
  const auto empty = [&](stored& one) {
    if (one.before) return;
    one.before = one.entry;
    core::empty_out(one.entry, erase.seq);
  };
  empty(in.entries[erase.target.value - 1]);
  for (const auto number : in.acts[erase.target])
    if (auto& act = in.entries[number.value - 1]; act.entry.kind == entry_kind::edit) empty(act);
}

void checker::page(reader_no which, const core::room_id& room, const core::history_page& page) {
  // The room's name may have another log by now, with the same text in the same place: an entry is of whichever has it.
  const auto& who = readers_.at(which);
  core::seq_no last;
  auto state = page.states.begin();
  for (const auto& entry : page.entries) {
    ++seen_.paged;
    if (last && entry.seq != last + 1) violated(who.user.value + " reads a page with a hole");
    last = entry.seq;
    core::message_state told{.seq = entry.seq};
    if (state != page.states.end() && state->seq == entry.seq) told = *state++;
    bool is_there = false;
    for (const auto& [number, of] : logs_) {
      if (of.room != room || !entry.seq || entry.seq > page.as_of || page.as_of.value > of.entries.size()) continue;
      const auto truth = message_at(of, entry.seq, page.as_of, who.user);
      if (!same(truth.entry, entry) || !(truth.state == told)) continue;
      is_there = true;
      if (!entry.client_id.empty() && entry.client_id != truth.entry.client_id)
        violated(who.user.value + " reads " + quoted(room, entry.seq) + " with another id");
      if (!may_read(of, who.user, of.entries[entry.seq.value - 1].tick))
        violated(who.user.value + " reads " + quoted(room, entry.seq) + ", and might not read it");
      break;
    }
    if (!is_there)
      violated(who.user.value + " reads " + quoted(room, entry.seq) + " as of " + std::to_string(page.as_of.value) +
               ", which isn't so: '" + std::string(entry.text.view()) + "'");
  }
}

void checker::folded(const core::user_id& user, core::generation_id which, core::seq_no first,
                     const core::folding& made) {
  const auto known = logs_.find(which);
  if (known == logs_.end()) return;
  const auto& in = known->second;
  const core::seq_no head{in.entries.size()};
  for (const auto& one : in.entries) {
    const auto seq = one.entry.seq;
    if (seq < first || !core::is_words((one.before ? *one.before : one.entry).kind)) continue;
    ++seen_.folded;
    const auto truth = message_at(in, seq, head, user);
    const auto found = made.find(seq);
    if (!found)
      violated(user.value + " has lost " + quoted(in.room, seq));
    else if (!same(found->entry, truth.entry) || !(found->state == truth.state))
      violated(user.value + " has made something else of " + quoted(in.room, seq) + ": '" +
               std::string(found->entry.text.view()) + "' for '" + std::string(truth.entry.text.view()) + "', " +
               std::to_string(found->state.reactions.size()) + " reactions for " +
               std::to_string(truth.state.reactions.size()));
  }
}

// ---- how far somebody has read

std::uint64_t checker::words_up_to(const log& in, core::seq_no seq) {
  return seq ? in.entries[seq.value - 1].words : 0;
}

void checker::read(reader_no which, const core::room_id& room, core::seq_no seq) {
  auto& who = readers_.at(which);
  for (auto* const furthest : {&who.said_read[room], &read_[{who.user, room}]}) *furthest = std::max(*furthest, seq);
}

void checker::marked(core::generation_id which, const core::user_id& user, core::seq_no seq) {
  ++seen_.marks;
  auto& in = logs_.at(which);
  const auto what = user.value + "'s mark in " + in.room.value + " is at " + std::to_string(seq.value);
  auto& before = in.marks[user];
  if (seq < before) violated(what + ", and was at " + std::to_string(before.value));
  if (seq.value > in.entries.size()) violated(what + ", beyond the head");
  if (seq > read_[{user, in.room}] && !wrote(in, user, seq)) violated(what + ", and they never read so far");
  before = seq;
}

void checker::told_read(const core::user_id& user, const core::room_id& room, core::seq_no seq) {
  const auto wrote_it = [&](const auto& one) { return one.second.room == room && wrote(one.second, user, seq); };
  if (seq > read_[{user, room}] && std::none_of(logs_.begin(), logs_.end(), wrote_it))
    violated(user.value + " is told to have read " + quoted(room, seq) + ", and never did");
}

void checker::synced(reader_no which, const core::rooms_synced& page) {
  auto& who = readers_.at(which);
  for (const auto& one : page.rooms) {
    ++seen_.synced;
    const auto what = who.user.value + " is told that in " + one.room.value + " " + std::to_string(one.read.value) +
                      " of " + std::to_string(one.head.value) + " are read";
    const auto known = logs_.find(one.generation);
    if (known == logs_.end() || known->second.room != one.room) {
      violated(what + ": such a log there never was");
      continue;
    }
    const auto& in = known->second;
    if (one.head.value > in.entries.size() || one.read > one.head) {
      violated(what + ", which isn't stored");
      continue;
    }
    const auto unread = words_up_to(in, one.head) - words_up_to(in, one.read);
    if (one.unread != unread)
      violated(what + " and " + std::to_string(one.unread) + " unread: it is " + std::to_string(unread));
    auto& before = who.was_read[one.generation];
    if (one.read < before) violated(what + ", and " + std::to_string(before.value) + " were");
    before = one.read;
  }
}

void checker::settle_marks(
    const std::function<std::optional<core::seq_no>(const core::room_id&, const core::user_id&)>& mark_of) {
  for (const auto& [number, who] : readers_)
    for (const auto& [room, seq] : who.said_read) {
      const auto in = who.streams.find(room);
      if (in == who.streams.end()) continue;
      if (logs_.at(in->second.log).deleted) continue;
      const auto mark = mark_of(room, who.user);
      if (mark && *mark < seq)
        violated(who.user.value + " has read " + quoted(room, seq) + ", and the mark was never stored");
    }
}

}  // namespace greenroom::simulation
