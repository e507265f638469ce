#include "users/routes.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "actors/local.hpp"
#include "actors/secrets.hpp"
#include "core/names.hpp"
#include "net/http/session_cookie.hpp"
#include "protocol/users_api.hpp"

namespace greenroom::users {
namespace {

using core::ec;
using core::limit_class;
using net::http::exchange_ptr;
using namespace std::chrono_literals;
using deps_ptr = std::shared_ptr<const route_deps>;

constexpr auto ask_timeout = 5s;
constexpr auto hash_timeout = 15s;  // hashes may queue
constexpr std::size_t max_client_text = 160;

/// The origin of a session in lists: the address, and the program's own name.
std::string client_text(const exchange_ptr& ask) {
  auto out = ask->client_address();
  if (const auto agent = ask->header("User-Agent"); !agent.empty()) {
    out += ' ';
    for (const char c : agent.substr(0, max_client_text - std::min(out.size(), max_client_text)))
      if (c >= ' ' && c < 0x7f) out += c;
  }
  return out;
}

core::request_origin origin_of(const exchange_ptr& ask) { return {ask->client_address(), ask->request_id()}; }

actors::local_accounts_actor accounts_of(const deps_ptr& deps) {
  return caf::actor_cast<actors::local_accounts_actor>(deps->accounts);
}

/// Asks the accounts, and continues with the answer; errors become problems.
template <class Reply, class Request, class Then>
void ask_accounts(const deps_ptr& deps, const exchange_ptr& ask, std::chrono::milliseconds timeout, Request request,
                  Then then) {
  deps->asker.ask<Reply>(accounts_of(deps), timeout, std::move(request),
                         [ask, then](const core::result<Reply>& answer) {
                           if (!answer) return ask->problem(answer.why());
                           then(*answer);
                         });
}

/// The hash of the request's Bearer; 401 and nothing where there is none.
std::optional<core::token_hash> token_of(const exchange_ptr& ask) {
  if (const auto token = ask->bearer()) return actors::token_hash_of(*token);
  ask->problem({ask->header("Authorization").empty() ? ec::unauthorized : ec::invalid_token, {}, 0});
  return std::nullopt;
}

/// The result of `read` on the body; answers 4xx and returns nothing where it has none.
template <class Read>
auto body_of(const exchange_ptr& ask, Read read) -> std::optional<std::decay_t<decltype(*read(std::string_view{}))>> {
  if (!ask->has_json()) {
    ask->problem({ec::unsupported_media, {}, 0});
    return std::nullopt;
  }
  auto out = read(ask->body());
  if (out) return std::move(*out);
  ask->problem(out.why());
  return std::nullopt;
}

void register_user(const deps_ptr& deps, const exchange_ptr& ask) {
  auto request = body_of(ask, [&](auto body) { return protocol::read_register(body, deps->min_password_bytes); });
  if (!request) return;
  request->from = origin_of(ask);
  ask_accounts<core::user_registered>(
      deps, ask, hash_timeout, std::move(*request),
      [ask, with_hint = protocol::wants_hint(ask->body())](const core::user_registered& answer) {
        ask->json(201, protocol::to_json(answer, with_hint));
      });
}

// The token goes where no script reads it.
void give_cookie(const exchange_ptr& ask, const core::logged_in& answer, std::optional<std::chrono::seconds> life) {
  const bool https = ask->origin().proto == "https";
  ask->set("Set-Cookie", net::http::session_cookie(answer.token, https, life));
  ask->json(200, protocol::to_json(answer, net::http::csrf_word(answer.token)));
}

void log_in(const deps_ptr& deps, const exchange_ptr& ask) {
  auto request = body_of(ask, [&](auto body) { return protocol::read_login(body, client_text(ask)); });
  if (!request) return;
  const auto wish = protocol::read_token_wish(ask->body());
  if (!wish) return ask->problem(wish.why());
  // Another origin's page can't send this field: so it can't sign somebody in as somebody else.
  if (wish->in_cookie && ask->header(net::http::csrf_field).empty())
    return ask->problem(
        {ec::origin_refused, "A login with a cookie needs the field " + std::string(net::http::csrf_field) + '.', 0});
  request->from = origin_of(ask);
  std::optional<std::chrono::seconds> life;
  if (wish->remember) life = std::chrono::duration_cast<std::chrono::seconds>(deps->token_life);
  ask_accounts<core::logged_in>(deps, ask, hash_timeout, std::move(*request),
                                [ask, in_cookie = wish->in_cookie, life](const core::logged_in& answer) {
                                  if (in_cookie) return give_cookie(ask, answer, life);
                                  ask->json(200, protocol::to_json(answer));
                                });
}

// Its 401 is an answer rather than an error: programs ask this to know.
void verify(const deps_ptr& deps, const exchange_ptr& ask) {
  const auto refuse = [ask](std::string_view challenge) {
    ask->set("WWW-Authenticate", std::string(challenge));
    ask->json(401, protocol::token_refused());
  };
  const auto token = ask->bearer();
  if (!token && ask->header("Authorization").empty()) return refuse(R"(Bearer realm="greenroom")");
  constexpr std::string_view invalid = R"(Bearer realm="greenroom", error="invalid_token")";
  if (!token) return refuse(invalid);
  deps->asker.ask<core::token_checked>(accounts_of(deps), ask_timeout, core::check_token{actors::token_hash_of(*token)},
                                       [ask, refuse, invalid](const core::result<core::token_checked>& who) {
                                         if (who) return ask->json(200, protocol::to_json(*who));
                                         if (who.code() == ec::invalid_token) return refuse(invalid);
                                         ask->problem(who.why());
                                       });
}

void log_out(const deps_ptr& deps, const exchange_ptr& ask) {
  auto token = token_of(ask);
  if (!token) return;
  ask_accounts<core::session_ended>(deps, ask, ask_timeout, core::log_out{std::move(*token), origin_of(ask)},
                                    [ask](const core::session_ended&) { ask->json(200, protocol::logged_out()); });
}

void list_sessions(const deps_ptr& deps, const exchange_ptr& ask) {
  auto token = token_of(ask);
  if (!token) return;
  ask_accounts<core::session_list>(deps, ask, ask_timeout, core::list_sessions{std::move(*token)},
                                   [ask](const core::session_list& list) { ask->json(200, protocol::to_json(list)); });
}

void end_session(const deps_ptr& deps, const exchange_ptr& ask) {
  auto token = token_of(ask);
  if (!token) return;
  ask_accounts<core::session_ended>(
      deps, ask, ask_timeout, core::end_session{std::move(*token), {std::string(ask->param("id"))}, origin_of(ask)},
      [ask](const core::session_ended&) { ask->empty(204); });
}

void change_password(const deps_ptr& deps, const exchange_ptr& ask) {
  auto token = token_of(ask);
  if (!token) return;
  auto request =
      body_of(ask, [&](auto body) { return protocol::read_password_change(body, deps->min_password_bytes); });
  if (!request) return;
  request->token = std::move(*token);
  request->from = origin_of(ask);
  ask_accounts<core::password_changed>(
      deps, ask, hash_timeout, std::move(*request),
      [ask](const core::password_changed& answer) { ask->json(200, protocol::to_json(answer)); });
}

// ---- what admins do to others

/// Asks for an admin's act on the account of the person whom the path names; answers 401 or 422 without one.
template <class Then>
void act_on(const deps_ptr& deps, const exchange_ptr& ask, const core::result<core::administer>& what, Then then) {
  auto token = token_of(ask);
  if (!token) return;
  if (!what) return ask->problem(what.why());
  if (const auto good = core::check_user_name(what->user.value); !good) return ask->problem(good.why());
  ask_accounts<core::administered>(deps, ask, ask_timeout, core::admin_act{std::move(*token), *what, origin_of(ask)},
                                   std::move(then));
}

core::user_id person_of(const exchange_ptr& ask) { return {std::string(ask->param("user"))}; }

void suspend(const deps_ptr& deps, const exchange_ptr& ask) {
  if (!ask->body().empty() && !ask->has_json()) return ask->problem({ec::unsupported_media, {}, 0});
  const auto what = protocol::read_suspend(ask->body(), person_of(ask));
  act_on(deps, ask, what,
         [ask, what](const core::administered& done) { ask->json(200, protocol::suspended(*what, done)); });
}

void resume(const deps_ptr& deps, const exchange_ptr& ask) {
  act_on(deps, ask, core::administer{core::account_act::resume, person_of(ask)},
         [ask](const core::administered&) { ask->json(200, protocol::resumed()); });
}

void list_sessions_of(const deps_ptr& deps, const exchange_ptr& ask) {
  act_on(
      deps, ask, core::administer{core::account_act::sessions, person_of(ask)},
      [ask](const core::administered& done) { ask->json(200, protocol::to_json(core::session_list{done.sessions})); });
}

// The role is alive even without the database; then only the count is missing.
void status(const deps_ptr& deps, const exchange_ptr& ask) {
  deps->asker.ask<std::uint64_t>(accounts_of(deps), ask_timeout, actors::count_users{},
                                 [deps, ask](const core::result<std::uint64_t>& users) {
                                   if (!users) return ask->json(200, protocol::status_text(deps->head(), {}));
                                   const std::array counts{protocol::status_count{"users", *users}};
                                   ask->json(200, protocol::status_text(deps->head(), counts));
                                 });
}

}  // namespace

net::http::routes make_routes(route_deps given) {
  net::http::routes table{given.limits};
  net::http::add_probes(table, given.probes);
  const auto deps = std::make_shared<const route_deps>(std::move(given));
  const auto add = [&](std::string_view method, std::string_view pattern, limit_class limit, auto handle) {
    table.add(method, pattern, limit, [deps, handle](const exchange_ptr& ask) { handle(deps, ask); });
  };
  add("POST", "/register", limit_class::auth, register_user);
  add("POST", "/login", limit_class::auth, log_in);
  add("GET", "/verify", limit_class::api, verify);
  add("POST", "/logout", limit_class::api, log_out);
  add("GET", "/sessions", limit_class::api, list_sessions);
  add("DELETE", "/sessions/{id}", limit_class::api, end_session);
  add("POST", "/password", limit_class::api, change_password);
  add("POST", "/accounts/{user}/suspend", limit_class::api, suspend);
  add("POST", "/accounts/{user}/resume", limit_class::api, resume);
  add("GET", "/accounts/{user}/sessions", limit_class::api, list_sessions_of);
  add("GET", "/status", limit_class::status, status);
  return table;
}

}  // namespace greenroom::users
