#include "storage/memory/follower_store.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "core/mentions.hpp"

namespace greenroom::storage::memory {
namespace {

core::seq_no cursor_of(const room& of) {
  return of.followed_generation == of.info.generation ? of.followed : core::seq_no{};
}

bool may_matter(const core::room_entry& entry) {
  const bool text = core::is_words(entry.kind) || entry.kind == core::entry_kind::edit;
  return entry.kind == core::entry_kind::erase || (text && entry.text.view().find('@') != std::string_view::npos);
}

core::followed_log log_of(const room& of, std::uint32_t limit) {
  const auto cursor = cursor_of(of);
  const core::seq_no head{std::max<std::uint64_t>(of.log.size(), cursor.value)};
  core::followed_log out{of.key, of.info.room, of.info.generation, cursor, std::min(cursor + limit, head), head};
  out.texts = cursor ? of.followed_texts : 0;
  std::map<core::user_id, core::last_words> last;
  for (auto at = cursor.value; at < out.upto.value && at < of.log.size(); ++at) {
    const auto& entry = of.log[at];
    if (counts(entry)) ++out.texts;
    if (core::is_words(entry.kind)) last[entry.author] = {entry.author, entry.seq, out.texts};
    if (may_matter(entry))
      out.entries.push_back(
          {entry.seq, entry.author, entry.at, entry.kind, entry.target, std::string(entry.text.view())});
  }
  for (const auto& [author, words] : last)
    if (const auto member = of.members.find(author); member != of.members.end() && member->second.read < words.seq)
      out.said.push_back(words);
  return out;
}

}  // namespace

core::result<core::rooms_behind> follower_store::find_behind(core::room_key after, std::uint32_t limit) {
  const std::lock_guard lock(database_->guard);
  std::map<core::room_key, const room*> ordered;
  for (const auto& [key, each] : database_->by_key)
    if (key > after && !each->is_hidden() && each->log.size() > cursor_of(*each).value)
      ordered.emplace(key, each.get());
  core::rooms_behind page;
  for (const auto& [key, each] : ordered) {
    page.more = page.rooms.size() == limit;
    if (page.more) break;
    page.rooms.push_back({key, each->info.room, cursor_of(*each), {each->log.size()}});
  }
  return page;
}

core::result<std::vector<core::followed_log>> follower_store::read(const std::vector<core::follow_room>& rooms) {
  const std::lock_guard lock(database_->guard);
  std::vector<core::followed_log> logs;
  for (const auto& [key, entries] : rooms)
    if (const auto found = database_->by_key.find(key); found != database_->by_key.end() && !found->second->is_hidden())
      logs.push_back(log_of(*found->second, entries));
  return logs;
}

room* follower_store::room_of(const core::notices::step& one) {
  const auto found = database_->by_key.find(one.key);
  if (found == database_->by_key.end()) return nullptr;
  room& of = *found->second;
  return of.info.generation == one.generation && cursor_of(of) == one.from ? &of : nullptr;
}

std::uint64_t follower_store::add(room& to, const core::mention& one) const {
  if (one.message.value > to.log.size() || to.log[one.message.value - 1].kind == core::entry_kind::erased) return 0;
  std::vector<core::user_id> people;
  const bool all = one.everybody && to.role_of(one.author) >= core::room_role::moderator;
  for (const auto& [member, as] : to.members)
    if (all || std::find(one.people.begin(), one.people.end(), member) != one.people.end()) people.push_back(member);
  std::erase_if(people, [&](const core::user_id& person) {
    return person == one.author || database_->is_blocked(person, one.author);
  });
  if (all) people.resize(std::min(people.size(), core::max_mentioned_members));
  std::uint64_t added = 0;
  for (const auto& person : people) {
    auto& theirs = to.mentions[person];
    const bool known =
        std::any_of(theirs.begin(), theirs.end(), [&](const auto& before) { return before.second == one.message; });
    if (!known) added += theirs.emplace(one.seq, one.message).second ? 1 : 0;
  }
  return added;
}

core::result<core::notices_stored> follower_store::store(const core::notices& wanted) {
  const std::lock_guard lock(database_->guard);
  core::notices_stored done;
  std::map<core::room_key, room*> taken;
  for (const auto& one : wanted.steps) {
    room* const of = room_of(one);
    if (of == nullptr) continue;
    of->followed = one.to;
    of->followed_generation = one.generation;
    of->followed_texts = one.texts;
    taken.emplace(one.key, of);
    done.rooms.push_back(one.key);
  }
  for (const auto& one : wanted.mentions)
    if (const auto in = taken.find(one.key); in != taken.end()) done.mentions += add(*in->second, one);
  for (const auto& [key, message] : wanted.erased)
    if (const auto in = taken.find(key); in != taken.end()) in->second->forget_mentions_of(message);
  for (const auto& [key, words] : wanted.said) {
    const auto in = taken.find(key);
    if (in == taken.end()) continue;
    const auto member = in->second->members.find(words.user);
    if (member == in->second->members.end() || member->second.read >= words.seq) continue;
    member->second.read = words.seq;
    member->second.read_texts = words.texts;
    done.marks.push_back({in->second->info.room, member->first, words.seq});
  }
  return done;
}

}  // namespace greenroom::storage::memory
