#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/accounts.hpp"
#include "core/time.hpp"

/// Deleting a user: a saga over two databases.
namespace greenroom::core {

/// The progress of a deletion. Stored as a word in the users database, before the effect that it names.
///
///   hiding ──► purging ──► completed      (hiding to purging is the pivot: the user is gone in the same transaction)
///     └──► undoing ──► undone
enum class deletion_state : std::uint8_t { hiding, purging, completed, undoing, undone };

/// Counts of what a deletion removed, and of what it left under another name.
struct deletion_receipt {
  std::uint64_t rooms = 0;        ///< rooms that aren't open, deleted with their logs
  std::uint64_t messages = 0;     ///< messages in those
  std::uint64_t anonymised = 0;   ///< entries in rooms that stay, as they were but for their author, `deleted`
  std::uint64_t memberships = 0;  ///< in rooms that stay
  std::uint64_t passed_on = 0;    ///< rooms that have another owner now
  std::uint64_t sessions = 0;     ///< tokens that ended
  std::uint64_t erased = 0;       ///< messages in rooms that stay, emptied
};
/// A deletion, as its row in the users database.
struct deletion {
  operation_id operation;
  user_id user;
  deletion_state state = deletion_state::hiding;
  lease_no lease;  ///< the lease whose steps count
  wall_time begun{};
  wall_time ended{};  ///< completed or undone
  deletion_receipt receipt;
  deletion_choices choices{};  ///< those of its begin: whoever carries it on keeps to them
};
/// Step 1. The token is the user's own (then the password too), or an admin's. The answer is a new deletion with a
/// lease for `holder`, or the existing one, if it was begun before (its lease 0: another coordinator carries it out).
struct begin_deletion {
  operation_id operation;  ///< the name of the new deletion
  user_id user;
  token_hash token;
  std::string password;  ///< empty: an admin's request
  node_name holder;
  request_origin from{};
  deletion_choices choices{};
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
/// The coordinator's next state, written before its effect; the same state again renews the lease. `purging` deletes
/// the user (the pivot), `undone` makes them active again, `completed` stores the receipt. A lower lease than the row's
/// is refused with `fenced`, a step that the row's state doesn't allow with `conflict`; a repeated step succeeds.
struct advance_deletion {
  operation_id operation;
  lease_no lease;
  deletion_state to = deletion_state::hiding;
  deletion_receipt receipt;
  bool release = false;  ///< the coordinator stops: the lease runs out now, so that another one may claim at once
};
/// Step 2, chat: rooms with the user that are to go close, and nothing can be added to them or to the user any more.
/// Which rooms these are, and what a purge does, the choices of the first step of the operation say.
struct hide_rooms {
  operation_id operation;
  lease_no lease;
  user_id user;
  deletion_choices choices{};
};
struct rooms_hidden {
  std::uint64_t rooms = 0;  ///< a number: their names would be a message without a bound
};
/// Undoes step 2.
struct restore_rooms {
  operation_id operation;
  lease_no lease;
};
/// Step 4, chat, repeated until done: deletes what was hidden, passes other rooms on, and removes the author from what
/// stays, or empties it.
struct purge_rooms {
  operation_id operation;
  lease_no lease;
  user_id user;
  deletion_choices choices{};
};
struct rooms_purged {
  deletion_receipt receipt;  ///< without the sessions
};
/// To live rooms: entries of this author in their rings belong to `deleted` from now on.
struct author_erased {
  user_id user;
  bool erase = false;  ///< … and messages are emptied
};
/// The most entries that one message, and so one frame, says are empty.
inline constexpr std::size_t max_erased_seqs = 300;

/// To a room's listeners: what this author wrote and did there is `deleted`'s from now on.
struct author_left {
  user_id author;
  bool erase = false;          ///< … and what they wrote is empty
  std::vector<seq_no> seqs{};  ///< `erase`: the newest entries of it, ascending, or a part of them
};

}  // namespace greenroom::core
