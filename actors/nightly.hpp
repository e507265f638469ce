#pragma once
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <memory>

#include "actors/local.hpp"
#include "core/daily.hpp"
#include "core/messages/maintenance.hpp"
#include "core/ports.hpp"

namespace greenroom::actors {

struct nightly_deps {
  local_node_actor node;  ///< this process's own: it has the database
  core::database_name database = core::database_name::chat;
  std::shared_ptr<const core::clock> clock;
  std::chrono::milliseconds look_every{std::chrono::seconds{30}};  ///< at the clock
};

/// Has one of the process's databases maintained once a day, `when` that is due, and logs what came of it; where a
/// reader is in the way, again at the next look. Ends with the node.
caf::behavior nightly_behavior(caf::event_based_actor* self, nightly_deps deps, core::daily when);

}  // namespace greenroom::actors
