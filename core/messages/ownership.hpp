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
  std::vector<room_entry> tail;  ///< the last entries, contiguous up to `head`; read after `membership`
  room_settings settings{};
  user_id owner{};
  membership_no membership{};         ///< when what follows was read
  std::vector<user_id> members{};     ///< all of them, where `knows_members`; else none
  std::vector<user_id> moderators{};  ///< all of them; not the owner
  std::vector<sanction> bans{};       ///< all that hold; `by` and `why` may be left out
  std::vector<sanction> mutes{};      ///< all that hold
  bool blocked = false;               ///< a direct room: one of its people has blocked the other
};

/// Whether a room must know its members: who may read there, or write, depends on it.
[[nodiscard]] constexpr bool knows_members(room_access access, room_posting post) noexcept {
  return access != room_access::open || post == room_posting::members;
}
[[nodiscard]] inline bool knows_members(const room_settings& settings) noexcept {
  return knows_members(settings.access, settings.post);
}

/// The epoch and the membership of a room, as its row in the database has them now.
struct room_standing {
  epoch_no epoch;            ///< 0: there is no such room any more
  membership_no membership;  ///< rises when anything of the roster is changed, or a message emptied, except by the room
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
