#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/messages/catalog.hpp"
#include "core/messages/deletion.hpp"
#include "core/messages/devices.hpp"
#include "core/messages/direct.hpp"
#include "core/messages/invites.hpp"
#include "core/messages/maintenance.hpp"
#include "core/messages/marks.hpp"
#include "core/messages/mentions.hpp"
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
  bool knocks = false;  ///< a ban from an open room is left to the room
};

/// An invite that is to be stored.
struct new_invite {
  core::room_id room;
  core::user_id by;
  core::invite_id id;      ///< rises from one to the next
  core::invite_hash hash;  ///< of the secret
  std::optional<std::uint32_t> uses;
  core::wall_time expires_at{};
};

/// The outcomes of visits, one each, in their order.
using room_entries = std::vector<core::result<core::room_entered>>;

/// The chat database, as the catalog sees it: rooms, members, pages of history. Blocking; one thread at a time. Once
/// created, a room's settings, members, roles, bans and mutes are changed by the room alone (`journal_store::append`),
/// which knows them; whatever of them is changed here raises the number `membership` in the room's row.
/// A secret room is `not_found` for all users who aren't members, a hidden one for everybody; an invited one is
/// `forbidden` for those who aren't members, but in lists and descriptions, which don't tell them more than they must;
/// every room is `banned` for those who are banned from it, with the ban in the error, except a secret one, which stays
/// `not_found`. Changes by a user who is being deleted or was are a `conflict`, as is adding such a user. Errors,
/// besides those named: `unavailable` (nothing happened), `unknown_outcome`, `internal`. Where no `now` is handed in, a
/// ban ends by the clock of this machine.
class room_store {
 public:
  virtual ~room_store() = default;

  /// The random id that the first migration wrote.
  virtual core::result<std::string> database_id() = 0;

  /// Creates the room where it is missing, owned by `request.owner`, who is a member of it with `request.members`, with
  /// a new random generation, unless one of those has blocked the owner (`blocked`); else enters it as `find_rooms`
  /// does, and leaves it as it is.
  virtual core::result<core::room_entered> create_room(const core::create_room& request, core::wall_time now) = 0;
  /// The same for many at once, with plain rooms: open, and owned by the first visitor of each.
  virtual core::result<room_entries> create_rooms(const std::vector<room_visit>& visits, core::wall_time now) = 0;
  /// For each visit the room, if this user may enter it at `now`, else `not_found`, `forbidden` or `banned`; all in one
  /// go.
  virtual core::result<room_entries> find_rooms(const std::vector<room_visit>& visits, core::wall_time now) = 0;
  /// The same for one.
  core::result<core::room_info> find_room(const core::room_id& room, const core::user_id& user, core::wall_time now) {
    auto found = find_rooms({{room, user}}, now);
    if (!found) return found.why();
    if (!found->front()) return found->front().why();
    return std::move(found->front()->info);
  }
  /// Open and invited rooms, and the viewer's own secret ones, in order of their folded names.
  virtual core::result<core::room_list> list_rooms(const core::list_rooms& request) = 0;
  /// The settings, the viewer's role, and the number of members; or, of an invited room, what everybody sees of it.
  virtual core::result<core::room_described> describe_room(const core::describe_room& request) = 0;
  /// Members with their roles, in order of their folded names. An open room's are its owner, and those who joined or
  /// were added.
  virtual core::result<core::member_list> list_members(const core::list_members& request) = 0;
  /// Makes a user a member of an open room. Doing so twice succeeds. In other rooms, for who isn't a member:
  /// `forbidden`, or `not_found` where it is secret. `membership` rises only where the room knows its members
  /// (`core::knows_members`).
  virtual core::status join_members(const core::join_members& request, core::wall_time now) = 0;
  /// Bans or mutes that hold at `now`, in order of the folded names. Moderators and the owner: else `forbidden`.
  virtual core::result<core::sanction_list> list_sanctions(const core::list_sanctions& request,
                                                           core::wall_time now) = 0;
  /// The room's acts. Moderators and the owner: else `forbidden`.
  virtual core::result<core::audit_page> read_audit(const core::read_audit& request) = 0;
  /// Stores an invite, where the room has fewer than `most` live ones: else `limit_reached`. Moderators and the owner:
  /// else `forbidden`. Of used up ones, by which people may come who are members already, the last `most` are kept.
  /// Invites are used by the room alone: an `add` with `act::invite`.
  virtual core::status add_invite(const new_invite& made, std::uint32_t most, core::wall_time now) = 0;
  /// The invites that are live at `now`. Moderators and the owner: else `forbidden`.
  virtual core::result<core::invite_list> list_invites(const core::list_invites& request, core::wall_time now) = 0;
  /// Removes a live invite: else `not_found`. Moderators and the owner: else `forbidden`.
  virtual core::status revoke_invite(const core::revoke_invite& request, core::wall_time now) = 0;
  /// The room of an invite that is live, or of one that is used up and the user is a member. `gone`, whatever the
  /// matter is with it; `banned`, whatever the room's access is.
  virtual core::result<core::invite_found> find_invite(const core::find_invite& request, core::wall_time now) = 0;
  /// Deletes the room with its log; the owner only: `forbidden`.
  virtual core::status delete_room(const core::delete_room& request) = 0;
  /// A page, with the check of who may read in the same statement; `as_of` is the head. With `after` or `from_start`:
  /// the first after it, or, with `newest`, the last; else the last (before `before`). Ascending in any case. Entries
  /// of kinds `without` aren't there, and it has `limit` others where there are so many. `client_id` is filled only in
  /// the viewer's own entries.
  virtual core::result<core::history_page> read_history(const core::read_history& request) = 0;
  /// The last entry at or before a time, for who may read there; in so many steps as the head has bits.
  virtual core::result<core::time_found> find_time(const core::find_time& request) = 0;
  /// Rooms by their newest words, in one statement. Words that were erased count.
  virtual core::result<core::recent_rooms> list_recent(const core::list_recent& request) = 0;
  /// The pinned messages as a page has them, the newest pin first; with the same check, in the same statement.
  virtual core::result<core::history_page> list_pins(const core::list_pins& request) = 0;
  /// The heads of these rooms, in one statement; those that don't exist are left out.
  virtual core::result<core::room_heads> read_heads(const core::read_heads& request) = 0;

  /// Moves marks of members, in one statement, and returns how many: never back, and never beyond the head. The room's
  /// words up to the mark are counted with it, by those behind it; where there are more than 10,000, as if there were
  /// 10,001. A mark of somebody who isn't a member is ignored. Each room and user stands in it once.
  virtual core::result<std::uint32_t> move_marks(const std::vector<core::read_mark>& marks) = 0;
  /// A member's mark, with the time of its entry, for who may read there.
  virtual core::result<core::mark_found> find_mark(const core::find_mark& request) = 0;
  /// The entries that a member wants to be called for. `not_found` for somebody who isn't a member.
  virtual core::status set_notify(const core::set_notify& request) = 0;
  /// The rooms in which the viewer is a member and may read, in order of their folded names, in one statement. `last`
  /// is the newest words that aren't erased, where those are among the last fifty entries up to the newest words of
  /// all.
  virtual core::result<core::rooms_synced> sync_rooms(const core::sync_rooms& request) = 0;
  /// The viewer's mentions, as the follower has stored them (`follower_store`).
  virtual core::result<core::mention_list> list_mentions(const core::list_mentions& request) = 0;
  // -- direct rooms, and what people keep for themselves. Others who are being deleted, or were, are `no_user`.

  /// Opens the direct room or the group that the request names: secret, owned by `system`, with those who are named and
  /// `by` as members; or finds it. Where it is made: `blocked` if one of them has blocked `by`, or `by` one of them;
  /// `forbidden` if one of them doesn't want to be written to by `by`. One's own notes need nobody's leave.
  virtual core::result<core::room_entered> open_direct(const core::open_direct& request, core::wall_time now) = 0;
  /// Stores a block, unless the person has `most` others: `limit_reached`. Again: succeeds. `membership` rises in the
  /// direct room of the two.
  virtual core::status put_block(const core::put_block& request, std::uint32_t most, core::wall_time now) = 0;
  /// Removes it, if it is there. `membership` rises as well.
  virtual core::status lift_block(const core::lift_block& request) = 0;
  virtual core::result<core::block_list> list_blocks(const core::list_blocks& request) = 0;
  virtual core::status change_settings(const core::change_own_settings& request) = 0;
  /// The defaults, where the person never changed anything.
  virtual core::result<core::own_settings> read_settings(const core::read_own_settings& request) = 0;
  /// Keeps a draft in the place of the one before, or removes it where the text is empty. Only of rooms that the person
  /// may read in; `limit_reached` where they have `most` drafts of other such rooms. A draft goes with its room.
  virtual core::status put_draft(const core::put_draft& request, std::uint32_t most, core::wall_time now) = 0;
  virtual core::result<core::draft_list> list_drafts(const core::list_drafts& request) = 0;

  // -- devices of people who speak IRC
  virtual core::result<core::device_found> find_device(const core::find_device& request) = 0;
  /// `conflict` for somebody who is being deleted, or was. The `max_devices` that were there last are kept.
  virtual core::status note_device(const core::note_device& request) = 0;

  // -- deletions: the saga's chat part. Idempotent by operation; a lower lease than the stored one is `fenced`;
  // restored and purged are final, and stored also where nothing was hidden: a late step can't undo an end. The choices
  // of an operation's first step here hold for all of its steps.

  /// Hides all rooms with the user that aren't open: their epochs rise and no one finds them. With `keep_rooms` only
  /// direct rooms, and those without other members; nothing happens to the others yet. From here on the user's appends,
  /// rooms and memberships are refused: an operation under way is wholly before this, or refused. `conflict` once a
  /// purge or restore has come.
  virtual core::result<hidden_rooms> hide_rooms(const core::hide_rooms& request, core::wall_time now) = 0;
  /// Takes that back. `conflict` once a purge has begun.
  virtual core::status restore_rooms(const core::restore_rooms& request, core::wall_time now) = 0;
  /// Deletes the user's invites, blocks in both directions, settings, drafts, mentions, devices, what was hidden, and
  /// what would be hidden now; ends the user's memberships, and the bans and mutes about them, passes rooms that stay
  /// on to their longest member (to `deleted` where there is none, and no one manages them any more), and gives the
  /// user's entries in them to `deleted`, without client ids. With `erase_messages` the words among them are emptied:
  /// `core::empty_out`, without a target; then `membership` rises in these rooms, so that rooms that live read their
  /// last entries again. A call deletes `chunk` messages at most, or looks at ten times as many, in rooms that the user
  /// has written in; the first call removes the name from all of them. Hides first, if nothing was hidden yet.
  /// `conflict` after a restore.
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

  /// Rewrites the database's file where something was erased or deleted since that was done last, so that nothing of
  /// it is left there; PostgreSQL's operator is told how. `unavailable` where a reader is in the way.
  virtual core::result<core::database_maintained> maintain() = 0;

  /// Why nothing can be stored now; updated as that changes. Thread safe.
  [[nodiscard]] virtual std::shared_ptr<const standing> state() const = 0;
  /// The number of rooms, for /status.
  virtual core::result<std::uint64_t> count_rooms() = 0;
};

}  // namespace greenroom::storage
