#pragma once
#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/local.hpp"
#include "actors/promises.hpp"
#include "core/accounts.hpp"
#include "core/ports.hpp"
#include "storage/account_store.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

/// The dependencies of the accounts.
struct accounts_deps {
  std::shared_ptr<storage::account_store> store;  ///< used by this actor's thread alone from now on
  std::shared_ptr<core::hasher> hasher;
  core::account_limits limits;
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  std::chrono::milliseconds token_life{std::chrono::hours{30 * 24}};
  std::chrono::milliseconds sweep_every{std::chrono::minutes{1}};
  std::uint32_t max_sessions = 100;  ///< per user: one more ends the oldest
  std::chrono::milliseconds room_login_life{
      std::chrono::seconds{35}};  ///< of a login for a room whose ticket isn't used: a little more than the ticket's
  std::chrono::milliseconds lease{std::chrono::seconds{10}};  ///< of a deletion's coordinator, renewed by each step
};

struct accounts_state {
  static inline const char* name = "accounts";
  accounts_deps deps;
  promises<core::user_registered, core::logged_in, core::password_changed, core::deletion> askers;
  std::optional<core::accounts> machine;  ///< for all requests that take a password
  caf::actor_addr metronome;
  bool flushing = false;  ///< a flush is on its way
  bool has_many = false;  ///< there were two users once: nobody who registers is the first any more
  std::vector<node_actor> watchers;
};

/// Registers, logs in, checks and ends. Its store blocks: spawn it with `caf::detached`. Requests with a password go as
/// `core::accounts` decides, through the hasher's pool; everything else is answered in the order of its arrival. Every
/// token that ends is told to the watchers at once. Keeps the rows of deletions, and makes their steps in this
/// database. Errors: those of `storage::account_store`; `rate_limited` for too many wrong passwords; `overloaded` for
/// requests that waited for the pool too long, or had to make room for others.
local_accounts_actor::behavior_type accounts_behavior(local_accounts_actor::stateful_pointer<accounts_state> self,
                                                      accounts_deps deps);

}  // namespace greenroom::actors
