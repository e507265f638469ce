#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/deletion.hpp"
#include "core/shared_text.hpp"
#include "core/time.hpp"

/// What actors say to one another: commands are imperative, events past tense, facts nouns. All of it can cross the
/// wire between nodes; what can't is in actors/interfaces.hpp.
namespace greenroom::core {

/// What a long answer comes to at most, in bytes, as it is written for a client: a page of history, or what a reader
/// who comes back has missed.
inline constexpr std::size_t long_answer_bytes = 256 * 1024;

// ---- a room's log ----------------------------------------------------------------------------------------------

/// One message of a room's log.
struct room_entry {
  seq_no seq;
  user_id author;
  std::string client_id;  ///< the author's own id of it; empty: none
  shared_text text;
  wall_time at{};        ///< never smaller than the entry's before it
  connection_id poster;  ///< whose connection gets it with its id; none in replays and history
};

/// One message that a connection wants in a room.
struct post {
  std::uint64_t ticket = 0;  ///< the connection's own number of it: its answer carries it
  std::string client_id;     ///< empty: none, then nothing is checked for repetition
  shared_text text;
};

/// Everything that one read of a socket brought for one room.
struct post_batch {
  user_id author;
  connection_id from;
  std::vector<post> posts;
};

/// What became of one post.
struct post_answer {
  std::uint64_t ticket = 0;
  ec code = ec::none;  ///< none: durable
  seq_no seq;          ///< where it stands in the log, if durable
  wall_time at{};
  bool duplicate = false;  ///< the id was known: `seq` and `at` are the first message's
};
struct posts_answered {
  std::vector<post_answer> answers;
};

/// Durable now. One a relay, whatever the number of its listeners.
struct room_batch {
  room_id room;
  generation_id generation;
  std::vector<room_entry> entries;  ///< never empty, contiguous
};

// ---- being in a room -------------------------------------------------------------------------------------------

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

// ---- owning rooms ----------------------------------------------------------------------------------------------

struct find_room {
  room_id room;
  bool forwarded = false;  ///< another node asks: who doesn't own the room refuses with `fenced`, and forwards nothing
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

/// What a room's row in the database says of its ownership and of its members now.
struct room_standing {
  epoch_no epoch;            ///< 0: there is no such room any more
  membership_no membership;  ///< rises when members are changed, but by the room itself
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

// ---- the catalog of rooms --------------------------------------------------------------------------------------

/// A room as people see it.
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
/// Creates a room as asked, or enters the one that is there.
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
  bool from_start = false;  ///< the first page: what a client means by `after` 0
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

// ---- tickets of other nodes ------------------------------------------------------------------------------------

/// Asks the node that minted a ticket to use it up.
struct claim_ticket {
  std::string ticket;
};
struct ticket_claimed {
  token_hash token;
};

// ---- nodes -----------------------------------------------------------------------------------------------------

struct node_load {
  std::uint32_t connections = 0;
  std::uint32_t rooms = 0;
};
struct role_address {
  std::string role;  ///< discovery, users, chat, gateway
  std::string host;
  std::uint16_t port = 0;
};
/// A node as it registers with discovery.
struct node_record {
  node_name name;
  incarnation_id incarnation;
  std::vector<role_address> http;
  std::string version;
  std::string users_database;  ///< the database's random id; empty without the users role
  std::string chat_database;   ///< the same of the chat role
  bool draining = false;
  view_version seen;  ///< the view it brings
  node_load load;
  role_address link{};          ///< where it takes links from other nodes; its role is `link`
  std::vector<room_id> pins{};  ///< rooms that an operator moved here: they live here as long as this node does
  incarnation_id seen_of{};     ///< the directory that published the view it brings
  view_version stored{};        ///< the highest version that the rooms of its chat database were opened in
  bool database_away = false;   ///< its chat database doesn't answer it
};
/// Who is alive, as discovery sees it. Only its version counts: a lower one is ignored.
struct cluster_view {
  view_version version;
  std::vector<node_record> nodes;
  incarnation_id directory{};  ///< the life of the directory that published it
};
struct beat {
  node_name name;
  incarnation_id incarnation;
  node_load load;
  bool draining = false;
  bool database_away = false;  ///< the node's chat database doesn't answer it
};
struct read_view {};

/// An operator wants a node to drain and stop.
struct drain_node {
  node_name node;
};
/// An operator wants a room to live on a node: that one pins it, all others let go of it.
struct move_room {
  room_id room;
  node_name node;
};

}  // namespace greenroom::core
