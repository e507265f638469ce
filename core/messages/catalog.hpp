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
  room_settings settings{};  ///< in lists without `data`
  generation_id generation;
  seq_no head;
  wall_time created{};

  [[nodiscard]] bool is_open() const noexcept { return settings.access == room_access::open; }
  /// For somebody who may not read there (`as_seen`): only name, access, title and topic are known.
  [[nodiscard]] bool is_seen_only() const noexcept { return generation == generation_id{}; }
};

/// Enters a room by name; creates it, public and owned by `user`, if it is missing and `create` is set.
struct enter_room {
  room_id room;
  user_id user;
  bool create = false;
  bool knocks = false;  ///< may be banned from an open room: whether they are invited, the room knows
};
/// Creates a room as asked, or enters the existing one.
struct create_room {
  room_id room;
  user_id owner;
  room_access access = room_access::open;
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
  std::vector<room_info> rooms;  ///< those that the viewer may not read in: `as_seen`
  bool more = false;
};
struct list_members {
  room_id room;
  user_id viewer;
  user_id after;
  std::uint32_t limit = 50;
};
struct room_member {
  user_id user;
  room_role role = room_role::member;

  friend bool operator==(const room_member&, const room_member&) = default;
};
struct member_list {
  std::vector<room_member> members;
  bool more = false;
};
/// Makes the user a member of a room that is open to them. No act, and no entry.
struct join_members {
  room_id room;
  user_id user;
};
/// The answer: it is durable.
struct members_changed {};

/// How a room is set up, and what the viewer is in it.
struct describe_room {
  room_id room;
  user_id viewer;
};
struct room_described {
  room_info info;
  room_role role = room_role::outsider;  ///< the viewer's
  std::uint64_t members = 0;
  bool seen_only = false;  ///< the viewer may not read there: nothing counts but name, access, title and topic
};
/// The same for somebody who may not read in the room.
[[nodiscard]] inline room_described as_seen(const room_info& info) {
  room_described out;
  out.info.room = info.room;
  out.info.settings.access = info.settings.access;
  out.info.settings.title = info.settings.title;
  out.info.settings.topic = info.settings.topic;
  out.seen_only = true;
  return out;
}

/// Bans or mutes that hold, for moderators: in order of the folded names, in pages.
struct list_sanctions {
  room_id room;
  user_id viewer;
  entry_kind kind = entry_kind::ban;  ///< `ban` or `mute`
  user_id after{};                    ///< exclusive; empty: from the start
  std::uint32_t limit = 50;
};
struct listed_sanction {
  sanction what;
  wall_time at{};  ///< since when
};
struct sanction_list {
  std::vector<listed_sanction> sanctions;
  bool more = false;
};

/// The acts in a room: entries of kind 16 and above, and erases, for moderators; the
/// newest first.
struct read_audit {
  room_id room;
  user_id viewer;
  seq_no before{};  ///< exclusive; 0: from the end
  std::uint32_t limit = 50;
};
struct audit_page {
  std::vector<room_entry> entries;  ///< descending
  bool more = false;
};
struct delete_room {
  room_id room;
  user_id by;
};
struct read_history {
  room_id room{};
  user_id viewer{};
  seq_no before{};  ///< exclusive; 0: none
  seq_no after{};   ///< exclusive; 0: none
  std::uint32_t limit = 50;
  bool from_start = false;  ///< the first page: a client's `after` 0
  bool newest = false;      ///< of those after `after` the last, not the first
  kind_set without{};       ///< entries of these kinds are left out, and others fill the page

  /// Whether the page begins at `after`, and what is more of it comes later.
  [[nodiscard]] bool is_forward() const noexcept { return (after || from_start) && !newest; }
};
/// A reaction to a message.
struct reaction {
  shared_text text;         ///< 1 to 32 bytes
  std::uint32_t count = 0;  ///< how many people it is of
  bool mine = false;        ///< whether the viewer is one of them

  friend bool operator==(const reaction&, const reaction&) = default;
};
/// A message by now, besides its text: made of later entries.
struct message_state {
  seq_no seq{};                       ///< the message
  seq_no edited{};                    ///< the newest edit; 0: none
  wall_time edited_at{};              ///< its time
  std::vector<reaction> reactions{};  ///< in the order of their texts' bytes, counts above 0
  bool pinned = false;

  friend bool operator==(const message_state&, const message_state&) = default;
};
/// Whether a message is more than it was when it was posted.
[[nodiscard]] inline bool is_changed(const message_state& state) noexcept {
  return state.edited || !state.reactions.empty() || state.pinned;
}
struct history_page {
  std::vector<room_entry> entries{};    ///< ascending; `client_id` only on the viewer's own; a text is the newest one
  bool more = false;                    ///< there is more in the direction that was read, also where the bytes ended it
  seq_no as_of{};                       ///< the head when the page was read, for entries and states alike
  std::vector<message_state> states{};  ///< of the messages among the entries that are changed; ascending
  generation_id generation{};
};
/// Where a time is in a room's log.
struct find_time {
  room_id room;
  user_id viewer;
  wall_time at{};
};
struct time_found {
  seq_no seq{};  ///< the last entry at or before it; 0: none
  generation_id generation{};
};
/// Rooms by the time of their newest words: those in which the viewer is a member, and others that they name, as far as
/// they may read there. Groups, which have no name that people know, are left out.
struct list_recent {
  user_id viewer;
  std::vector<room_id> rooms{};  ///< besides those of a member
  wall_time after{}, before{};   ///< both exclusive
  std::uint32_t limit = 50;
  bool newest = false;  ///< the last in that time, not the first
};
struct recent_room {
  room_id room;
  wall_time at{};

  friend bool operator==(const recent_room&, const recent_room&) = default;
};
struct recent_rooms {
  std::vector<recent_room> rooms;  ///< ascending by time, then name
};
/// The pinned messages of a room, for who may read there. Answered by a page that has the newest pin first; `more`: the
/// bytes ended it.
struct list_pins {
  room_id room;
  user_id viewer;
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
