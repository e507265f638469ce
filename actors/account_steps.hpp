#pragma once
#include <caf/make_message.hpp>
#include <caf/result.hpp>

#include <utility>
#include <vector>

#include "actors/accounts_actor.hpp"
#include "actors/errors.hpp"
#include "core/result.hpp"

/// Shared by the parts of the accounts' actor.
namespace greenroom::actors {

using accounts_pointer = local_accounts_actor::stateful_pointer<accounts_state>;

/// The error, with the advice to retry in a second.
[[nodiscard]] core::error with_retry(core::error why);

/// A store's answer as a handler's.
template <class T>
[[nodiscard]] caf::result<T> reply(core::result<T> from) {
  if (!from) return to_caf(with_retry(from.why()));
  return answer(std::move(from));
}

/// Tells every watcher, in pieces that a link takes, however many they are.
void tell_ended(accounts_pointer self, const std::vector<core::ended_token>& tokens);

/// The owner of a token, as `storage::account_store::check_token` says.
[[nodiscard]] core::result<core::token_checked> check(accounts_pointer self, const core::token_hash& token);

}  // namespace greenroom::actors
