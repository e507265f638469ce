#include "net/http/exchange.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "core/text.hpp"
#include "protocol/list_field.hpp"
#include "protocol/problem.hpp"

namespace greenroom::net::http {
namespace {

constexpr std::size_t max_request_id = 64;
// A shorter answer costs about as much as a connection anyway.
constexpr std::size_t counted_body = 16 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

constexpr bool is_token68(char c) {
  return core::is_digit(c) || core::is_letter(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' ||
         c == '/' || c == '=';
}

// `"CLASS";A=NUMBER;B=NUMBER`
std::string limit_text(core::limit_class which, std::string_view a, std::uint32_t first, std::string_view b,
                       std::uint32_t second) {
  std::string out;
  out.reserve(64);
  out.append("\"").append(core::to_string(which)).append("\"");
  out.append(a).append(std::to_string(first)).append(b).append(std::to_string(second));
  return out;
}

}  // namespace

// Must be new, but may be guessable.
std::string new_request_id() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  std::string id;
  core::append_hex(id, random());
  return id;
}

exchange::exchange(request what, place where, std::shared_ptr<answerer> to)
    : request_(std::move(what)), place_(std::move(where)), to_(std::move(to)), line_(to_), client_(place_.peer) {
  const std::string_view wanted = header("X-Request-Id");
  request_id_ = core::is_plain_name(wanted, max_request_id) ? std::string(wanted) : new_request_id();
  if (auto seen = believe_forwarded(place_.forwarded_secret, request_, {method(), target()})) {
    origin_ = *std::move(seen);
    was_forwarded_ = true;
  } else {
    origin_ = {{}, std::string(header("Host")), place_.secure ? "https" : "http", {}};
    if (place_.proxies != nullptr && place_.proxies->from.contains(place_.peer)) {
      const auto outer = read_outer(*place_.proxies, request_);
      if (outer.client) client_ = *outer.client;
      if (!outer.proto.empty()) origin_.proto = outer.proto;
      if (!outer.host.empty()) origin_.host = outer.host;
    }
    origin_.client = address_text(client_);
  }
}

exchange::~exchange() {
  if (!answered()) problem({core::ec::internal, {}, 0});
}

std::string_view exchange::method() const noexcept { return view(request_.method_string()); }

std::string_view exchange::target() const noexcept { return view(request_.target()); }

std::string_view exchange::path() const noexcept { return target().substr(0, target().find('?')); }

std::string_view exchange::query() const noexcept {
  auto rest = target();
  core::take_until(rest, '?');
  return rest;
}

std::optional<std::string> exchange::query(std::string_view name) const {
  for (auto& [known, value] : core::query_fields(query()))
    if (known == name) return std::move(value);
  return std::nullopt;
}

std::string_view exchange::header(std::string_view name) const {
  const auto found = request_.find(boost::beast::string_view{name.data(), name.size()});
  return found == request_.end() ? std::string_view{} : view(found->value());
}

std::string_view exchange::body() const noexcept { return request_.body(); }

bool exchange::lists(std::string_view name, std::string_view token) const {
  const auto [first, last] = request_.equal_range(boost::beast::string_view{name.data(), name.size()});
  return std::any_of(first, last,
                     [token](const auto& line) { return protocol::has_member(view(line.value()), token); });
}

bool exchange::has_json() const {
  return core::equal_folded(protocol::media_type(header("Content-Type")), "application/json");
}

bool exchange::has_coded_body() const {
  if (body().empty()) return false;
  const auto [first, last] = request_.equal_range("Content-Encoding");
  return std::any_of(first, last, [](const auto& line) {
    const protocol::list_members codings{view(line.value())};
    return std::any_of(codings.begin(), codings.end(),
                       [](std::string_view one) { return !core::equal_folded(one, "identity"); });
  });
}

bool exchange::wants_websocket() const {
  return method() == "GET" && request_.version() >= 11 && lists("Connection", "upgrade") &&
         lists("Upgrade", "websocket");
}

void exchange::allow(std::chrono::milliseconds time) {
  if (const auto line = line_.lock()) line->allow(time);
}

bool exchange::is_abandoned() const {
  const auto line = line_.lock();
  return !line || line->is_abandoned();
}

std::optional<std::string_view> exchange::bearer() const {
  constexpr std::string_view scheme = "Bearer ";
  std::string_view value = header("Authorization");
  if (value.size() <= scheme.size() || !core::equal_folded(value.substr(0, scheme.size()), scheme)) return std::nullopt;
  value.remove_prefix(scheme.size());
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (value.empty() || !std::all_of(value.begin(), value.end(), is_token68)) return std::nullopt;
  return value;
}

void exchange::use_bearer(std::string_view token) {
  request_.erase(boost::beast::http::field::cookie);
  request_.set(boost::beast::http::field::authorization, "Bearer " + std::string(token));
}

std::string_view exchange::param(std::string_view name) const {
  const auto found = std::find_if(params_.begin(), params_.end(), [&](const auto& p) { return p.first == name; });
  return found == params_.end() ? std::string_view{} : std::string_view{found->second};
}

std::string exchange::limit_key() const {
  if (!was_forwarded_) return address_key(client_);
  boost::system::error_code not_address;
  const auto address = boost::asio::ip::make_address(origin_.client, not_address);
  return not_address ? origin_.client : address_key(address);
}

void exchange::json(unsigned status, std::string body) {
  send({status, "application/json", {}, std::move(body), nullptr});
}

void exchange::text(unsigned status, std::string body, std::string content_type) {
  send({status, std::move(content_type), {}, std::move(body), nullptr});
}

void exchange::empty(unsigned status) { send({status, {}, {}, {}, nullptr}); }

answer exchange::problem_answer(const core::error& why) const {
  const auto& row = core::describe(why.code);
  answer what{row.http_status, std::string(protocol::problem_media_type), {}, protocol::problem(why, request_id_), {}};
  // RFC 6750 section 3.1: no error code where the request had no credentials at all.
  if (row.http_status == 401)
    what.fields.add("WWW-Authenticate", header("Authorization").empty()
                                            ? R"(Bearer realm="greenroom")"
                                            : R"(Bearer realm="greenroom", error="invalid_token")");
  if (row.http_status == 429 || row.http_status == 503)
    what.fields.add("Retry-After", std::to_string(std::max(1u, why.retry_after)));
  if (row.http_status == 426) what.fields.add("Upgrade", "websocket");
  return what;
}

void exchange::problem(const core::error& why) { send(problem_answer(why)); }

void exchange::refuse(core::limit_class which, const core::limit_verdict& verdict) {
  const core::error why{core::ec::rate_limited, {}, std::max(1u, verdict.retry_after_s)};
  answer what{429,
              std::string(protocol::problem_media_type),
              {{"Retry-After", std::to_string(why.retry_after)}},
              protocol::problem(why, request_id_, core::to_string(which)),
              nullptr};
  set_limit_fields(which, verdict);
  send(std::move(what));
}

void exchange::set_limit_fields(core::limit_class which, const core::limit_verdict& verdict) {
  if (verdict.quota == 0) return;
  set("RateLimit-Policy", limit_text(which, ";q=", verdict.quota, ";w=", verdict.window_s));
  set("RateLimit",
      limit_text(which, ";r=", verdict.remaining, ";t=", verdict.allowed ? verdict.window_s : verdict.retry_after_s));
}

void exchange::send(answer what) {
  if (!claim()) return;
  what.fields.add("X-Request-Id", request_id_);
  what.fields.add(extra_);
  hand_over(std::move(what));
}

void exchange::hand_over(answer what) {
  if (what.body.size() >= counted_body) what.client = limit_key();
  answerer& to = *to_;
  to.send(std::move(to_), std::move(what));
}

void exchange::expire() {
  // Not by `send`: the handler may be adding fields right now.
  if (!claim()) return;
  answer what = problem_answer({core::ec::unavailable, "The request took too long here.", 1});
  what.fields.add("X-Request-Id", request_id_);
  hand_over(std::move(what));
}

std::optional<upgraded> exchange::take_socket() {
  if (!claim()) return std::nullopt;
  return std::exchange(to_, nullptr)->give_away(std::move(request_));
}

}  // namespace greenroom::net::http
