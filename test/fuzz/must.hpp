#pragma once
#include <cstdio>
#include <cstdlib>

namespace greenroom::test {

/// Ends the fuzzer with what isn't so, where it doesn't hold: the input is kept then.
inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

}  // namespace greenroom::test
