#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "net/http/exchange.hpp"

namespace greenroom::net::http {

/// How an answer is to be framed.
struct framing {
  bool keep_alive = true;
  bool head_only = false;  ///< answers a HEAD: the body's length, but no body
  /// So long the client is to use HTTPS alone (HSTS, RFC 6797); 0: that isn't said, as always outside of TLS.
  std::chrono::milliseconds only_https{0};
};

/// Makes `out` the bytes of the answer without its body: status line, the answer's own fields, the default ones (Date,
/// `X-Content-Type-Options: nosniff`, `Cache-Control: no-store` unless it has one) and those of the framing, which
/// the answer can't set.
void write_head(std::string& out, const answer& what, framing how);

/// The body that follows; empty for HEAD, 204 and 304. Lives as long as the answer.
[[nodiscard]] std::string_view body_text(const answer& what, framing how) noexcept;

}  // namespace greenroom::net::http
