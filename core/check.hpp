#pragma once
#include <cstdio>
#include <cstdlib>
#include <type_traits>

/// GREENROOM_CHECK(condition) states an invariant, in every build. Where it doesn't hold, the expression and its place
/// go to stderr and the process aborts: a node that is wrong does more harm than one that is gone, because the epochs
/// in the database keep a dead node's rooms safe. Not for bad input, which is answered with an error. Costs one
/// compare.
#define GREENROOM_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::greenroom::core::check_failed(#condition, __FILE__, __LINE__))

namespace greenroom::core {

/// Reports the failed check `expression` at `file`:`line` to stderr and ends the process with SIGABRT.
[[noreturn]] inline void check_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, expression);
  std::abort();
}

/// Subtracts `by` from a count, which must be at least that: a check as above, reported at the caller's place.
template <class Count>
void take_off(Count& count, std::type_identity_t<Count> by, const char* file = __builtin_FILE(),
              int line = __builtin_LINE()) {
  if (count < by) check_failed("a count went below zero", file, line);
  count -= by;
}

}  // namespace greenroom::core
