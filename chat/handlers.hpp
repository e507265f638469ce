#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "chat/routes.hpp"
#include "core/direct.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

/// The steps that handlers of the chat role's HTTP table have in common.
namespace greenroom::chat {

inline constexpr auto handler_timeout = std::chrono::seconds(5);  ///< for an actor's answer
using deps_ptr = std::shared_ptr<const route_deps>;

/// An audit line of a user's act in a room, or of its refusal.
void note(const net::http::exchange_ptr& ask, std::string_view act, core::ec outcome, const core::user_id& by,
          const core::room_id& room, const core::user_id& user = {});

/// The room that the path names, which may be a direct room by what its person calls it; `bad_name`.
[[nodiscard]] core::result<core::room_id> room_of(const net::http::exchange_ptr& ask);
/// The person whom the path names; `bad_name`.
[[nodiscard]] core::result<core::user_id> person_of(const net::http::exchange_ptr& ask);

/// 200 with this JSON text and a strong entity tag of it; 304 where the client has it (RFC 9110
/// sections 8.8.3, 13.1.2).
void json_with_tag(const net::http::exchange_ptr& ask, std::string body);

/// Continues with what is known of the Bearer, or answers 401.
void with_token(const deps_ptr& deps, const net::http::exchange_ptr& ask,
                std::function<void(const core::token_checked&)> then);

/// Continues with the Bearer's user, or answers 401.
template <class Then>
void with_user(const deps_ptr& deps, const net::http::exchange_ptr& ask, Then then) {
  with_token(deps, ask, [then](const core::token_checked& who) { then(who.user); });
}

/// Continues with the room that the path names, by its one name, and what is known of the Bearer; or answers 401 or
/// 422.
template <class Then>
void in_room_with_token(const deps_ptr& deps, const net::http::exchange_ptr& ask, Then then) {
  auto room = room_of(ask);
  if (!room) return ask->problem(room.why());
  with_token(deps, ask, [room = std::move(*room), then](const core::token_checked& by) {
    then(core::room_meant(room, by.user), by);
  });
}

/// The same with the Bearer's user only.
template <class Then>
void in_room(const deps_ptr& deps, const net::http::exchange_ptr& ask, Then then) {
  in_room_with_token(deps, ask,
                     [then](const core::room_id& room, const core::token_checked& by) { then(room, by.user); });
}

/// As `in_room_with_token`, for a request with a body; or answers 415, too.
template <class Then>
void with_body(const deps_ptr& deps, const net::http::exchange_ptr& ask, Then then) {
  if (!ask->body().empty() && !ask->has_json()) return ask->problem({core::ec::unsupported_media, {}, 0});
  in_room_with_token(deps, ask, std::move(then));
}

/// Asks the catalog, and continues with its reply; or answers with the problem.
template <class Reply, class Request, class Then>
void ask_catalog(const deps_ptr& deps, const net::http::exchange_ptr& ask, core::result<Request> request, Then then) {
  if (!request) return ask->problem(request.why());
  deps->asker.ask<Reply>(deps->catalog, handler_timeout, std::move(*request),
                         [ask, then](const core::result<Reply>& answer) {
                           if (!answer) return ask->problem(answer.why());
                           then(*answer);
                         });
}

/// Adds a row whose handler gets the dependencies.
template <class Handle>
void add_row(net::http::routes& table, const deps_ptr& deps, std::string_view method, std::string_view pattern,
             core::limit_class limit, Handle handle) {
  table.add(method, pattern, limit, [deps, handle](const net::http::exchange_ptr& ask) { handle(deps, ask); });
}

}  // namespace greenroom::chat
