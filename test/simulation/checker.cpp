#include "test/simulation/checker.hpp"

#include <algorithm>

namespace greenroom::simulation {
namespace {

// A token is believed for half a minute after it was checked, and an edge may have stood still meanwhile.
constexpr core::seconds token_patience{45};

// A room may answer a join by what it knew so long ago.
constexpr core::seconds trusted{2};

}  // namespace

bool checker::same(const core::room_entry& a, const core::room_entry& b) {
  return a.author == b.author && a.text == b.text && a.at == b.at && a.kind == b.kind && a.target == b.target &&
         a.subject == b.subject && a.extra == b.extra;
}

void checker::violated(std::string what) { violations_.push_back(std::move(what)); }

// ---- people

std::string checker::key_of(const core::user_id& author, const std::string& client_id, const std::string& text,
                            core::entry_kind kind) {
  const bool mark = kind == core::entry_kind::react || kind == core::entry_kind::unreact;
  return mark ? author.value + "/" + client_id : text;
}

void checker::posted(const core::user_id& author, const core::room_id& room, const std::string& client_id,
                     const std::string& text, core::entry_kind kind, std::shared_ptr<const core::act> what,
                     core::seq_no target) {
  posts_.insert_or_assign(key_of(author, client_id, text, kind),
                          post{author, room, client_id, kind, std::move(what), target});
}

void checker::refused(const std::string& text, core::ec why) {
  if (why == core::ec::unknown_outcome) return;
  auto& said = posts_.at(text);
  said.refused = true;
  if (said.stored) violated("'" + text + "' was refused with " + std::string(core::to_string(why)) + ", and is stored");
}

// A message that was erased may be told as it was before, where that was read before, too; `head` is the end of the log
// when it was read. `asked`: it was read because somebody came in, who had asked for that then.
void checker::check_entry(const log& in, const core::room_entry& entry, std::string_view where, core::seq_no head,
                          std::optional<core::mono_time> asked) {
  const auto what = std::string(where) + ": " + quoted(in.room, entry.seq);
  if (!entry.seq || entry.seq.value > in.entries.size()) return violated(what + " isn't stored");
  const auto& known = in.entries[entry.seq.value - 1];
  const auto& truth = known.entry;
  if (!entry.client_id.empty() && entry.client_id != truth.client_id) violated(what + " has another id");
  if (same(truth, entry)) return;
  if (!known.before || !same(*known.before, entry))
    return violated(what + " is stored as something else: '" + std::string(entry.text.view()) + "' by " +
                    entry.author.value + " at " + std::to_string(entry.at.time_since_epoch().count()) +
                    ", stored is '" + std::string(truth.text.view()) + "' by " + truth.author.value + " at " +
                    std::to_string(truth.at.time_since_epoch().count()));
  if (truth.target <= head) return violated(what + " is told with the text that was erased");
  if (asked && known.erasure_told && *known.erasure_told + trusted < *asked)
    violated(what + " is told with the text, long after it was erased");
}

void checker::acknowledged(core::generation_id which, core::seq_no seq, const core::user_id& author,
                           const std::string& client_id, const std::string& text) {
  const auto known = logs_.find(which);
  if (known == logs_.end()) return violated("an acknowledgement from no log");
  const auto& in = known->second;
  const auto what = quoted(in.room, seq);
  if (!seq || seq.value > in.entries.size()) return violated(what + " is acknowledged, but not stored");
  const auto& there = in.entries[seq.value - 1];
  const auto& truth = there.before ? *there.before : there.entry;
  if (truth.kind == core::entry_kind::erase && truth.target < seq) {
    for (auto& one : known->second.entries) {
      const bool emptied = one.before && one.entry.target == truth.seq;
      if (emptied && !one.erasure_told) one.erasure_told = clock_();
    }
  }
  const bool emptied = there.before && text.empty();
  if (truth.author != author || truth.client_id != client_id || (truth.text.view() != text && !emptied))
    violated(what + " is acknowledged to " + author.value + " as " + client_id + ", but is something else");
}

// ---- streams

void checker::connected(reader_no which, const core::user_id& user, const core::token_hash& token) {
  readers_[which] = {user, token, {}};
  if (const auto ended = ended_.find(token); ended != ended_.end() && clock_() > ended->second + token_patience)
    violated(user.value + " came in with a token that ended long ago");
}

void checker::joined(reader_no which, const core::room_id& room, const joining& answer) {
  ++seen_.joins;
  auto& who = readers_.at(which);
  const auto what = who.user.value + " joins " + room.value;
  const auto known = logs_.find(answer.log);
  if (known == logs_.end() || known->second.room != room) return violated(what + ": such a log there never was");
  if (answer.head.value > known->second.entries.size()) violated(what + ": the head isn't stored");
  auto& to = who.streams[room] = {};
  to.log = answer.log;
  to.next = answer.head + 1;
  to.head = answer.head;
  to.asked = answer.asked;
  to.count = answer.members.count;
  to.list.insert(answer.members.first.begin(), answer.members.first.end());
  to.in_parts = to.list.size() < to.count;
  check_face(known->second, who.user, answer);
  if (!answer.recovered || !answer.after) return;
  if (answer.of && answer.of != answer.log) violated(what + ": it goes on in another log");
  if (*answer.after > answer.head) violated(what + ": it goes on from beyond the head");
  to.next = *answer.after + 1;
}

checker::stream* checker::stream_of(reader_no which, const core::room_id& room, std::string_view what) {
  const auto who = readers_.find(which);
  if (who != readers_.end())
    if (const auto known = who->second.streams.find(room); known != who->second.streams.end()) return &known->second;
  const auto name = who == readers_.end() ? std::string("somebody") : who->second.user.value;
  violated(name + " isn't in " + room.value + ", and is told " + std::string(what));
  return nullptr;
}

void checker::heard(reader_no which, const core::room_id& room, const core::room_entry& entry) {
  ++seen_.heard;
  auto* const in = stream_of(which, room, "an entry");
  if (in == nullptr) return;
  const auto& who = readers_.at(which);
  const auto& of = logs_.at(in->log);
  const auto what = who.user.value + " hears " + quoted(room, entry.seq);
  if (entry.seq != in->next) violated(what + ", but " + quoted(room, in->next) + " is next");
  in->next = entry.seq + 1;
  const bool missed = entry.seq <= in->head;
  check_entry(of, entry, who.user.value, missed ? in->head : core::seq_no{},
              missed ? std::optional(in->asked) : std::nullopt);
  if (entry.seq.value <= of.entries.size() && !may_read(of, who.user, of.entries[entry.seq.value - 1].tick))
    violated(what + ", and might not read it");
}

void checker::gap(reader_no which, const core::room_id& room, core::seq_no from, core::seq_no to) {
  ++seen_.gaps;
  auto* const in = stream_of(which, room, "of a gap");
  if (in == nullptr) return;
  const auto what = readers_.at(which).user.value + " is told of a gap in " + room.value;
  if (from != in->next) violated(what + " that doesn't begin where the stream ended");
  if (to < from || to.value > length(in->log)) violated(what + " that ends before it begins, or beyond the log");
  in->next = to + 1;
}

void checker::left(reader_no which, const core::room_id& room) {
  const auto who = readers_.find(which);
  if (who == readers_.end()) return;
  who->second.streams.erase(room);
  who->second.said_read.erase(room);
}

void checker::hung_up(reader_no which) { readers_.erase(which); }

void checker::token_ended(const core::token_hash& token) {
  ++seen_.ended_tokens;
  ended_.try_emplace(token, clock_());
}

// ---- who is here

void checker::presence(reader_no which, const core::room_id& room, const core::presence_changed& change) {
  auto* const in = stream_of(which, room, "who is here");
  if (in == nullptr) return;
  if (change.whole) {
    in->list.clear();
    in->in_parts = in->numbers_only = false;
  } else if (change.joined.empty() && change.left.empty()) {
    in->numbers_only = true;
  }
  for (const auto& one : change.left) in->list.erase(one);
  for (const auto& one : change.joined) in->list.insert(one);
  in->count = change.count;
}

void checker::check_presence(const core::room_id& room, const stream& of, const reader& who) {
  std::set<core::user_id> here;
  for (const auto& [number, other] : readers_)
    if (const auto in = other.streams.find(room); in != other.streams.end() && in->second.log == of.log)
      here.insert(other.user);
  if (of.count != here.size())
    violated(who.user.value + " counts " + std::to_string(of.count) + " in " + room.value + ", where " +
             std::to_string(here.size()) + " are");
  if (of.numbers_only) return;
  for (const auto& one : of.list)
    if (!here.contains(one)) violated(who.user.value + " sees a ghost of " + one.value + " in " + room.value);
  if (!of.in_parts)
    for (const auto& one : here)
      if (!of.list.contains(one)) violated(who.user.value + " doesn't see " + one.value + " in " + room.value);
}

void checker::settle() {
  for (const auto& [number, who] : readers_) {
    if (ended_.contains(who.token)) violated(who.user.value + " is still connected, with a token that has ended");
    for (const auto& [room, in] : who.streams) {
      const auto& of = logs_.at(in.log);
      const auto what = who.user.value + " in " + room.value;
      if (of.deleted) violated(what + " doesn't know that it is gone");
      if (in.next.value != of.entries.size() + 1)
        violated(what + " has heard up to " + std::to_string(in.next.value - 1) + " of " +
                 std::to_string(of.entries.size()));
      if (!may_read(of, who.user, ++ticks_)) violated(what + " may not be there");
      check_presence(room, in, who);
    }
  }
}

}  // namespace greenroom::simulation
