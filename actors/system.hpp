#pragma once
#include <caf/actor_system_config.hpp>

#include <cstddef>

#include "core/ports.hpp"

namespace greenroom::actors {

/// CAF's settings for a node, and every message type that crosses the wire.
class system_config : public caf::actor_system_config {
 public:
  /// `threads`: workers of the scheduler, at least 1.
  explicit system_config(std::size_t threads);
};

/// The machine's own clocks.
class system_clock final : public core::clock {
 public:
  [[nodiscard]] core::instant now() const override;
};

}  // namespace greenroom::actors
