#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <vector>

#include "actors/local.hpp"
#include "actors/questions.hpp"
#include "core/catalog_choice.hpp"
#include "core/ports.hpp"

namespace greenroom::actors {

/// The catalog, as an edge without one sees it, and a timer.
using any_catalog_actor = entrance_actor::extend<caf::reacts_to<sweep_tick>>;

struct any_catalog_deps {
  local_node_actor node;  ///< knows the catalogs
  std::shared_ptr<const core::clock> clock;
};

struct any_catalog_state {
  static inline const char* name = "any_catalog";

  any_catalog_deps deps;
  core::catalog_choice choice;
  catalog_actor catalog;  ///< the one of the choice's turn; null once it went down
  questions asked;
  bool sweeping = false;  ///< a sweep is on its way
};

/// Stands for the catalogs of all nodes, as `core::catalog_choice` says: asks one, and another where that one goes down
/// or doesn't answer. A request that is asked twice may be done twice, and that does no harm: a room that is entered
/// again was there before, and a mark doesn't move twice. Errors are the catalog's own, and `unavailable` where no node
/// has an answer.
any_catalog_actor::behavior_type any_catalog_behavior(any_catalog_actor::stateful_pointer<any_catalog_state> self,
                                                      any_catalog_deps deps);

}  // namespace greenroom::actors
