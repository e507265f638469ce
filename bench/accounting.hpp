#pragma once
#include <vector>

namespace greenroom::bench {

/// Resources that processes have used so far.
struct usage {
  double cpu_s = 0;
  double rss_mb = 0;
};

/// Of these processes and their descendants, those that they have waited for included.
usage usage_of(const std::vector<int>& roots);

/// CPU seconds of this process.
double own_cpu_s();

/// One processor's busy and stolen seconds. Of a pinned server it also shows the kernel's network work that no process
/// is charged for.
struct processor {
  double busy_s = 0;
  double stolen_s = 0;
};
std::vector<processor> processors();

}  // namespace greenroom::bench
