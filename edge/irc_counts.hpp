#pragma once
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::edge {

/// Counts the commands and the ends of an edge's IRC clients, for its metrics. Every label is of a fixed set. Thread
/// safe.
class irc_counts {
 public:
  explicit irc_counts(const telemetry::metrics& metrics);

  /// A command came; one that isn't known is `other`.
  void heard(std::string_view command) const;
  /// This side ends a connection.
  void ended(core::ec why) const;

 private:
  std::vector<telemetry::counter> commands_;  ///< by place in the table of commands; the last is of all others
  telemetry::family<telemetry::counter, 1> ends_;
};

}  // namespace greenroom::edge
