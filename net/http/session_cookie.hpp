#pragma once

#include <boost/beast/http/fields.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// A session's token in a browser: in a cookie that no script can read, and beside it a word that the page says with
/// its requests, so that no other page can make them (docs/adr/0023).
namespace greenroom::net::http {

/// The field in which a page says its session's word.
inline constexpr std::string_view csrf_field = "Greenroom-CSRF";

/// The name of the cookie. Over https it begins with `__Host-`: a browser takes such a cookie from this very host
/// alone, over https alone, for every path (RFC 6265bis section 4.1.3). Over http there can be none of these, so it is
/// another.
[[nodiscard]] std::string_view session_cookie_name(bool https) noexcept;

/// The token in the request's session cookie: nothing where there is none, none that can be a token, or where there are
/// two, of which nobody knows which is the right one. The other cookie's name, http's over https, counts for nothing.
[[nodiscard]] std::optional<std::string> token_in_cookie(const boost::beast::http::fields& request, bool https);

/// The word of a token's session: who knows the word doesn't know the token.
[[nodiscard]] std::string csrf_word(std::string_view token);

/// Whether `said` is the word of that token; in a time that tells nothing of where they differ.
[[nodiscard]] bool is_csrf_word(std::string_view said, std::string_view token);

/// A `Set-Cookie` that brings the token. Without a life the cookie ends with the browser. `SameSite=Strict`: the page's
/// own requests have it, however the page was come to; nobody else's do.
[[nodiscard]] std::string session_cookie(std::string_view token, bool https, std::optional<std::chrono::seconds> life);

/// A `Set-Cookie` that takes it away.
[[nodiscard]] std::string no_session_cookie(bool https);

}  // namespace greenroom::net::http
