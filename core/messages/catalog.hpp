#pragma once
#include <cstdint>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/log.hpp"
#include "core/time.hpp"

/// The catalog of rooms: lists, pages, members.
namespace greenroom::core {

/// A room as users see it.
struct room_info {
  room_id room;
  user_id owner;
  bool is_private = false;
  generation_id generation;
  seq_no head;
  wall_time created{};
};

/// Enters a room by name; creates it, public and owned by `user`, if it is missing and `create` is set.
struct enter_room {
  room_id room;
  user_id user;
  bool create = false;
};
/// Creates a room as asked, or enters the existing one.
struct create_room {
  room_id room;
  user_id owner;
  bool is_private = false;
  std::vector<user_id> members;
};
struct room_entered {
  room_info info;
  bool created = false;
};
struct list_rooms {
  user_id viewer;
  room_id after;  ///< exclusive; empty: from the start
  std::uint32_t limit = 50;
};
struct room_list {
  std::vector<room_info> rooms;
  bool more = false;
};
struct list_members {
  room_id room;
  user_id viewer;
  user_id after;
  std::uint32_t limit = 50;
};
struct member_list {
  std::vector<user_id> members;
  bool more = false;
};
struct add_member {
  room_id room;
  user_id by;
  user_id member;
};
struct remove_member {
  room_id room;
  user_id by;
  user_id member;
};
/// The answer to both: it is durable, and the room knows.
struct members_changed {};
struct delete_room {
  room_id room;
  user_id by;
};
struct read_history {
  room_id room;
  user_id viewer;
  seq_no before;  ///< exclusive; 0: none
  seq_no after;   ///< exclusive; 0: none. Not both
  std::uint32_t limit = 50;
  bool from_start = false;  ///< the first page: a client's `after` 0
};
struct history_page {
  std::vector<room_entry> entries;  ///< ascending; `client_id` only on the viewer's own
  bool more = false;                ///< there is more in the direction that was read, also where the bytes ended it
};
struct read_heads {
  std::vector<room_id> rooms;
};
struct room_head {
  room_id room;
  seq_no head;
};
struct room_heads {
  std::vector<room_head> heads;  ///< without those that don't exist
};

}  // namespace greenroom::core
