#include <algorithm>
#include <iterator>

#include "core/text.hpp"
#include "storage/admission.hpp"
#include "storage/memory/room_store.hpp"

namespace greenroom::storage::memory {
namespace {

constexpr std::uint64_t most_counted = 10'001;
constexpr std::uint64_t last_among = 50;

std::uint64_t texts_after(const room& in, core::seq_no mark) {
  std::uint64_t behind = 0;
  for (auto at = mark.value; at < in.log.size() && behind < most_counted; ++at)
    if (counts(in.log[at])) ++behind;
  return behind;
}

core::room_entry newest_words(const room& in) {
  for (auto seq = in.said.value; seq > 0 && seq + last_among > in.said.value; --seq) {
    if (!core::is_words(in.log[seq - 1].kind)) continue;
    auto found = in.log[seq - 1];
    found.client_id.clear();
    found.text = core::whole_characters(found.text.view().substr(0, core::synced_text_bytes));
    return found;
  }
  return {};
}

std::uint64_t mentions_after(const room& in, const core::user_id& who, core::seq_no mark) {
  const auto theirs = in.mentions.find(who);
  if (theirs == in.mentions.end()) return 0;
  return static_cast<std::uint64_t>(std::distance(theirs->second.upper_bound(mark), theirs->second.end()));
}

core::synced_room as_synced(const room& of, const core::user_id& who, const membership& mine) {
  return {.room = of.info.room,
          .title = of.info.settings.title,
          .access = of.info.settings.access,
          .generation = of.info.generation,
          .head = {of.log.size()},
          .unread = of.texts - std::min(of.texts, mine.read_texts),
          .mentions = mentions_after(of, who, mine.read),
          .read = mine.read,
          .role = of.role_of(who),
          .notify = mine.notify.value_or(core::default_notify(of.info.room)),
          .last = newest_words(of)};
}

}  // namespace

core::result<std::uint32_t> room_store::move_marks(const std::vector<core::read_mark>& marks) {
  const std::lock_guard lock(database_->guard);
  std::uint32_t moved = 0;
  for (const auto& mark : marks) {
    const auto found = database_->rooms.find(mark.room);
    if (found == database_->rooms.end()) continue;
    room& in = *found->second;
    const auto mine = in.members.find(mark.user);
    const auto to = std::min(mark.seq, core::seq_no{in.log.size()});
    if (mine == in.members.end() || mine->second.read >= to) continue;
    mine->second.read = to;
    mine->second.read_texts = in.texts - texts_after(in, to);
    ++moved;
  }
  return moved;
}

core::result<core::mark_found> room_store::find_mark(const core::find_mark& request) {
  const std::lock_guard lock(database_->guard);
  const auto there = enter(request.room, request.viewer);
  if (!there) return there.why();
  const auto mine = (*there)->members.find(request.viewer);
  if (mine == (*there)->members.end() || !mine->second.read) return core::mark_found{};
  return core::mark_found{mine->second.read, (*there)->log[mine->second.read.value - 1].at};
}

core::status room_store::set_notify(const core::set_notify& request) {
  const std::lock_guard lock(database_->guard);
  const auto found = database_->rooms.find(request.room);
  if (found == database_->rooms.end() || found->second->is_hidden()) return core::ec::not_found;
  const auto mine = found->second->members.find(request.user);
  if (mine == found->second->members.end()) return core::ec::not_found;
  mine->second.notify = request.level;
  return core::done{};
}

core::result<core::rooms_synced> room_store::sync_rooms(const core::sync_rooms& request) {
  const std::lock_guard lock(database_->guard);
  core::rooms_synced synced;
  for (auto at = database_->rooms.upper_bound(request.after); at != database_->rooms.end(); ++at) {
    const room& each = *at->second;
    const auto mine = each.members.find(request.viewer);
    if (mine == each.members.end() || each.refusal_of(request.viewer, clock_now()).code != core::ec::none) continue;
    synced.more = synced.rooms.size() == request.limit;
    if (synced.more) break;
    synced.rooms.push_back(as_synced(each, request.viewer, mine->second));
  }
  return synced;
}

}  // namespace greenroom::storage::memory
