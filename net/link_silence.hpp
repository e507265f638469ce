#pragma once
#include <algorithm>

#include "core/time.hpp"

namespace greenroom::net {

/// Tells a silent peer from a silent process: a process that was stopped, or had no processor, wakes with all its
/// timers over. Looked at every `tick()`; a look that comes a tick late begins a new period.
class link_silence {
 public:
  using duration = core::mono_time::duration;

  link_silence(duration bound, core::mono_time now) : bound_(bound), heard_(now), looked_(now) {}

  /// How long to wait between two looks.
  [[nodiscard]] duration tick() const noexcept { return bound_ / 4; }
  /// A byte came then, or none could, because nothing was read.
  void heard(core::mono_time then) noexcept { heard_ = std::max(heard_, then); }
  /// Looks: whether nothing was heard for the bound, and a quarter of it at most.
  [[nodiscard]] bool is_silent(core::mono_time now) noexcept {
    if (now - looked_ > 2 * tick()) heard_ = now;
    looked_ = now;
    return now - heard_ >= bound_;
  }

 private:
  duration bound_;
  core::mono_time heard_;
  core::mono_time looked_;
};

}  // namespace greenroom::net
