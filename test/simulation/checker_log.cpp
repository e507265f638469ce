// What the checker learns from the database, which is the truth, and what must hold of that alone.
#include <algorithm>

#include "test/simulation/acts.hpp"
#include "test/simulation/checker.hpp"

namespace greenroom::simulation {
namespace {

// The clocks of nodes differ by so much: a ban that ends may be over already for one of them.
constexpr core::milliseconds skew{250};

}  // namespace

core::wall_time checker::wall() const {
  return core::wall_time{std::chrono::duration_cast<core::milliseconds>(clock_().time_since_epoch())};
}

void checker::room_made(const core::room_id& room, core::generation_id which, room_state state) {
  auto& made = logs_[which];
  made.room = room;
  made.rules = ledger(std::move(state), &people_, core::nature_of(room));
  note_members(made);
  last_logs_.insert_or_assign(room, which);
}

checker::log* checker::last_log_of(const core::room_id& room) {
  const auto known = last_logs_.find(room);
  return known == last_logs_.end() ? nullptr : &logs_.at(known->second);
}

// Those who may not read any more after the change may still read what came up to `since`.
template <class Change>
void checker::change_readers(log& in, std::uint64_t since, Change change) {
  std::vector<core::user_id> readers;
  for (const auto& one : people_)
    if (in.rules.may_read(one, wall() + skew)) readers.push_back(one);
  change();
  for (const auto& one : readers)
    if (!in.rules.may_read(one, wall() + skew)) in.read_until[one] = since;
}

void checker::room_opened(core::generation_id which) {
  auto& in = logs_.at(which);
  change_readers(in, ++ticks_, [&] { in.rules.opened(); });
}

void checker::room_deleted(core::generation_id which) { logs_.at(which).deleted = true; }

void checker::member_changed(core::generation_id which, const core::user_id& user, bool add) {
  auto& in = logs_.at(which);
  ++ticks_;
  in.meddled = clock_();
  in.rules.changed_elsewhere(user, add);
  note_members(in);
}

void checker::stands(core::generation_id which, const room_state& state) {
  const auto& in = logs_.at(which);
  if (!(in.rules.state() == state)) violated(in.room.value + ": the rows aren't what the log implies");
}

void checker::stands(core::generation_id which, const core::room_entry& entry) {
  const auto& in = logs_.at(which);
  if (!same(in.entries.at(entry.seq.value - 1).entry, entry))
    violated(quoted(in.room, entry.seq) + ": the row isn't what the log implies");
}

void checker::stands(core::generation_id which, core::seq_no message, const message_rows& rows) {
  const auto& in = logs_.at(which);
  if (!(in.rules.rows_of(message) == rows))
    violated(quoted(in.room, message) + ": its reactions or its pin aren't what the log implies");
}

void checker::block_changed(core::generation_id which, bool stands) { logs_.at(which).rules.block_changed(stands); }

// While they might be there, or before: then they might be later, and still may, or were told of it in time.
bool checker::may_read(const log& of, const core::user_id& user, std::uint64_t tick) const {
  if (of.rules.may_read(user, wall() + skew)) return true;
  const auto until = of.read_until.find(user);
  return until != of.read_until.end() && until->second > tick;
}

void checker::appended(core::generation_id which, const std::vector<core::room_entry>& entries) {
  auto& into = logs_.at(which);
  for (const auto& entry : entries) {
    const auto now = ++ticks_;
    ++seen_.stored;
    ++seen_.acts[static_cast<std::size_t>(entry.kind)];
    const auto where = quoted(into.room, entry.seq);
    if (entry.seq.value != into.entries.size() + 1) violated(where + " is stored, but isn't what follows");
    if (!into.entries.empty() && entry.at < into.entries.back().entry.at)
      violated(where + " is older than the one before");
    if (!entry.client_id.empty() && !into.ids.emplace(core::folded(entry.author.value), entry.client_id).second)
      violated(where + ": the id " + entry.client_id + " of " + entry.author.value + " is stored twice");
    check_said(into, entry, where);
    std::string wrong;
    const auto judge = [&] { wrong = into.rules.append(entry); };
    // Everybody who was there hears that the room is closed; those who are put out don't hear of it any more.
    if (core::is_words(entry.kind))
      judge();
    else
      change_readers(into, entry.kind == core::entry_kind::settings ? ++ticks_ : now, judge);
    if (!wrong.empty())
      violated(where + " (" + std::string(word_of(entry.kind)) + ") is by " + entry.author.value + ", " + wrong);
    const auto words = into.entries.empty() ? 0 : into.entries.back().words;
    into.entries.push_back({entry, now, {}, {}, words + (core::is_words(entry.kind) ? 1 : 0)});
    note_members(into);
    if (!core::is_on_message(entry.kind)) continue;
    into.acts[entry.target].push_back(entry.seq);
    if (entry.kind == core::entry_kind::erase) erase(into, entry);
  }
}

void checker::check_said(log& in, const core::room_entry& entry, const std::string& where) {
  const auto said = posts_.find(key_of(entry.author, entry.client_id, std::string(entry.text.view()), entry.kind));
  if (said == posts_.end() || said->second.author != entry.author || said->second.room != in.room ||
      said->second.client_id != entry.client_id || said->second.kind != entry.kind)
    return violated(where + " is stored, but nobody said that there");
  const auto& what = said->second.what;
  if (what && (what->target != entry.target || what->subject != entry.subject || !(what->extra == entry.extra)))
    violated(where + " is stored, but isn't what was to be done");
  if (!what && said->second.target != entry.target) violated(where + " is stored, but answers something else");
  if (said->second.refused) violated(where + " is stored, but was refused for good");
  if (entry.client_id.empty() && said->second.stored) violated(where + " was said once, and is stored twice");
  said->second.stored = true;
}

std::size_t checker::length(core::generation_id which) const {
  const auto known = logs_.find(which);
  return known == logs_.end() ? 0 : known->second.entries.size();
}

// ---- what people are told of it

void checker::told_why(const core::user_id& user, const core::room_id& room, core::ec why,
                       const core::sanction& because) {
  if (because.by.value.empty()) return;
  const auto tells = [&](const stored& one) {
    const auto& entry = one.entry;
    return entry.subject == user && entry.author == because.by && entry.text == because.why &&
           (entry.kind == core::entry_kind::ban || entry.kind == core::entry_kind::mute ||
            entry.kind == core::entry_kind::remove);
  };
  for (const auto& [which, in] : logs_)
    if (in.room == room && std::any_of(in.entries.rbegin(), in.entries.rend(), tells)) return;
  violated(user.value + " is told to be " + std::string(core::to_string(why)) + " in " + room.value + " by " +
           because.by.value + ", who did no such thing");
}

void checker::gave_up(const std::string& key, core::ec why) {
  ++seen_.refused[why];
  if (posts_.at(key).stored) ++seen_.refused_too_late[why];
}

void checker::refused_at_the_end(const core::user_id& user, const core::room_id& room, core::ec why) {
  const auto* const in = last_log_of(room);
  if (in == nullptr) return;
  const auto& state = in->rules.state();
  const auto muted = holding(state.mutes, user, wall() - core::seconds{2}) != nullptr;
  const auto closed = state.settings.post != core::room_posting::all;
  const bool right = why == core::ec::muted       ? muted
                     : why == core::ec::read_only ? closed
                     : why == core::ec::blocked   ? in->rules.blocked()
                                                  : core::describe(why).retry;
  if (!right)
    violated(user.value + " is refused in " + room.value + " as " + std::string(core::to_string(why)) +
             ", without reason");
}

void checker::check_face(const log& in, const core::user_id& user, const joining& answer) {
  if (answer.head.value != in.entries.size()) return;  // somebody may have changed it since
  if (in.meddled && *in.meddled + core::seconds{20} > answer.asked) return;
  const auto& [settings, owner, members, bans, mutes] = in.rules.state();
  const auto& face = answer.face;
  if (face.access != settings.access || face.owner != owner || !(face.title == settings.title) ||
      !(face.topic == settings.topic))
    violated(user.value + " is shown another " + in.room.value + " than it is");
  if (!in.rules.may_be(user, face.role)) violated(user.value + " is told another role in " + in.room.value);
}

}  // namespace greenroom::simulation
