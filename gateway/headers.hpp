#pragma once
#include <boost/beast/http/fields.hpp>

#include <string>
#include <string_view>

#include "net/http/exchange.hpp"

/// The parts of a request and of an answer that are passed on (RFC 9110 section 7.6).
namespace greenroom::gateway {

/// The fields that are meant for both ends: without the hop-by-hop ones, those that `Connection` names, and those that
/// only a gateway may set.
[[nodiscard]] net::http::field_list end_to_end(const boost::beast::http::fields& from);
[[nodiscard]] net::http::field_list end_to_end(const net::http::field_list& from);

/// A request's fields for an upstream: the end-to-end ones, `X-Request-Id`, `Via`, and where the request came in,
/// signed for the request that the upstream gets: `method` and `target`. `prefix` was taken away from the path.
/// No `Host`: that is the upstream's own.
[[nodiscard]] net::http::field_list request_fields(const net::http::exchange& ask, std::string_view prefix,
                                                   std::string_view secret, std::string_view method,
                                                   std::string_view target);

/// The request's target without `prefix`, which it begins with; `/` where nothing is left of the path.
[[nodiscard]] std::string stripped_target(std::string_view target, std::string_view prefix);

/// An upstream's answer for the client: its status, content type, end-to-end fields and body.
[[nodiscard]] net::http::answer passed_on(unsigned status, const net::http::field_list& fields, std::string body);

}  // namespace greenroom::gateway
