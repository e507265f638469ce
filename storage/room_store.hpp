#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/messages/catalog.hpp"
#include "core/messages/deletion.hpp"
#include "core/result.hpp"
#include "storage/standing.hpp"

namespace greenroom::storage {

/// A chunk of a purge.
struct purged_chunk {
  core::deletion_receipt receipt;  ///< of the whole purge so far
  bool more = false;               ///< call again
};

/// The rooms that a deletion has hidden.
struct hidden_rooms {
  std::vector<core::room_id> rooms;
};

/// A user who wants to enter a room.
struct room_visit {
  core::room_id room;
  core::user_id user;
};

/// The error for removing a user from a public room who isn't a member of it.
[[nodiscard]] inline core::error no_member(const core::user_id& user) {
  return {core::ec::not_found, user.value + " isn't a member of this room, which is open to everybody.", 0};
}

/// The outcomes of visits, one each, in their order.
using room_entries = std::vector<core::result<core::room_entered>>;

/// The chat database, as the catalog sees it: rooms, members, pages of history. Blocking; one thread at a time. Once
/// created, a private room's members are changed by the room alone (`journal_store::change_member`), which knows them;
/// every change of members here raises the number `membership` in their room's row.
/// A private room is `not_found` for all users who aren't members, a hidden one for everybody. Changes by a user who is
/// being deleted or was are a `conflict`, as is adding such a user. Errors, besides those
/// named: `unavailable` (nothing happened), `unknown_outcome`, `internal`.
class room_store {
 public:
  virtual ~room_store() = default;

  /// The random id that the first migration wrote.
  virtual core::result<std::string> database_id() = 0;

  /// Creates the room where it is missing, owned by `request.owner`, who is a member of it with `request.members`, with
  /// a new random generation; else enters it, and leaves it as it is. `not_found` for a private room of others.
  virtual core::result<core::room_entered> create_room(const core::create_room& request, core::wall_time now) = 0;
  /// The same for many at once, with plain rooms: public, and owned by the first visitor of each.
  virtual core::result<room_entries> create_rooms(const std::vector<room_visit>& visits, core::wall_time now) = 0;
  /// For each visit the room, if this user may enter, else `not_found`; all in one go.
  virtual core::result<room_entries> find_rooms(const std::vector<room_visit>& visits) = 0;
  /// The same for one.
  core::result<core::room_info> find_room(const core::room_id& room, const core::user_id& user) {
    auto found = find_rooms({{room, user}});
    if (!found) return found.why();
    if (!found->front()) return found->front().why();
    return std::move(found->front()->info);
  }
  /// Public rooms and the viewer's own private ones, in order of their folded names.
  virtual core::result<core::room_list> list_rooms(const core::list_rooms& request) = 0;
  /// Members, in order of their folded names. A public room's are its owner and those who were added.
  virtual core::result<core::member_list> list_members(const core::list_members& request) = 0;
  /// Adds a member to a public room. Only its owner may: else `forbidden`. Adding twice succeeds. A private room:
  /// `conflict`.
  virtual core::status add_member(const core::add_member& request, core::wall_time now) = 0;
  /// Removes a member from a public room: oneself, or as the owner, else `forbidden`. The owner can't leave:
  /// `conflict`. `not_found` for a user who isn't a member: the room is open to them all the same, and the detail
  /// says so. A private room: `conflict`.
  virtual core::status remove_member(const core::remove_member& request) = 0;
  /// Deletes the room with its log; the owner only: `forbidden`.
  virtual core::status delete_room(const core::delete_room& request) = 0;
  /// A page, with the membership check in the same statement. With `after` or `from_start`: the first after it; else
  /// the last (before `before`). Ascending in any case. `client_id` is filled only in the viewer's own entries.
  virtual core::result<core::history_page> read_history(const core::read_history& request) = 0;
  /// The heads of these rooms, in one statement; those that don't exist are left out.
  virtual core::result<core::room_heads> read_heads(const core::read_heads& request) = 0;

  // -- deletions: the saga's chat part. Idempotent by operation; a lower lease than the stored one is `fenced`;
  // restored and purged are final, and stored also where nothing was hidden: a late step can't undo an end.

  /// Hides all private rooms with the user: their epochs rise and no one finds them. From here on the user's appends,
  /// rooms and memberships are refused: an operation under way is wholly before this, or refused. `conflict` once a
  /// purge or restore has come.
  virtual core::result<hidden_rooms> hide_rooms(const core::hide_rooms& request, core::wall_time now) = 0;
  /// Takes that back. `conflict` once a purge has begun.
  virtual core::status restore_rooms(const core::restore_rooms& request, core::wall_time now) = 0;
  /// Deletes what was hidden, ends the user's memberships, passes public rooms on to their longest member (to `deleted`
  /// where there is none, and no one manages them any more), and gives the user's messages in rooms that stay to
  /// `deleted`, without client ids. A call deletes `chunk` messages at most, or looks at ten times as many, in rooms
  /// that the user has written in; the first call removes the name from all of them. Hides first, if nothing was hidden
  /// yet. `conflict` after a restore.
  virtual core::result<purged_chunk> purge_rooms(const core::purge_rooms& request, std::uint32_t chunk,
                                                 core::wall_time now) = 0;

  // -- a sweep that happens once in a database's life: names without a user could become members

  /// Whether it has been made.
  virtual core::result<bool> members_swept() = 0;
  /// Remembers that it has been made.
  virtual core::status note_members_swept() = 0;
  /// The names of members of any room, each once, in order of the folded ones, after `after` (exclusive; empty: from
  /// the start). Without those that are reserved.
  virtual core::result<std::vector<core::user_id>> member_names(const core::user_id& after, std::uint32_t limit) = 0;
  /// Removes the memberships of these names that are older than `before`; but no owner loses a room.
  virtual core::status remove_strangers(const std::vector<core::user_id>& names, core::wall_time before) = 0;

  // -- after a restore

  /// The users whom rooms, memberships and messages name, except deleted users and `system`: in order of their folded
  /// names, after `after` (exclusive; empty: from the start).
  virtual core::result<std::vector<core::user_id>> list_people(const core::user_id& after, std::uint32_t limit) = 0;
  /// The deletion of this user that is under way here; `not_found`.
  virtual core::result<core::operation_id> find_deletion(const core::user_id& user) = 0;

  /// Why nothing can be stored now; updated as that changes. Thread safe.
  [[nodiscard]] virtual std::shared_ptr<const standing> state() const = 0;
  /// The number of rooms, for /status.
  virtual core::result<std::uint64_t> count_rooms() = 0;
};

}  // namespace greenroom::storage
