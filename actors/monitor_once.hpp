#pragma once

namespace greenroom::actors {

/// Hears of the end of `whom` once, however often this is called. CAF's own `monitor` adds an observer each time, which
/// stays until `whom` ends: an actor that finds the same one again and again would add up.
template <class Self, class Handle>
void monitor_once(Self self, const Handle& whom) {
  self->demonitor(whom.address());
  self->monitor(whom);
}

}  // namespace greenroom::actors
