#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/error.hpp"

/// Checks beyond those of Beast. Pure: looks at the bytes of a request's head before Beast does.
namespace greenroom::net::http {

/// Limits of a request (RFC 9110, RFC 9112 leave them to the server).
struct request_limits {
  std::size_t head = 8 * 1024;    ///< request line and fields with the empty line; more: `headers_too_big`
  std::size_t target = 2 * 1024;  ///< more: `uri_too_long`
  std::size_t fields = 64;        ///< more: `headers_too_big`
  std::size_t body = 64 * 1024;   ///< more: `too_big`
};

/// The result of a search for a head's end.
struct head_scan {
  std::size_t size = 0;  ///< bytes of the head with its empty line; 0: not all here yet
  std::size_t skip = 0;  ///< bytes of empty lines before the head, which are ignored (RFC 9112 section 2.2)
  core::ec wrong =
      core::ec::none;  ///< `bad_request` for a byte that no head has, as soon as it comes; `headers_too_big`
};

/// Looks for the end of the head that begins `bytes` behind any empty lines; `seen` of them were here the last time.
[[nodiscard]] head_scan scan_head(std::string_view bytes, std::size_t seen, const request_limits& limits);

/// A head that passed.
struct accepted_head {
  core::ec wrong = core::ec::none;  ///< why it didn't pass; the other fields are then without meaning
  bool keep_alive = false;          ///< the client wants, and its version lets, the connection go on
  bool chunked = false;
  bool expects_continue = false;  ///< waits for `100 Continue` (RFC 9110 section 10.1.1)
  std::uint64_t content_length = 0;
  /// Of a target in absolute form (RFC 9112 section 3.2.2): the authority replaces Host, and the target is in origin or
  /// asterisk form. Empty for every other target. Views of the head, or of a constant.
  std::string_view authority, target;
};

/// Judges a whole head, empty line included: HTTP/1.1, or 1.0 and then closed; a known method; a target in ASCII with
/// good percent-encoding, in origin form, in absolute form with http or https, or `*` for OPTIONS; one valid Host; one
/// plain Content-Length, or exactly `chunked`, or no body; no folded lines, no bare CR or LF, no second Host,
/// Authorization, Content-Type, Origin; no Connection that names a field which is meant for the far end (RFC 9110
/// section 7.6.1), such as Authorization, Content-* or X-*. After any refusal the connection must be closed: it is
/// unknown where the next request begins.
[[nodiscard]] accepted_head judge_head(std::string_view head, const request_limits& limits);

/// Whether the text is a Host that we take (RFC 9110 section 7.2): a name or an address, and a port or none.
[[nodiscard]] bool good_host(std::string_view host);

/// Whether the text is a field line without its CRLF (RFC 9112 section 5), in a head or among trailers: a name, a colon
/// right behind it, and a value without control characters other than tabs.
[[nodiscard]] bool good_field_line(std::string_view line);

}  // namespace greenroom::net::http
