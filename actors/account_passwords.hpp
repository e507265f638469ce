#pragma once
#include <caf/make_message.hpp>
#include <caf/result.hpp>

#include "actors/account_steps.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/deletion.hpp"

/// Requests that take a password: carries out the decisions of `core::accounts`.
namespace greenroom::actors {

[[nodiscard]] caf::result<core::user_registered> begin_register(accounts_pointer self, core::register_user& request);
[[nodiscard]] caf::result<core::logged_in> begin_log_in(accounts_pointer self, core::log_in& request);
[[nodiscard]] caf::result<core::scram_found> begin_scram(accounts_pointer self, const core::find_scram& request);
[[nodiscard]] caf::result<core::password_changed> begin_change(accounts_pointer self, core::change_password& request);
/// With an admin's token it needs no password.
[[nodiscard]] caf::result<core::deletion> begin_delete(accounts_pointer self, core::begin_deletion& request);

/// The results from the hasher's threads.
void hashed(accounts_pointer self, const password_hashed& outcome);
void verified(accounts_pointer self, const password_verified& outcome);
/// Held requests may be due. Runs a hundred milliseconds after one began to wait.
void flush_passwords(accounts_pointer self);

}  // namespace greenroom::actors
