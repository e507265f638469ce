#pragma once
#include <vector>

#include "actors/account_notes.hpp"
#include "core/messages/accounts.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/account_store.hpp"

namespace greenroom::actors {

/// The result of an operator's act, and the tokens that it ended, which every node must hear of.
struct administered_now {
  core::administered answer;
  std::vector<core::ended_token> ended;
};

/// Carries out an operator's or an admin's act on the accounts: for the accounts' actor, and for `greenroom admin`
/// where no server holds the database. Writes an audit line. Blocks as the store does. Errors are the store's:
/// `not_found` where there is no such user or session, `taken`, `conflict` for the last admin; `bad_name` for a name
/// that can't be one; and `bad_request` for a suspension that can't end then.
[[nodiscard]] core::result<administered_now> administer(storage::account_store& store, const core::administer& request,
                                                        core::wall_time now, const administrator& by = {});

}  // namespace greenroom::actors
