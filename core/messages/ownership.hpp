#pragma once
#include <cstddef>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/log.hpp"

/// The ownership of rooms, and the state that an owner reads from the database.
namespace greenroom::core {

struct find_room {
  room_id room;
  bool forwarded = false;  ///< from another node: one that doesn't own the room refuses with `fenced`, forwards nothing
};
struct open_room {
  room_id room;
  node_name owner;
  view_version view;
};
/// A room as its new owner finds it.
struct room_opened {
  room_id room;  ///< as first written
  room_key key;
  epoch_no epoch;
  generation_id generation;
  seq_no head;
  std::vector<room_entry> tail;  ///< the last entries, contiguous up to `head`
  bool is_private = false;
  user_id owner{};
  membership_no membership{};      ///< when `members` was read
  std::vector<user_id> members{};  ///< everybody who may be in it, if it is private
};

/// The epoch and the membership of a room, as its row in the database has them now.
struct room_standing {
  epoch_no epoch;            ///< 0: there is no such room any more
  membership_no membership;  ///< rises when members are changed, except by the room itself
};

/// A room that is live on a node.
struct live_room {
  room_id room;
  epoch_no epoch;
};
/// For operators: which rooms live on that node, in order of their folded names, in pages.
struct list_live_rooms {
  node_name node;
  room_id after{};  ///< exclusive; empty: from the start
};
inline constexpr std::size_t max_live_rooms_told = 4096;
struct live_rooms {
  std::vector<live_room> rooms;  ///< at most `max_live_rooms_told`: 400 KB on a link
  bool more = false;             ///< ask again, after the last of these
};

}  // namespace greenroom::core
