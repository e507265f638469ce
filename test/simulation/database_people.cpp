// What people have of rooms for themselves: marks, direct rooms, blocks.
#include <algorithm>

#include "core/direct.hpp"
#include "test/simulation/database.hpp"

namespace greenroom::simulation {

core::marks_moved database::move_marks(const core::move_marks& wanted) {
  core::marks_moved out;
  for (const auto& mark : wanted.marks) {
    const auto found = rooms_.find(mark.room);
    if (found == rooms_.end()) continue;
    auto& in = *found->second;
    const auto mine = in.marks.find(mark.user);
    const auto to = std::min(mark.seq, core::seq_no{in.log.size()});
    if (mine == in.marks.end() || mine->second.read >= to) continue;
    const auto behind = std::count_if(in.log.begin() + static_cast<std::ptrdiff_t>(to.value), in.log.end(), is_counted);
    mine->second = {to, in.texts - static_cast<std::uint64_t>(behind)};
    check_.marked(in.info.generation, mark.user, to);
    ++out.moved;
  }
  return out;
}

core::rooms_synced database::sync_rooms(const core::sync_rooms& wanted, core::wall_time now) const {
  core::rooms_synced out;
  for (auto at = rooms_.upper_bound(wanted.after); at != rooms_.end(); ++at) {
    const auto& in = *at->second;
    const auto mine = in.marks.find(wanted.viewer);
    if (mine == in.marks.end() || refusal_of(in, wanted.viewer, now).code != ec::none) continue;
    out.more = out.rooms.size() == wanted.limit;
    if (out.more) break;
    out.rooms.push_back({.room = at->first,
                         .title = in.state.settings.title,
                         .access = in.state.settings.access,
                         .generation = in.info.generation,
                         .head = {in.log.size()},
                         .unread = in.texts - std::min(in.texts, mine->second.read_texts),
                         .read = mine->second.read,
                         .role = in.state.role_of(wanted.viewer)});
  }
  return out;
}

core::result<core::room_entered> database::open_direct(const core::open_direct& wanted, core::generation_id fresh,
                                                       core::wall_time now) {
  const auto room = core::direct_room_of(wanted.by, wanted.with.front());
  if (rooms_.contains(room)) return enter({room, wanted.by, false}, fresh, now);
  if (is_blocked(room)) return ec::blocked;
  return make(room, {"system"}, core::room_access::secret, {wanted.by, wanted.with.front()}, fresh);
}

core::blocks_changed database::change_block(const core::user_id& by, const core::user_id& blocked, bool stands) {
  if (stands)
    blocks_.emplace(by, blocked);
  else
    blocks_.erase({by, blocked});
  const auto room = core::direct_room_of(by, blocked);
  if (const auto found = rooms_.find(room); found != rooms_.end()) {
    if (!wrong_.lose_blocks) ++found->second->membership;
    check_.block_changed(found->second->info.generation, is_blocked(room));
  }
  return {};
}

bool database::is_blocked(const core::room_id& room) const {
  const auto people = core::people_of(room);
  return people.size() == 2 && (blocks_.contains({people[0], people[1]}) || blocks_.contains({people[1], people[0]}));
}

std::optional<core::seq_no> database::mark_of(const core::room_id& room, const core::user_id& user) const {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return std::nullopt;
  const auto mine = found->second->marks.find(user);
  return mine == found->second->marks.end() ? std::nullopt : std::optional(mine->second.read);
}

}  // namespace greenroom::simulation
