#pragma once
#include <cstdint>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/log.hpp"
#include "core/time.hpp"

/// The places where a person is mentioned, over all their rooms.
namespace greenroom::core {

/// A place in the list of a person's mentions, which is ordered by time, then number, then the room's folded name.
struct mention_place {
  wall_time at{};
  seq_no seq{};
  room_id room{};  ///< empty: none, the list's begin

  friend bool operator==(const mention_place&, const mention_place&) = default;
  friend bool operator<(const mention_place& a, const mention_place& b) {
    if (a.at != b.at) return a.at < b.at;
    return a.seq != b.seq ? a.seq < b.seq : a.room < b.room;
  }
};

/// The viewer's mentions in rooms that they may still read, the newest first. Those of erased messages are left out.
struct list_mentions {
  user_id viewer;
  mention_place before{};  ///< exclusive
  std::uint32_t limit = 50;
};
struct listed_mention {
  room_id room;
  generation_id generation{};
  room_entry entry{};  ///< the first one that mentions: a message, or an edit of one; without its client id
};
[[nodiscard]] inline mention_place place_of(const listed_mention& one) {
  return {one.entry.at, one.entry.seq, one.room};
}
struct mention_list {
  std::vector<listed_mention> mentions;  ///< descending, at most `long_answer_bytes` of them, but at least one
  bool more = false;
};

}  // namespace greenroom::core
