#pragma once
#include <caf/error.hpp>

#include "actors/interfaces.hpp"
#include "core/result.hpp"

namespace greenroom::actors {

/// Our error as CAF carries it: the code, and as its context the detail, the retry time, and the sanction behind it.
[[nodiscard]] caf::error to_caf(const core::error& why);

/// CAF's error as ours. A request's time-out, a dead receiver and a lost link are `unavailable`; errors of other kinds
/// are `internal`.
[[nodiscard]] core::error from_caf(const caf::error& why);

/// A result as a handler's answer.
template <class T>
[[nodiscard]] caf::result<T> answer(core::result<T> from) {
  if (from) return std::move(*from);
  return to_caf(from.why());
}

/// A status as a handler's answer.
[[nodiscard]] inline caf::result<void> answer(const core::status& from) {
  if (from) return caf::unit;
  return to_caf(from.why());
}

}  // namespace greenroom::actors
