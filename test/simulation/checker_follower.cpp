// What followers must have made of a log in the end, by the log alone.
#include <algorithm>

#include "core/mentions.hpp"
#include "test/simulation/checker.hpp"

namespace greenroom::simulation {

using core::entry_kind;

// To be called after each change: who came or went with it.
void checker::note_members(log& in) {
  const auto& now = in.rules.state().members;
  for (const auto& [user, role] : now)
    if (in.members.insert(user).second) in.came[user] = {in.entries.size()};
  std::erase_if(in.members, [&](const core::user_id& user) {
    if (now.contains(user)) return false;
    in.went[user] = {in.entries.size()};
    return true;
  });
}

bool checker::wrote(const log& in, const core::user_id& user, core::seq_no seq) {
  if (!seq || seq.value > in.entries.size()) return false;
  const auto& one = in.entries[seq.value - 1];
  const auto& entry = one.before ? *one.before : one.entry;
  return core::is_words(entry.kind) && entry.author == user;
}

// The entries that mention the person, by the messages that they are, or that they edit.
std::map<core::seq_no, std::vector<core::seq_no>> checker::mentions_of(const log& in, const core::user_id& user) {
  std::map<core::seq_no, std::vector<core::seq_no>> out;
  for (const auto& one : in.entries) {
    const auto& entry = one.entry;  // what is erased mentions nobody
    const bool is_text = core::is_words(entry.kind) || entry.kind == entry_kind::edit;
    if (!is_text || entry.author == user) continue;
    const auto names = core::mentioned_in(entry.text.view());
    if (std::find(names.begin(), names.end(), user) != names.end())
      out[entry.kind == entry_kind::edit ? entry.target : entry.seq].push_back(entry.seq);
  }
  return out;
}

// Somebody who was a member ever since is mentioned; somebody who never was any more isn't; others may be.
void checker::check_mentions(const log& in, const core::user_id& user,
                             const std::map<core::seq_no, core::seq_no>& rows) {
  const auto wanted = mentions_of(in, user);
  const bool direct = core::nature_of(in.room) == core::room_nature::direct;
  const auto came = in.came.find(user);
  const auto went = in.went.find(user);
  for (const auto& [message, entries] : wanted) {
    ++seen_.mentions;
    const auto row = rows.find(message);
    const bool was_in = in.members.contains(user) && came->second < entries.back();
    const bool was_out = !in.members.contains(user) && (went == in.went.end() || went->second < entries.front());
    const auto what = user.value + " in " + quoted(in.room, message);
    if (row == rows.end() && was_in && !direct) violated("the mention of " + what + " is lost");
    if (row != rows.end() && was_out) violated(what + " is mentioned, and was no member");
    if (row != rows.end() && std::find(entries.begin(), entries.end(), row->second) == entries.end())
      violated(what + " is mentioned by " + std::to_string(row->second.value) + ", which doesn't");
  }
  for (const auto& [message, entry] : rows)
    if (!wanted.contains(message)) violated(user.value + " is mentioned in " + quoted(in.room, message) + " by nobody");
}

void checker::followed(const core::room_id& room, const followed_rows& rows,
                       const std::function<std::optional<core::seq_no>(const core::user_id&)>& mark_of) {
  const auto* const in = last_log_of(room);
  if (in == nullptr || in->deleted) return;
  if (rows.cursor.value != in->entries.size())
    violated(room.value + " is followed up to " + std::to_string(rows.cursor.value) + " of " +
             std::to_string(in->entries.size()));
  static const std::map<core::seq_no, core::seq_no> none;
  for (const auto& user : people_) {
    const auto theirs = rows.mentions.find(user);
    check_mentions(*in, user, theirs == rows.mentions.end() ? none : theirs->second);
    const auto mark = mark_of(user);
    const auto last = std::find_if(in->entries.rbegin(), in->entries.rend(), [&](const stored& one) {
      return core::is_words(one.entry.kind) && one.entry.author == user;
    });
    if (mark && last != in->entries.rend() && *mark < last->entry.seq)
      violated(user.value + " wrote " + quoted(room, last->entry.seq) + ", and their mark is at " +
               std::to_string(mark->value));
  }
}

}  // namespace greenroom::simulation
