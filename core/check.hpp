#pragma once
#include <cstdio>
#include <cstdlib>

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

}  // namespace greenroom::core
