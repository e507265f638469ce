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
  shared_text key{};     ///< what the reader says at the door; empty: nothing
  bool at_once = false;  ///< others are told at once of somebody who comes, where they are few
};

/// How somebody went.
enum class departure : std::uint8_t {
  left,    ///< this room
  quit,    ///< altogether
  kicked,  ///< somebody took them out, of which an entry tells
  lost,    ///< their node is gone
  banned,  ///< somebody shut them out, and they were here
};
struct farewell {
  departure how = departure::left;
  shared_text text{};  ///< what they said, of at most 390 bytes; empty: nothing. `banned`: why
  user_id by{};        ///< `banned`: who did it

  friend bool operator==(const farewell&, const farewell&) = default;
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
  room_modes modes{};                    ///< of masks only voices; of a key only that there is one: `*`
  std::uint32_t edit_window_s = 86'400;  ///< for how many seconds an author may edit a message
  user_id topic_by{};                    ///< who set the topic; empty: that isn't known
  wall_time topic_at{};                  ///< and when
};

/// The room's answer, in the same FIFO as its batches: the next entry on this stream is `head` + 1.
struct room_joined {
  connection_id connection;
  generation_id generation;
  seq_no head;
  bool recovered = true;           ///< false: `missed` doesn't reach back to where the reader wants to go on
  std::vector<room_entry> missed;  ///< contiguous, ends at `head`
  room_members members;
  ec refused =
      ec::none;  ///< gone, unavailable, banned, …: then no other field counts, but `roster`, `because` and `bar`
  roster_no roster{};  ///< the roster by which the user was admitted
  room_face face{};
  sanction because{};             ///< `banned`
  room_bar bar = room_bar::none;  ///< `forbidden`: by which mode
};

struct leave_room {
  connection_id connection;
  farewell why{};
  bool at_once = false;  ///< others are told at once, where they are few
};

/// Somebody who is in an open room invites a person. A moderator opens the door for them so, whatever keeps them out,
/// until they have come in, or for an hour. Answered by `person_invited`; `conflict`: they are here.
struct invite_person {
  room_id room;
  user_id by;
  user_id user;
};
struct person_invited {
  room_id room;  ///< as it was first written
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
  std::uint32_t count = 0;            ///< members now; above the limit for names, both lists are empty
  bool whole = false;                 ///< `joined` is everybody: it replaces the listener's list
  std::vector<farewell> farewells{};  ///< of those in `left`, in the same order
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
/// How a user looks to people of a room who speak IRC. For those who come, others say it.
struct note_face {
  user_id user;
  shared_text away{};      ///< their words; empty: they are there
  shared_text realname{};  ///< empty: it is as it was

  friend bool operator==(const note_face&, const note_face&) = default;
};

/// Somebody says something that isn't stored. Those hear it who are there and whose client has a word for it.
struct note_passing {
  user_id user;
  connection_id from{};  ///< which isn't told: it knows itself, but where it speaks to itself
  entry_kind kind = entry_kind::text;
  std::string id{};     ///< the connection's own number of it
  shared_text text{};   ///< as in an entry
  shared_text extra{};  ///< the same
  earshot heard_by = earshot::all;
  std::vector<user_id> hearers{};  ///< those who hear it; `all`: everybody does, and this is empty
  wall_time at{};
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
