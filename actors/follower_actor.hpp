#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>

#include "actors/local.hpp"
#include "core/follower.hpp"
#include "storage/follower_store.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

struct follower_deps {
  std::shared_ptr<storage::follower_store> store;
  core::node_name node;  ///< whose rooms are followed
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::follower_limits limits{};
  std::uint32_t page = 1000;  ///< rooms of a scan that are read at once
};

struct follower_state {
  static inline const char* name = "follower";

  follower_deps deps;
  std::optional<core::follower> machine;
  news_actor news;  ///< authors' devices hear of their marks; null until the node has said where homes are
  std::optional<core::mono_time> waking;  ///< a tick is on its way for then
};

/// Carries out what `core::follower` decides, in the duty `notices`: what a room's log says that concerns people who
/// may not be there. Blocks, so it is spawned detached, with a connection to the database of its own.
follower_actor::behavior_type follower_behavior(follower_actor::stateful_pointer<follower_state> self,
                                                follower_deps deps);

}  // namespace greenroom::actors
