#pragma once
#include <cstdint>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/messages/log.hpp"

/// Being in a room: what its relays and the room say to each other.
namespace greenroom::core {

/// Where a reader wants to go on.
struct position {
  bool known = false;        ///< false: from now on, with the `last` messages before
  seq_no after;              ///< known: everything after this …
  generation_id generation;  ///< … in this log; 0: whichever
  std::uint32_t last = 0;
};

/// A relay brings a connection into a room.
struct join_room {
  connection_id connection;
  user_id user;
  position from;
};

/// Who is here: how many, and the first hundred of them by name.
struct room_members {
  std::uint32_t count = 0;
  std::vector<user_id> first;
};

/// The room's answer, in the same FIFO as its batches: what comes next on this stream is `head` + 1.
struct room_joined {
  connection_id connection;
  generation_id generation;
  seq_no head;
  bool recovered = true;           ///< false: `missed` doesn't reach back to where the reader wants to go on
  std::vector<room_entry> missed;  ///< contiguous, ends at `head`
  room_members members;
  ec refused = ec::none;  ///< gone, unavailable, …: then nothing else holds
  roster_no roster{};     ///< who is a member was last decided with this one
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
  bool first = true;  ///< the first part: whoever listened through this relay before is out, unless a part names them
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
  std::vector<connection_id> outsiders{};  ///< of the listeners in that part: not in the room, for they aren't members
};

/// Who is here now and who isn't, of those who came or went. A listener adds the ones to its list and takes the others
/// out of it; both may name somebody of whom that was true before.
struct presence_changed {
  std::vector<user_id> joined;
  std::vector<user_id> left;
  std::uint32_t count = 0;  ///< members now; above the limit for names, the lists are empty
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

/// Somebody isn't a member of a room any more: their connections leave it.
struct member_removed {
  room_id room;
  user_id user;
  roster_no roster{};  ///< of a private room, with them gone: one more than before
};
/// A private room wants to know whether its relay has heard of everybody that it lost. Answered by `roster_compared`.
struct compare_roster {
  roster_no roster;
};
/// No listener of this relay was let in, or let back in, by an older roster than this one.
struct roster_compared {
  roster_no roster;
};

/// Answer to nobody in particular: the owner node wants the room to stop.
struct retire_room {
  ec reason = ec::draining;
};

}  // namespace greenroom::core
