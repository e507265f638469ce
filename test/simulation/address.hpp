#pragma once
#include <compare>

#include "core/ids.hpp"
#include "core/mesh.hpp"

namespace greenroom::simulation {

using actor_no = core::number_id<struct actor_tag>;  ///< one actor, unique in the whole simulation
using core::link_no;                                 ///< one end of one link, likewise

/// An actor as another one knows it: directly, or through the link over which its handle came. Over another link to the
/// same process it is the same actor, but only one of the two leads there.
struct address {
  actor_no actor;
  link_no via;  ///< none: it lives in the same process

  explicit operator bool() const noexcept { return bool(actor); }
  friend bool operator==(const address& a, const address& b) noexcept { return a.actor == b.actor; }
  friend auto operator<=>(const address& a, const address& b) noexcept { return a.actor <=> b.actor; }
  /// Whether both lead there the same way.
  [[nodiscard]] bool same_way(const address& other) const noexcept { return *this == other && via == other.via; }
};

/// The address of an actor of class `Actor`.
template <class Actor>
struct handle : address {};

/// `from`, known to be an `Actor`.
template <class Actor>
[[nodiscard]] handle<Actor> handle_cast(const address& from) noexcept {
  return {from};
}

}  // namespace greenroom::simulation
