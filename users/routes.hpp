#pragma once
#include <caf/actor_addr.hpp>

#include <chrono>
#include <cstddef>
#include <functional>

#include "actors/asker.hpp"
#include "core/ports.hpp"
#include "net/http/probes.hpp"
#include "net/http/routes.hpp"
#include "protocol/status.hpp"

namespace greenroom::users {

/// The dependencies of the table. All of them outlive it.
struct route_deps {
  actors::asker asker;
  /// Not a handle: a request that is never answered would keep the actor, whose thread the actor system waits for.
  caf::actor_addr accounts;
  core::limits* limits = nullptr;
  std::function<protocol::status_head()> head;
  net::http::probe_sources probes;
  std::size_t min_password_bytes = 4;
  std::chrono::milliseconds token_life{0};  ///< of a login: its cookie lives as long
};

/// The users role's HTTP table:
///
///   POST   /register        auth     201, 409, 422
///   POST   /login           auth     200, 401
///   GET    /verify          api      200 {valid:true,…}, 401 {valid:false}
///   POST   /logout          api      200, 401
///   GET    /sessions        api      200, 401
///   DELETE /sessions/{id}   api      204, 401, 404
///   POST   /password        api      200, 401, 422
///   POST   /accounts/{user}/suspend   api   200, 401, 403, 404, 409
///   POST   /accounts/{user}/resume    api   200, 401, 403, 404
///   GET    /accounts/{user}/sessions  api   200, 401, 403, 404
///   GET    /status          status   200
///
/// and the probes. 503 with `Retry-After` while the database is away or the hashing pool is full.
[[nodiscard]] net::http::routes make_routes(route_deps deps);

}  // namespace greenroom::users
