#include "gateway/headers.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "protocol/list_field.hpp"

namespace greenroom::gateway {
namespace {

using core::equal_folded;

bool is_any_of(std::string_view name, const auto& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return equal_folded(one, name); });
}

// RFC 9110 section 7.6.1, and what older clients send. Host, length and expectation are settled anew for each hop.
constexpr std::array<std::string_view, 13> hop_by_hop{"Connection",
                                                      "Keep-Alive",
                                                      "Proxy-Connection",
                                                      "TE",
                                                      "Trailer",
                                                      "Transfer-Encoding",
                                                      "Upgrade",
                                                      "HTTP2-Settings",
                                                      "Proxy-Authenticate",
                                                      "Proxy-Authorization",
                                                      "Host",
                                                      "Content-Length",
                                                      "Expect"};

// Other fields about where a request came in, which can't be believed here. X-Request-Id is set anew.
constexpr std::array<std::string_view, 3> gateways_own{"Forwarded", "X-Real-IP", "X-Request-Id"};

constexpr std::size_t head_size = 512;  // of most; a longer one is moved once

void add_tokens(std::vector<std::string_view>& to, std::string_view list) {
  for (const std::string_view one : protocol::list_members(list)) to.push_back(one);
}

bool goes_on(std::string_view name, const std::vector<std::string_view>& named) {
  return !is_any_of(name, hop_by_hop) && !is_any_of(name, gateways_own) && !is_any_of(name, named) &&
         !net::http::is_forwarded_field(name);
}

template <class Then>
void for_each_end_to_end(const net::http::field_list& from, Then then) {
  std::vector<std::string_view> named;
  for (const auto& [name, value] : from)
    if (equal_folded(name, "Connection")) add_tokens(named, value);
  for (const auto& [name, value] : from)
    if (goes_on(name, named)) then(name, value);
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

net::http::field_list end_to_end(const boost::beast::http::fields& from) {
  std::vector<std::string_view> named;
  for (const auto& field : from)
    if (field.name() == boost::beast::http::field::connection) add_tokens(named, view(field.value()));
  net::http::field_list out;
  out.reserve(head_size);
  for (const auto& field : from)
    if (goes_on(view(field.name_string()), named)) out.add(view(field.name_string()), view(field.value()));
  return out;
}

net::http::field_list end_to_end(const net::http::field_list& from) {
  net::http::field_list out;
  out.reserve(head_size);
  for_each_end_to_end(from, [&](std::string_view name, std::string_view value) { out.add(name, value); });
  return out;
}

net::http::field_list request_fields(const net::http::exchange& ask, std::string_view prefix, std::string_view secret,
                                     std::string_view method, std::string_view target) {
  auto out = end_to_end(ask.raw());
  net::http::forwarded seen = ask.origin();
  seen.prefix = prefix;
  net::http::sign_forwarded(out, secret, seen, {method, target});
  out.add("X-Request-Id", ask.request_id());
  out.add("Via", "1.1 greenroom");
  return out;
}

std::string stripped_target(std::string_view target, std::string_view prefix) {
  target.remove_prefix(std::min(prefix.size(), target.size()));
  return target.starts_with('/') ? std::string(target) : '/' + std::string(target);
}

net::http::answer passed_on(unsigned status, const net::http::field_list& fields, std::string body) {
  net::http::answer out{status, {}, {}, std::move(body), nullptr};
  out.fields.reserve(head_size);
  bool typed = false;
  for_each_end_to_end(fields, [&](std::string_view name, std::string_view value) {
    if (typed || !equal_folded(name, "Content-Type")) return void(out.fields.add(name, value));
    out.content_type = value;
    typed = true;
  });
  return out;
}

}  // namespace greenroom::gateway
