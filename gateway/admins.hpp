#pragma once
#include <caf/actor_addr.hpp>

#include <functional>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "core/result.hpp"
#include "net/http/exchange.hpp"

namespace greenroom::gateway {

/// Knows admins by their Bearer. Thread safe.
class admins {
 public:
  /// Asks through `node`.
  admins(actors::asker asker, const actors::local_node_actor& node);

  /// Calls `then` once, on any thread: done where the request's Bearer is an admin's; `unauthorized` without one,
  /// `invalid_token` with a wrong one, `forbidden` for another user's; `unavailable` and the like where it is unknown.
  void check(const net::http::exchange_ptr& ask, std::function<void(core::status)> then) const;

 private:
  actors::asker asker_;
  caf::actor_addr node_;  // weak: an object that outlives the actor system must not hold an actor
};

}  // namespace greenroom::gateway
