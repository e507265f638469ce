#pragma once

#include <boost/beast/http/fields.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/ports.hpp"
#include "net/http/field_list.hpp"

/// `X-Forwarded-For`, `-Host`, `-Proto`, `-Prefix`, `-Class`, believed only with a signature by the cluster's secret.
namespace greenroom::net::http {

/// How a request looked where it came into the cluster.
struct forwarded {
  std::string client;          ///< the client's address, without a port
  std::string host;            ///< the Host that it asked for
  std::string proto = "http";  ///< `http` or `https`
  std::string prefix;          ///< the part of the path that a gateway took away: `/chat`; empty without a gateway
  core::limit_class counted = core::limit_class::none;  ///< the rate class that a gateway counted the request in

  /// Whether the gateway has counted the request in `which` or in `auth`, the strictest class. The next hop counts it
  /// otherwise, so that a request which the two hops see differently is never free.
  [[nodiscard]] bool has_counted(core::limit_class which) const noexcept {
    return which == core::limit_class::none || counted == which || counted == core::limit_class::auth;
  }

  friend bool operator==(const forwarded&, const forwarded&) = default;
};

/// The one request that a signature is for. It holds in the minute of `at` and in those before and after it, so that a
/// signature that was seen on the way is good for nothing else, and soon for nothing at all.
struct signed_request {
  std::string_view method;
  std::string_view target;  ///< as the upstream gets it
  std::chrono::system_clock::time_point at = std::chrono::system_clock::now();
};

/// Adds the five fields and their signature, `MINUTES-HEX`, as a gateway does: the minutes since 1970, and the
/// HMAC-SHA256 (RFC 2104) of the fields, the request and the minutes. The secret isn't empty.
void sign_forwarded(field_list& to, std::string_view secret, const forwarded& seen, const signed_request& what);

/// The fields' values, if they are signed with this secret for this request, at this time; compared in constant time.
/// Nothing without a secret. A good signature of another time is a line in the log: one of the two clocks is wrong.
[[nodiscard]] std::optional<forwarded> believe_forwarded(std::string_view secret,
                                                         const boost::beast::http::fields& fields,
                                                         const signed_request& what);

/// Whether a field is one of these: a gateway takes them out of clients' requests.
[[nodiscard]] bool is_forwarded_field(std::string_view name) noexcept;

}  // namespace greenroom::net::http
