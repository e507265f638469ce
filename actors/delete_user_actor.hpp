#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "actors/local.hpp"
#include "actors/promises.hpp"
#include "core/delete_user.hpp"
#include "core/ports.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

/// The dependencies of a coordinator.
struct delete_user_deps {
  local_node_actor node;  ///< knows the accounts and the catalogs
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::delete_user_limits limits{};
};

struct delete_user_state {
  static inline const char* name = "delete_user";

  struct waiter {
    core::asker_id asker;
    core::mono_time until;
  };

  delete_user_deps deps;
  std::optional<core::delete_user> machine;
  promises<core::deletion> owed;
  std::vector<waiter> waiters;
  bool started = false;
  accounts_actor accounts;  ///< the actors that the last step of their kind went to, until one fails
  catalog_actor catalog;
  std::uint64_t asked = 0;     ///< the step that is out
  caf::actor_addr asked_whom;  ///< the actor asked, once that is known
  std::string_view counted;    ///< the state that the gauge counts this as
};

/// Carries out what `core::delete_user` decides: asks accounts and catalogs through its node, for each step one that is
/// alive then, and ends with the deletion. A step whose participant goes down has failed at once; one that isn't
/// answered, after 2 to 5 s. Begins a deletion, or carries on one that was claimed.
delete_user_actor::behavior_type delete_user_behavior(delete_user_actor::stateful_pointer<delete_user_state> self,
                                                      delete_user_deps deps,
                                                      std::variant<core::begin_deletion, core::deletion> what);

}  // namespace greenroom::actors
