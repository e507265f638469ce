#pragma once
#include <cstdint>
#include <vector>

#include "core/messages/follower.hpp"
#include "core/result.hpp"

namespace greenroom::storage {

/// The chat database, as the follower of its logs sees it, in the duty `notices`. Blocking; one thread at a time.
/// Rooms that a deletion hides aren't followed. Errors: `unavailable` (nothing happened), `unknown_outcome`,
/// `internal`.
class follower_store {
 public:
  virtual ~follower_store() = default;

  /// Rooms whose logs go on behind their cursors, at most `limit`, in order of their keys, after `after` (exclusive).
  /// Reads all rooms: not to be called often.
  virtual core::result<core::rooms_behind> find_behind(core::room_key after, std::uint32_t limit) = 0;
  /// The logs of these rooms from their cursors on, in their order; without those that aren't there.
  virtual core::result<std::vector<core::followed_log>> read(const std::vector<core::follow_room>& rooms) = 0;
  /// Moves the cursors of the rooms of `wanted.steps`, and stores the rest of it for them, in one transaction. A room
  /// whose cursor isn't where its step begins, or whose log is another one by now, is left out with all that is for it.
  /// Mentioned are members (`core::max_mentioned_members` of all of them), but not the author, nor anybody who has
  /// blocked the author or is blocked by them, once a message, and none by a message that is erased by now. Marks move
  /// as `room_store::move_marks` does it.
  virtual core::result<core::notices_stored> store(const core::notices& wanted) = 0;
};

}  // namespace greenroom::storage
