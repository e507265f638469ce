#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/shared_text.hpp"
#include "core/time.hpp"

/// What actors say to one another: commands are imperative, events past tense, facts nouns. All of it can cross the
/// wire between nodes; what can't is in actors/interfaces.hpp.
namespace greenroom::core {

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
};

struct leave_room {
  connection_id connection;
};

/// One connection as its relay knows it.
struct listener {
  connection_id connection;
  user_id user;
};

/// A relay finds its room again after a move or a crash, with everybody who listens through it.
struct rejoin_room {
  generation_id generation;
  seq_no after;
  std::vector<listener> listeners;
  std::vector<user_id> shown{};  ///< who its listeners were told is here
};
struct room_rejoined {
  generation_id generation;
  seq_no head;
  bool recovered = true;
  std::vector<room_entry> missed;
  ec refused = ec::none;
};

/// Who came and who went since the last one.
struct presence_changed {
  std::vector<user_id> joined;
  std::vector<user_id> left;
  std::uint32_t count = 0;  ///< members now; above the limit for names, the lists are empty
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

/// Somebody isn't a member of a private room any more: their connections leave it.
struct member_removed {
  room_id room;
  user_id user;
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
};

/// A room that is live on a node.
struct live_room {
  room_id room;
  epoch_no epoch;
};
/// For operators: which rooms live on that node.
struct list_live_rooms {
  node_name node;
};
struct live_rooms {
  std::vector<live_room> rooms;
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
  bool more = false;                ///< there is more in the direction that was read
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

// ---- accounts --------------------------------------------------------------------------------------------------

struct register_user {
  user_id user;
  std::string password;
};
struct user_registered {
  user_id user;
  bool weak_password = false;
};
struct log_in {
  user_id user;
  std::string password;
  std::string client;  ///< what `GET /sessions` shows: the client's address and program
};
struct logged_in {
  std::string token;
  user_id user;
  session_id session;
  wall_time expires_at{};
};
struct check_token {
  token_hash token;
};
/// Who a token belongs to.
struct token_checked {
  user_id user;
  session_id session;
  wall_time expires_at{};
  bool admin = false;
};
struct log_out {
  token_hash token;
};
struct session_info {
  session_id session;
  std::string client;
  wall_time created_at{};
  wall_time expires_at{};
  bool current = false;
};
struct list_sessions {
  token_hash token;
};
struct session_list {
  std::vector<session_info> sessions;
};
struct end_session {
  token_hash token;    ///< who asks
  session_id session;  ///< what to end
};
struct change_password {
  token_hash token;
  std::string old_password;
  std::string new_password;
};
struct password_changed {
  bool weak_password = false;
};
/// A token that must not be believed any more, with its rising number.
struct ended_token {
  std::uint64_t number = 0;
  token_hash token;
};
struct session_ended {
  std::vector<ended_token> tokens;
};
struct pull_ended {
  std::uint64_t after = 0;
};

// ---- deleting a user: a saga over two databases ------------------------------------------------------------------

/// How far a deletion is. Stored as a word in the users database, before the effect that it names.
///
///   hiding ──► purging ──► completed      (hiding to purging is the pivot: the user is gone in the same transaction)
///     └──► undoing ──► undone
enum class deletion_state : std::uint8_t { hiding, purging, completed, undoing, undone };

/// What a deletion took away, and what it left under another name.
struct deletion_receipt {
  std::uint64_t rooms = 0;        ///< private rooms, deleted with their logs
  std::uint64_t messages = 0;     ///< messages in those
  std::uint64_t anonymised = 0;   ///< messages in public rooms, whose author is `deleted` now
  std::uint64_t memberships = 0;  ///< in rooms that stay
  std::uint64_t passed_on = 0;    ///< public rooms that have another owner now
  std::uint64_t sessions = 0;     ///< tokens that ended
};
/// A deletion, as its row in the users database.
struct deletion {
  operation_id operation;
  user_id user;
  deletion_state state = deletion_state::hiding;
  lease_no lease;  ///< whose steps count
  wall_time begun{};
  wall_time ended{};  ///< completed or undone
  deletion_receipt receipt;
};
/// Step 1. The token is the user's own (then the password too), or an admin's. Answered by a new deletion with a lease
/// for `holder`; by the one that there is, if it was begun before (its lease 0: somebody else carries it out).
struct begin_deletion {
  operation_id operation;  ///< what it shall be called
  user_id user;
  token_hash token;
  std::string password;  ///< empty: an admin's request
  node_name holder;
};
/// Deletions whose lease ran out, with a new one for `holder`.
struct claim_deletions {
  node_name holder;
  std::uint32_t limit = 16;
};
struct deletions {
  std::vector<deletion> found;
};
struct read_deletion {
  operation_id operation;
};
/// The coordinator's next state, written before its effect; the same state again renews the lease. To `purging` deletes
/// the user (the pivot), to `undone` makes them active again, to `completed` stores the receipt. A lower lease than the
/// row's is refused with `fenced`, a step that the row's state doesn't allow with `conflict`; one already made is done.
struct advance_deletion {
  operation_id operation;
  lease_no lease;
  deletion_state to = deletion_state::hiding;
  deletion_receipt receipt;
  bool release = false;  ///< the coordinator stops: the lease runs out now, so that another one may claim at once
};
/// Step 2, chat: private rooms with the user close, and nothing can be added to them or to the user any more.
struct hide_rooms {
  operation_id operation;
  lease_no lease;
  user_id user;
};
struct rooms_hidden {
  std::vector<room_id> rooms;
};
/// Undoes step 2.
struct restore_rooms {
  operation_id operation;
  lease_no lease;
};
/// Step 4, chat, repeated until done: what was hidden goes; what stays in public rooms loses its author.
struct purge_rooms {
  operation_id operation;
  lease_no lease;
  user_id user;
};
struct rooms_purged {
  deletion_receipt receipt;  ///< but for the sessions
};
/// To live rooms: entries of this author in their rings belong to `deleted` from now on.
struct author_erased {
  user_id user;
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
};
/// Who is alive, as discovery sees it. Only its version counts: a lower one is ignored.
struct cluster_view {
  view_version version;
  std::vector<node_record> nodes;
};
struct beat {
  node_name name;
  incarnation_id incarnation;
  node_load load;
  bool draining = false;
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
