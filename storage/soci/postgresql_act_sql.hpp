#pragma once
#include "storage/soci/entry.hpp"

/// The statement of an act: the part that all of them share.
namespace greenroom::storage::soci {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

/// The part that all acts share. $1 to $5 are `put_fences`, $6 to $13 `put_act`; the rest is the act's own.
///   verdict   a select of one row with `code`: whether the room is such that the act can be stored (0; -1: and its
///   subject is a member), would change
///             nothing (1), misses something (2), isn't theirs to change (3), comes too late (4), is full (5), or a
///             block is in its way (6)
///   set       further columns of the room, after `head = $1::bigint`
///   effect    further parts of the WITH, each `, name as (…)`, that change rows for the one row of `moved`, or for
///   none
/// All parts see the database as it was before. So where the room wasn't moved, the answer says whether an id, the
/// fences or the verdict were in the way.
#define GREENROOM_FENCES                                                                                               \
  "id = $2::bigint and epoch = $3::bigint and head = $4::bigint and (select version from author_fence where one = 1) " \
  "= $5::bigint"
// An entry that stands alone may be words, too.
#define GREENROOM_MOVED_BY_ONE                                                      \
  ", texts = texts + case when $10::bigint in (0, 8, 9) then 1 else 0 end, said = " \
  "case when $10::bigint in (0, 8, 9) then $1::bigint else said end"
#define GREENROOM_ACT(verdict, set, effect)                                                                           \
  "with known as materialized (select seq, at, case when kind = 7 or (kind = $10::bigint and target is not distinct " \
  "from $11::bigint and extra is not distinct from $12::text and subject is not distinct from $13::bigint and "       \
  "body = $8::text) then 1 else 0 end as same from messages "                                                         \
  "where room = $2::bigint and author = $6::bigint and client_id = $7::text limit 1), "                               \
  "held as materialized (select id from rooms where " GREENROOM_FENCES                                                \
  "), "                                                                                                               \
  "verdict as materialized (" verdict                                                                                 \
  "), "                                                                                                               \
  "moved as (update rooms set head = $1::bigint" GREENROOM_MOVED_BY_ONE set " where " GREENROOM_FENCES                \
  " and not exists (select from known) and exists (select from verdict where code <= 0) returning id, texts), "       \
  "stored as (insert into messages (" GREENROOM_ACT_COLUMNS                                                           \
  ") select id, $1::bigint, $6::bigint, $7::text, $8::text, $9::bigint, $10::bigint, $11::bigint, $12::text, "        \
  "$13::bigint from moved)" effect                                                                                    \
  " select (select count(*) from moved), (select count(*) from held), coalesce((select seq from known), 0), "         \
  "coalesce((select at from known), 0), cast(coalesce((select same from known), 0) as bigint), "                      \
  "(select cast(code as bigint) from verdict)"

// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace greenroom::storage::soci
