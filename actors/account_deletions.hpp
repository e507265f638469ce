#pragma once
#include <string>

#include "actors/account_steps.hpp"
#include "core/messages/deletion.hpp"
#include "core/result.hpp"

/// The steps of a deletion in the users database, each with points around its commit where a test can make it fail.
namespace greenroom::actors {

/// Begins it. `conflict` where another hash than `verified_hash` (if that isn't empty) is in the user's row.
[[nodiscard]] core::result<core::deletion> begin_now(accounts_pointer self, const core::begin_deletion& request,
                                                     const std::string& verified_hash);
/// For a token that isn't good: a caller that repeats the token which the deletion ended gets that deletion; any other
/// token is just `invalid_token`.
[[nodiscard]] core::result<core::deletion> begun_before(accounts_pointer self, const core::begin_deletion& request);
/// The next state, written before its effect.
[[nodiscard]] core::result<core::deletion> advance(accounts_pointer self, const core::advance_deletion& request);
/// Those whose lease ran out.
[[nodiscard]] core::result<core::deletions> claim(accounts_pointer self, const core::claim_deletions& request);

}  // namespace greenroom::actors
