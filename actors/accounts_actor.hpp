#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/promises.hpp"
#include "core/ports.hpp"
#include "storage/account_store.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

/// What the accounts stand on.
struct accounts_deps {
  std::shared_ptr<storage::account_store> store;  ///< used by this actor's thread alone from now on
  std::shared_ptr<core::hasher> hasher;
  std::shared_ptr<core::limits> limits;  ///< may be null: nothing is limited
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  std::chrono::milliseconds token_life{std::chrono::hours{30 * 24}};
  std::chrono::milliseconds sweep_every{std::chrono::minutes{1}};
  std::size_t min_password_bytes = 4;
  std::uint32_t max_sessions = 100;  ///< of a user: one more ends the oldest
  std::chrono::milliseconds room_login_life{
      std::chrono::seconds{35}};  ///< of a login for a room whose ticket isn't used: a little more than the ticket's
  std::chrono::milliseconds lease{std::chrono::seconds{10}};  ///< of a deletion's coordinator, renewed by each step
};

/// A register_user whose password is being hashed.
struct registering {
  core::asker_id asker;
  core::user_id user;
  bool weak_password = false;
  core::request_origin from{};
};
/// A log_in whose password is being compared.
struct logging_in {
  core::asker_id asker;
  core::user_id user;
  std::string client;
  core::request_origin from{};
  bool for_room = false;
};
/// A change_password: the old one is being compared, then the new one hashed.
struct changing_password {
  core::asker_id asker;
  core::token_hash token;
  std::string new_password;
  bool weak_password = false;
  core::request_origin from{};
};

/// A begin_deletion whose password is being compared.
struct deleting {
  core::asker_id asker;
  core::begin_deletion request;
};

struct accounts_state {
  static inline const char* name = "accounts";
  accounts_deps deps;
  promises<core::user_registered, core::logged_in, core::password_changed, core::deletion> askers;
  std::uint64_t last_work = 0;
  std::unordered_map<std::uint64_t, std::variant<registering, logging_in, changing_password, deleting>>
      work;  ///< at the hasher
  std::vector<node_actor> watchers;
};

/// Registers, logs in, checks and ends. Its store blocks: spawn it with `caf::detached`. Passwords go through the
/// hasher, whose pool is bounded; everything else is answered in the order of its arrival. Every token that ends is
/// told to the watchers at once. Keeps the rows of deletions, and makes their steps in this database. Errors: those of
/// `storage::account_store`; `rate_limited` for too many passwords tried at one user; `overloaded` when the hasher's
/// queue is full.
local_accounts_actor::behavior_type accounts_behavior(local_accounts_actor::stateful_pointer<accounts_state> self,
                                                      accounts_deps deps);

}  // namespace greenroom::actors
