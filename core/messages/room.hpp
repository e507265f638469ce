#pragma once
#include <cstdint>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/messages/log.hpp"

/// Messages between a room and its relays.
namespace greenroom::core {

/// The place where a reader wants to go on.
struct position {
  bool known = false;        ///< false: from now on, with the `last` messages before
  seq_no after;              ///< known: everything after this …
  generation_id generation;  ///< … in this log; 0: any log
  std::uint32_t last = 0;
};

/// A relay brings a connection into a room.
struct join_room {
  connection_id connection;
  user_id user;
  position from;
};

/// The users who are here: their number, and the first hundred names.
struct room_members {
  std::uint32_t count = 0;
  std::vector<user_id> first;
};

/// The room as somebody finds it who comes in.
struct room_face {
  room_access access = room_access::open;
  user_id owner{};
  room_role role = room_role::outsider;  ///< of the one who comes
  shared_text title{};
  shared_text topic{};
};

/// The room's answer, in the same FIFO as its batches: the next entry on this stream is `head` + 1.
struct room_joined {
  connection_id connection;
  generation_id generation;
  seq_no head;
  bool recovered = true;           ///< false: `missed` doesn't reach back to where the reader wants to go on
  std::vector<room_entry> missed;  ///< contiguous, ends at `head`
  room_members members;
  ec refused = ec::none;  ///< gone, unavailable, banned, …: then no other field counts, but `roster` and `because`
  roster_no roster{};     ///< the roster by which the user was admitted
  room_face face{};
  sanction because{};  ///< `banned`
};

struct leave_room {
  connection_id connection;
};

/// One connection as its relay knows it.
struct listener {
  connection_id connection;
  user_id user;
};

/// A relay finds its room again after a move or a crash, with everybody who listens through it; or, without any
/// listener, it leaves the room. Long lists come in parts.
struct rejoin_room {
  generation_id generation;
  seq_no after;
  std::vector<listener> listeners;
  bool first = true;  ///< the first part: earlier listeners of this relay are out, unless a part names them
  part_no part{};     ///< the answer carries it
};
struct room_rejoined {
  generation_id generation;
  seq_no head;
  bool recovered = true;
  std::vector<room_entry> missed;
  ec refused = ec::none;
  part_no part{};
  roster_no roster{};
  std::vector<connection_id> outsiders{};  ///< listeners of that part who aren't let in, for they aren't members
};

/// Of the users who came or went, those who are here now and those who aren't. A listener adds the former to its list
/// and removes the latter from it; either list may name a user of whom that was true before.
struct presence_changed {
  std::vector<user_id> joined;
  std::vector<user_id> left;
  std::uint32_t count = 0;  ///< members now; above the limit for names, both lists are empty
  bool whole = false;       ///< `joined` is everybody: it replaces the listener's list
};

enum class typing_state : std::uint8_t { active, paused, done };

struct note_typing {
  user_id user;
  typing_state state = typing_state::active;
};
struct note_read {
  user_id user;
  seq_no seq;
};

/// The room doesn't exist any more: deleted, or hidden by a deletion.
struct room_gone {
  room_id room;
  ec reason = ec::gone;
};

/// A user was removed from a room, or banned, or left it elsewhere: their connections leave it.
struct member_removed {
  room_id room;
  user_id user;
  roster_no roster{};       ///< with them gone: one more than before; 0: compare
  ec reason = ec::removed;  ///< `removed`, `banned`, `left`
  sanction because{};       ///< `removed`, `banned`: by whom and why; `banned`: until when
};
/// A room asks whether its relay has heard of all who were removed. Answered by `roster_compared`.
struct compare_roster {
  roster_no roster;
};
/// No listener of this relay was let in, or let back in, by an older roster than this one.
struct roster_compared {
  roster_no roster;
};

/// The owning node asks the room to stop. No reply.
struct retire_room {
  ec reason = ec::draining;
};

}  // namespace greenroom::core
