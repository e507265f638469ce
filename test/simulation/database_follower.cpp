// What reads logs behind the commit: the cursors, and what is stored with them.
#include <algorithm>

#include "test/simulation/database.hpp"

namespace greenroom::simulation {

using core::entry_kind;

core::rooms_behind database::find_behind(core::room_key after, std::uint32_t limit) const {
  std::map<core::room_key, const row*> behind;
  for (const auto& [name, room] : rooms_)
    if (room->key > after && room->log.size() > room->followed.cursor.value) behind.emplace(room->key, room.get());
  core::rooms_behind out;
  for (const auto& [key, room] : behind) {
    out.more = out.rooms.size() == limit;
    if (out.more) break;
    out.rooms.push_back({key, room->info.room, room->followed.cursor, {room->log.size()}});
  }
  return out;
}

core::followed_log database::read_log(const row& of, std::uint32_t limit) {
  const auto cursor = of.followed.cursor;
  const core::seq_no head{of.log.size()};
  core::followed_log out{of.key, of.info.room, of.info.generation, cursor, std::min(cursor + limit, head), head};
  std::map<core::user_id, core::last_words> last;
  for (const auto& entry : of.log) {
    if (entry.seq > out.upto) break;
    if (is_counted(entry)) ++out.texts;
    if (entry.seq <= cursor) continue;
    if (core::is_words(entry.kind)) last[entry.author] = {entry.author, entry.seq, out.texts};
    const bool text = core::is_words(entry.kind) || entry.kind == entry_kind::edit;
    if (text || entry.kind == entry_kind::erase)
      out.entries.push_back(
          {entry.seq, entry.author, entry.at, entry.kind, entry.target, std::string(entry.text.view())});
  }
  for (const auto& [author, words] : last)
    if (const auto mark = of.marks.find(author); mark != of.marks.end() && mark->second.read < words.seq)
      out.said.push_back(words);
  return out;
}

std::vector<core::followed_log> database::read_logs(const std::vector<core::follow_room>& rooms) const {
  std::vector<core::followed_log> out;
  for (const auto& wanted : rooms)
    for (const auto& [name, room] : rooms_)
      if (room->key == wanted.key) out.push_back(read_log(*room, wanted.entries));
  return out;
}

void database::mention(row& in, const core::mention& one) const {
  if (one.message.value > in.log.size() || in.log[one.message.value - 1].kind == entry_kind::erased) return;
  const bool direct = core::nature_of(in.info.room) == core::room_nature::direct;
  if (direct && is_blocked(in.info.room)) return;
  for (const auto& person : one.people)
    if (in.state.members.contains(person) && person != one.author)
      in.followed.mentions[person].emplace(one.message, one.seq);
}

core::notices_stored database::store(const core::notices& wanted) {
  core::notices_stored out;
  std::map<core::room_key, row*> taken;
  const bool loses = ++notices_ % 2 == 0;
  for (const auto& step : wanted.steps) {
    auto* const room = find(step.key);
    if (room == nullptr || room->info.generation != step.generation || room->followed.cursor != step.from) continue;
    if (!loses || !wrong_.lose_cursors) room->followed.cursor = step.to;
    taken.emplace(step.key, room);
    out.rooms.push_back(step.key);
  }
  for (const auto& one : wanted.mentions)
    if (const auto in = taken.find(one.key); in != taken.end() && !(loses && wrong_.lose_mentions))
      mention(*in->second, one);
  for (const auto& [key, message] : wanted.erased)
    if (const auto in = taken.find(key); in != taken.end())
      for (auto& [person, messages] : in->second->followed.mentions) messages.erase(message);
  for (const auto& [key, words] : wanted.said) {
    const auto in = taken.find(key);
    if (in == taken.end() || (loses && wrong_.lose_own_marks)) continue;
    const auto mark = in->second->marks.find(words.user);
    if (mark == in->second->marks.end() || mark->second.read >= words.seq) continue;
    mark->second = {words.seq, words.texts};
    check_.marked(in->second->info.generation, mark->first, words.seq);
    out.marks.push_back({in->second->info.room, mark->first, words.seq});
  }
  return out;
}

const followed_rows* database::followed(const core::room_id& room) const {
  const auto found = rooms_.find(room);
  return found == rooms_.end() ? nullptr : &found->second->followed;
}

}  // namespace greenroom::simulation
