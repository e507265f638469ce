#pragma once

/// The rule of who may read in a room, as a condition in the statements that read there. `storage::admission` says the
/// same, with the reason.
namespace greenroom::storage::soci {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

/// The ban of a user from `rooms`, for a join or a subselect of `sanctions as ban`. Parameters: `barred` (the folded
/// name) and `now`.
#define GREENROOM_BAN                                                                                   \
  "ban.room = rooms.id and ban.kind = 20 and ban.subject = (select someone.id from authors as someone " \
  "where someone.folded = :barred) and (ban.until is null or ban.until > :now)"

/// Of a row of `rooms`: whether the user may read there. Parameters: those, and `me` (the folded name).
#define GREENROOM_READABLE                                                                                           \
  "rooms.hidden is null and (rooms.private = 0 or exists (select 1 from members as mine where mine.room = rooms.id " \
  "and mine.folded = :me)) and not exists (select 1 from sanctions as ban where " GREENROOM_BAN ")"

/// The same, and whether the user is a moderator or the owner. Parameters: those, and `moderator` and `owner` (the
/// folded name).
#define GREENROOM_MODERATED                                                                                    \
  GREENROOM_READABLE                                                                                           \
  " and (rooms.owner_folded = :owner or exists (select 1 from members as leader where leader.room = rooms.id " \
  "and leader.folded = :moderator and leader.role = 2))"

// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace greenroom::storage::soci
