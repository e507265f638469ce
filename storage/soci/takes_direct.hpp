#pragma once

/// The people by whom one wants to be written to, in SQL.
namespace greenroom::storage::soci {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

/// Whether a person wants to be written to by another one (`core::direct_setting`: 1 is `shared`, the default, 2
/// `nobody`). Both are expressions of folded names.
#define GREENROOM_TAKES_DIRECT(person, from)                                                                 \
  "(case coalesce((select direct from user_settings where folded = " person                                  \
  "), 1) when 0 then 1 when 1 then case when exists (select 1 from members as theirs join members as mine "  \
  "on mine.room = theirs.room join rooms as common on common.id = theirs.room where theirs.folded = " person \
  " and mine.folded = " from " and common.hidden is null) then 1 else 0 end else 0 end = 1)"

// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace greenroom::storage::soci
