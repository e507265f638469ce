#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "actors/local.hpp"
#include "core/user.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

/// The dependencies of a user's home.
struct user_deps {
  core::user_id user;
  local_node_actor node;  ///< ends it when it is idle
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::user_limits limits{};
};

struct user_state {
  static inline const char* name = "user";
  user_deps deps;
  std::optional<core::user> machine;
  std::unordered_map<core::session_no, registered_session> sessions;
  std::unordered_map<caf::actor_addr, core::session_no> numbers;
  std::uint64_t last_session = 0;
  /// A node's watcher, and the number of its last question.
  struct watcher {
    watcher_actor handle;
    std::uint64_t number = 0;
  };
  std::map<core::watcher_no, watcher> watchers;
  std::uint64_t last_watcher = 0;
  double counted = 0;    ///< sessions, as the metrics have them
  bool damping = false;  ///< a damp tick is on its way

  ~user_state() {
    if (!machine) return;
    deps.metrics.homes.sub();
    deps.metrics.home_sessions.sub(counted);
  }
};

/// Carries out what `core::user` decides: one user who is online, at their home. Lives until its node ends it.
local_user_actor::behavior_type user_behavior(local_user_actor::stateful_pointer<user_state> self, user_deps deps);

}  // namespace greenroom::actors
