#pragma once
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

namespace greenroom::actors {

/// Whether `known` is the actor that `other` names, over the same link. Handles of one actor over two links are equal,
/// but only one of them still leads there: and the end of an earlier link may be told after a later one was used. False
/// where `known` is null.
template <class Handle>
[[nodiscard]] bool same_link(const Handle& known, const caf::actor_addr& other) {
  return known &&
         caf::actor_cast<caf::actor_control_block*>(known) == caf::actor_cast<caf::actor_control_block*>(other);
}

}  // namespace greenroom::actors
