#pragma once
#include <string_view>

/// The only place that writes audit lines: the actor and the target of an act, its origin, and its outcome.
/// docs/operations.md lists the acts.
namespace greenroom::telemetry::audit {

/// One act. Texts are only viewed; those that are empty are left out of the line, all others are written with control
/// characters escaped.
struct entry {
  std::string_view act;               ///< a fixed name in snake_case
  std::string_view outcome = "done";  ///< or the word of the error that refused it
  std::string_view by{};              ///< the user who did it; `operator` for a holder of the cluster's secret
  std::string_view user{};            ///< the user concerned
  std::string_view room{};
  std::string_view address{};     ///< of the client
  std::string_view request_id{};  ///< X-Request-Id of the HTTP request
  std::string_view detail{};
};

/// Writes one log line of the event `audit`, at level info. Never throws.
void write(const entry& what) noexcept;

}  // namespace greenroom::telemetry::audit
