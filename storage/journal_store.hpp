#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/messages/log.hpp"
#include "core/messages/ownership.hpp"
#include "core/result.hpp"

namespace greenroom::storage {

/// A room's append: contiguous entries, and the fence that they depend on.
struct room_append {
  core::room_key room;
  core::epoch_no epoch;
  std::vector<core::room_entry> entries;  ///< never empty; the first's seq must be the stored head + 1
};

/// An id of this append that the log has already.
struct repeated_id {
  std::uint32_t index = 0;  ///< into `room_append::entries`
  core::seq_no seq;         ///< the place of the first one
  core::wall_time at{};
  bool same_text = true;  ///< false: a conflict
};

/// The outcome of one room's append.
struct append_outcome {
  enum class kind : std::uint8_t {
    stored,    ///< all of it is durable
    repeated,  ///< nothing was stored, because of `repeated`: answer those, number the rest again, send again
    fenced,    ///< nothing was stored: another epoch or head, or the room is gone
    refused,   ///< nothing was stored: the database refuses a row of this room, or its author is being deleted, or was;
               ///< or an entry is more than a text (`core::is_plain`)
  };
  kind what = kind::stored;
  std::vector<repeated_id> repeated;
};

/// The addition or removal of one member of a private room, and the fence that it depends on.
struct member_change {
  core::room_key room;
  core::epoch_no epoch;
  core::seq_no head;  ///< as the room knows it: nothing was appended since the room decided this
  core::user_id by;
  core::user_id member;
  bool add = false;      ///< else they are removed
  core::wall_time at{};  ///< since when they are a member
};

/// The outcome of the change.
enum class change_outcome : std::uint8_t {
  changed,  ///< durable; also where it was so before
  fenced,   ///< nothing was changed: another epoch or head, or the room is gone
  refused,  ///< nothing was changed: the asker or the new member is being deleted, or was
};

/// A room's row as the database has it.
struct room_epoch {
  core::room_key room;
  core::epoch_no epoch;
  core::membership_no membership;
};

/// The chat database, as the journal sees it. Blocking; one thread at a time.
class journal_store {
 public:
  virtual ~journal_store() = default;

  /// Opens rooms with epoch + 1, in one statement where they exist and the written view isn't newer. Each answer brings
  /// at most `tail` last entries, and of a private room all members, as they are once no owner with a lower epoch can
  /// change them any more, with the number `membership` that belongs to them; `not_found` where there is no such room
  /// or a deletion hides it, `fenced` where a newer view is written: the detail is the name of the node that
  /// opened the room last.
  virtual core::result<std::vector<core::result<core::room_opened>>> open(const std::vector<core::open_room>& rooms,
                                                                          std::uint32_t tail) = 0;

  /// Compare-and-append: ONE autocommit statement (SQLite: one immediate transaction) compares each room's epoch and
  /// head, checks the ids, inserts, and moves the heads. Each room is stored whole or not at all; one room's bad row
  /// doesn't stop the others. Rooms appear at most once. Outcomes are in the order of `rooms`. Errors: `unavailable`
  /// (certain: nothing was stored), `unknown_outcome` (anything may have been stored).
  virtual core::result<std::vector<append_outcome>> append(std::span<const room_append> rooms) = 0;

  /// Compare-and-change: ONE autocommit statement (SQLite: one immediate transaction) compares the room's epoch and
  /// head as `append` does, and changes its members. An added user may be a member already, a removed one none. Errors
  /// as of `append`.
  virtual core::result<change_outcome> change_member(const member_change& change) = 0;

  /// Entries after `after`, ascending, at most `limit`.
  virtual core::result<std::vector<core::room_entry>> read(core::room_key room, core::seq_no after,
                                                           std::uint32_t limit) = 0;

  /// The epochs and membership numbers of these rooms, in one statement; those that don't exist any more or are hidden
  /// are left out.
  virtual core::result<std::vector<room_epoch>> epochs(const std::vector<core::room_key>& rooms) = 0;

  /// The highest version of a view in which any room was opened; 0 where none was. Reads all rooms: not to be called
  /// often.
  virtual core::result<core::view_version> newest_view() = 0;
};

}  // namespace greenroom::storage
