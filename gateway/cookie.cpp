#include "gateway/cookie.hpp"

#include <string_view>

#include "edge/origin.hpp"
#include "net/http/session_cookie.hpp"

namespace greenroom::gateway {
namespace {

using net::http::exchange_ptr;

bool changes_nothing(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

bool begins_a_session(std::string_view path) { return path == "/users/login" || path == "/users/register"; }

bool is_the_pages_own(const exchange_ptr& ask, std::string_view token, const std::vector<std::string>& allowed) {
  const auto& here = ask->origin();
  if (!edge::origin_allowed(ask->header("Origin"), here.proto, here.host, allowed)) return false;
  const std::string_view said = ask->header(net::http::csrf_field);
  return said.empty() ? changes_nothing(ask->method()) : net::http::is_csrf_word(said, token);
}

}  // namespace

bool take_cookie(const exchange_ptr& ask, const std::vector<std::string>& allowed_origins) {
  const auto& head = ask->raw();
  if (head.find(boost::beast::http::field::authorization) != head.end()) return true;
  if (head.find(boost::beast::http::field::cookie) == head.end()) return true;
  if (ask->wants_websocket() || begins_a_session(ask->path())) return true;
  const bool https = ask->origin().proto == "https";
  const auto token = net::http::token_in_cookie(head, https);
  if (!token) return true;
  if (!is_the_pages_own(ask, *token, allowed_origins)) {
    ask->problem({core::ec::origin_refused,
                  "A request with a session's cookie must come from the page itself, and say its word in " +
                      std::string(net::http::csrf_field) + '.',
                  0});
    return false;
  }
  ask->use_bearer(*token);
  if (ask->method() == "POST" && ask->path() == "/users/logout")
    ask->set("Set-Cookie", net::http::no_session_cookie(https));
  return true;
}

}  // namespace greenroom::gateway
