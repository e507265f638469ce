#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "gateway/upstreams.hpp"
#include "net/http/exchange.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::gateway {

/// How requests are brought to instances.
struct proxy_options {
  std::string secret;                           ///< signs where a request came in; not empty
  core::milliseconds attempt_deadline{10'000};  ///< for one attempt, connecting included
  core::milliseconds whole_deadline{20'000};    ///< for all attempts; less than the server's answer timeout
};

/// How often a request is tried: each attempt on the same instance first, then the next instance.
inline constexpr unsigned tries_per_instance = 2;
inline constexpr unsigned instances_per_request = 2;

/// Brings one request to an instance and its answer back. Any method is tried again while no byte of it was written;
/// after that only GET and HEAD. No instance: 503; late: 504; cut, or garbage: 502.
class proxy {
 public:
  proxy(std::shared_ptr<upstreams> to, proxy_options options, const telemetry::metrics& metrics = {});

  /// Answers `ask` with the answer of a `role` instance; `prefix` is taken away from the path. On `ask`'s io thread.
  void forward(upstream_role role, std::string_view prefix, const net::http::exchange_ptr& ask) const;

  struct shared;  ///< the state that the passages share; defined in proxy.cpp

 private:
  std::shared_ptr<const shared> shared_;
};

}  // namespace greenroom::gateway
