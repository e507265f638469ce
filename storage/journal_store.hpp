#pragma once
#include <cstdint>
#include <memory>
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
  /// The change that the only entry, an act, makes; null where all are words (`core::is_words`). Only words have one
  /// too where it is to be asked whether there is a message that they can answer.
  std::shared_ptr<const core::act_effect> effect{};
  /// Nothing is to be stored, whatever the fences say: only whether the log has the id of the only entry is asked. The
  /// outcome is `repeated`, or else `unchanged`.
  bool look_only = false;
};

/// An id of this append that the log has already.
struct repeated_id {
  std::uint32_t index = 0;  ///< into `room_append::entries`
  core::seq_no seq;         ///< the place of the first one
  core::wall_time at{};
  bool same =
      true;  ///< kind, target, subject, text and extra are the same, or the first one is erased; else a conflict
};

/// Whether `again`, which carries the author's id of `first`, is that entry once more; else it is another one, and a
/// conflict. An erased entry has lost what it could be compared by.
[[nodiscard]] inline bool repeats(const core::room_entry& first, const core::room_entry& again) {
  return first.kind == core::entry_kind::erased ||
         (first.kind == again.kind && first.target == again.target && first.subject == again.subject &&
          first.text == again.text && first.extra == again.extra);
}

/// The outcome of one room's append.
struct append_outcome {
  enum class kind : std::uint8_t {
    stored,     ///< all of it is durable
    repeated,   ///< nothing was stored, because of `repeated`: answer those, number the rest again, send again
    fenced,     ///< nothing was stored: another epoch or head, or the room is gone
    refused,    ///< nothing was stored, because of `why`
    unchanged,  ///< nothing was stored: the act would have changed nothing, or this was but a look
  };
  kind what = kind::stored;
  std::vector<repeated_id> repeated{};
  /// `internal`: the database refuses a row of this room. `conflict`: the author or the subject is being deleted, or
  /// was. Of an act: `not_found` (no message has that number, or nobody is a member of that name, or there is no such
  /// reaction or pin), `forbidden` (the message is somebody else's, or too old), `gone` (it is erased; the invite isn't
  /// live), `limit_reached` (it has as many reactions, or the room as many pins, as there may be),
  /// `blocked` (the person who is to be added has blocked the author).
  core::ec why = core::ec::internal;
  bool was_member = false;  ///< of a stored `role`: the subject was a member before it
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
  /// at most `tail` last entries, and the settings and the roster, as they are once no owner with a lower epoch can
  /// change them any more, with a number `membership` that rises if they are changed elsewhere after that, or a
  /// deletion empties entries. Bans and mutes that have ended may be among them; of bans, `by` and `why` are left out.
  /// `not_found` where there is no such room or a deletion hides it, `fenced` where a newer view is written: the detail
  /// is the name of the node that opened the room last.
  virtual core::result<std::vector<core::result<core::room_opened>>> open(const std::vector<core::open_room>& rooms,
                                                                          std::uint32_t tail) = 0;

  /// Compare-and-append: ONE autocommit statement (SQLite: one immediate transaction) compares each room's epoch and
  /// head, checks the ids, inserts, and moves the heads. Where there is an effect, it is part of the same statement:
  /// the entry and the effect are both stored, or neither. Each room is stored whole or not at all; one room's bad row
  /// doesn't stop the others. Rooms appear at most once. Outcomes are in the order of `rooms`. Errors: `unavailable`
  /// (certain: nothing was stored), `unknown_outcome` (anything may have been stored).
  virtual core::result<std::vector<append_outcome>> append(std::span<const room_append> rooms) = 0;

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
