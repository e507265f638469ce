#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/local.hpp"
#include "actors/promises.hpp"
#include "actors/questions.hpp"
#include "core/door.hpp"
#include "core/ports.hpp"
#include "core/session.hpp"

namespace greenroom::actors {

/// The dependencies of a door.
struct door_deps {
  core::node_name name;   ///< goes into its tickets
  local_node_actor node;  ///< knows where the accounts are
  std::shared_ptr<const core::clock> clock;
  core::door_limits limits;
  core::session_limits session;
};

struct door_state {
  static inline const char* name = "door";
  door_deps deps;
  std::optional<core::door> machine;
  promises<admitted, ticket_minted, core::logged_in> askers;
  std::unordered_map<core::user_id, session_actor> sessions;
  std::deque<std::pair<core::mono_time, caf::actor_addr>> session_sweeps;  ///< when each gets its next sweep
  accounts_actor accounts;                                                 ///< kept until a request to it fails
  questions asked;                                                         ///< of the accounts
  std::vector<std::function<void(core::result<accounts_actor>)>> want_accounts;
};

/// Carries out what `core::door` decides: admits tokens, mints and redeems tickets, has a session for every user who is
/// here, and hears which tokens ended. Logins are passed on to the accounts. Errors: `invalid_token`, `invalid_ticket`,
/// `overloaded`, `unavailable`, and those of a login.
local_door_actor::behavior_type door_behavior(local_door_actor::stateful_pointer<door_state> self, door_deps deps);

}  // namespace greenroom::actors
