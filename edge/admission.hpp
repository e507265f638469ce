#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "edge/connections.hpp"
#include "edge/irc_door.hpp"
#include "net/http/exchange.hpp"

namespace greenroom::edge {

/// The dependencies of an admission. Everything outlives it.
struct admission_deps {
  actors::asker asker;
  actors::door_actor door;
  actors::entrance_actor catalog;
  connections* let_in = nullptr;
  irc_door* irc = nullptr;                   ///< null: IRC isn't spoken here
  std::vector<std::string> allowed_origins;  ///< `scheme://host[:port]`, besides the request's own
};

/// Judges upgrades: Origin, ticket or bearer, dialect, room. Those of IRC need no ticket: their door lets them in.
class admission {
 public:
  explicit admission(admission_deps deps) : deps_(std::move(deps)) {}

  /// Answers an upgrade request to `/ws` (`room` is empty) or `/room/{room}`: 101, or 426, 400 (dialect), 401, 403
  /// (origin, or banned from the room), 404 (private room), 429, 503 as a problem. On the request's io thread.
  void admit(const net::http::exchange_ptr& ask, const core::room_id& room);

 private:
  struct arrival;
  using arrival_ptr = std::shared_ptr<arrival>;
  void redeem(const arrival_ptr& who, const std::string& ticket);
  [[nodiscard]] bool admit_irc(const net::http::exchange_ptr& ask, std::string_view offered);
  void enter(const arrival_ptr& who);
  void let_in(const arrival_ptr& who);

  admission_deps deps_;
};

}  // namespace greenroom::edge
