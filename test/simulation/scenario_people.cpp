// What every device of every person has in the end: all messages as they are by now, and nothing unread.
#include <algorithm>

#include "test/simulation/scenario.hpp"

namespace greenroom::simulation {

// What a client makes of live entries, replays and pages, however they overlapped, is what the log says.
void scenario::expect_whole_pictures() {
  const auto in_parts = [&] {
    for (const auto& one : people_)
      for (const auto& room : one->rooms())
        if (one->is_in(room) && one->whole_picture(room) == nullptr) return one->user().value + " of " + room.value;
    return std::string{};
  };
  for (auto left = seconds{60}; left > seconds{0} && violations().empty() && !in_parts().empty(); --left)
    pass(seconds{1});
  if (!violations().empty()) return;
  if (const auto who = in_parts(); !who.empty()) return world_.check.violated("a picture that stays in parts: " + who);
  for (const auto& one : people_)
    for (const auto& room : one->rooms())
      if (one->is_in(room)) {
        const auto* const made = one->whole_picture(room);
        world_.check.folded(one->user(), made->log(), made->first(), made->folded());
      }
}

// What is stored behind the logs is what they imply: mentions, the marks of those who wrote, and the cursors.
void scenario::expect_all_followed() {
  const auto behind = [&] {
    return std::any_of(rooms_.begin(), rooms_.end(), [&](const core::room_id& room) {
      const auto* const rows = cluster_.rooms.followed(room);
      return rows != nullptr && rows->cursor != cluster_.rooms.head_of(room);
    });
  };
  for (auto left = seconds{30}; left > seconds{0} && violations().empty() && behind(); --left) pass(seconds{1});
  if (!violations().empty()) return;
  for (const auto& room : rooms_)
    if (const auto* const rows = cluster_.rooms.followed(room))
      world_.check.followed(room, *rows, [&](const core::user_id& user) { return cluster_.rooms.mark_of(room, user); });
}

// Who says that all is read has nothing unread, as every device of theirs is told; though the database fails meanwhile.
void scenario::expect_all_read() {
  if (!violations().empty()) return;
  cluster_.room_store.now = {0, 300, 300};
  for (const auto& one : people_) one->read_everything();
  pass(seconds{3});
  cluster_.room_store.now = {};
  expect_all_in();
  const auto unread = [&] {
    for (const auto& one : people_)
      for (const auto& room : one->rooms()) {
        if (!one->is_in(room)) continue;
        const auto mark = cluster_.rooms.mark_of(room, one->user());
        if (mark && *mark != cluster_.rooms.head_of(room)) return one->user().value + " in " + room.value;
      }
    return std::string{};
  };
  for (auto left = seconds{30}; left > seconds{0} && violations().empty() && !unread().empty(); --left)
    pass(seconds{1});
  if (!violations().empty()) return;
  if (const auto who = unread(); !who.empty()) return world_.check.violated("what is read isn't stored: " + who);
  for (const auto& one : people_) one->ask_for_rooms();
  const auto silent = [](const auto& one) { return !one->rooms_told(); };
  for (auto left = seconds{30}; left > seconds{0} && std::any_of(people_.begin(), people_.end(), silent); --left) {
    pass(seconds{1});
    // The answer is lost with a connection that ends just then: they ask again.
    if (left.count() % 5 == 0)
      for (const auto& one : people_)
        if (silent(one)) one->ask_for_rooms();
  }
  for (const auto& one : people_) {
    if (!one->rooms_told()) return world_.check.violated(one->user().value + " isn't told of their rooms");
    for (const auto& each : one->rooms_told()->rooms)
      if (each.unread > 0 && one->is_in(each.room))
        world_.check.violated(one->user().value + " has read all of " + each.room.value + ", and " +
                              std::to_string(each.unread) + " are unread");
  }
}

}  // namespace greenroom::simulation
