#pragma once
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <memory>
#include <optional>

#include "actors/local.hpp"
#include "core/marks.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::actors {

struct marks_deps {
  entrance_actor catalog;
  news_actor news;  ///< the user's other devices hear of the marks; may be null
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::marks_limits limits{};
  std::shared_ptr<std::atomic<bool>> waiting{};  ///< set while marks wait that can be stored; may be null
};

struct marks_state {
  static inline const char* name = "marks";

  marks_deps deps;
  std::optional<core::marks> machine;
  bool ticking = false;  ///< a tick is on its way
};

/// Carries out what `core::marks` decides: asks the catalog to store the marks of this node's clients. Those that can't
/// be stored now are tried again each second.
marks_actor::behavior_type marks_behavior(marks_actor::stateful_pointer<marks_state> self, marks_deps deps);

}  // namespace greenroom::actors
