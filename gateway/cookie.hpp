#pragma once
#include <string>
#include <vector>

#include "net/http/exchange.hpp"

namespace greenroom::gateway {

/// The page's session is in a cookie, which a browser sends whoever made the request. Where one came, and no
/// `Authorization`, the request must be the page's own: its Origin, if it has one, is this gateway's or among
/// `allowed_origins`, and the field `Greenroom-CSRF` has the session's word; it need not be there where the method
/// changes nothing. Then the token goes on as a bearer, and nobody behind this needs to know of cookies. Where the
/// session is to end, so does the cookie.
///
/// Signing in and up need no session, so there the cookie counts for nothing; and neither for websockets, which are
/// opened by a ticket.
///
/// False: the request was answered with 403 `origin_refused`. Before anybody else reads the request.
[[nodiscard]] bool take_cookie(const net::http::exchange_ptr& ask, const std::vector<std::string>& allowed_origins);

}  // namespace greenroom::gateway
