#pragma once
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/asker.hpp"
#include "actors/delete_user_actor.hpp"
#include "actors/local.hpp"
#include "net/http/exchange.hpp"
#include "net/io_pool.hpp"

namespace greenroom::gateway {

/// The dependencies of operations. System and pool outlive them.
struct operations_deps {
  caf::actor_system* system = nullptr;
  actors::asker asker;
  net::io_pool* pool = nullptr;
  std::shared_ptr<const core::clock> clock;
  telemetry::metrics metrics;
  core::node_name node;                   ///< the holder of their leases
  core::milliseconds patience{5'000};     ///< of a DELETE: then its answer is 202
  core::milliseconds claim_every{2'000};  ///< looks for deletions without a live coordinator
  core::delete_user_limits limits{};
};

/// Deletions of users: begins them, continues those that another gateway left behind, and reports their progress. One
/// `delete_user_actor` each. Thread safe.
class operations : public std::enable_shared_from_this<operations> {
 public:
  explicit operations(operations_deps deps);

  /// From now on accounts and catalogs are asked through this node.
  void start(const actors::local_node_actor& node);

  /// `DELETE /users/{user}`: 200 with the receipt where it ends in time, else 202 and where to look; 503 where it was
  /// undone. With the user's Bearer and `{"password"}`, or an admin's Bearer; and with choices, if the body has any.
  void erase(const net::http::exchange_ptr& ask);
  /// `GET /operations/{id}`: its state and, at the end, its receipt; 404.
  void show(const net::http::exchange_ptr& ask);

  /// Takes over no more deletions from others: the first step of a drain.
  void leave() noexcept { leaving_ = true; }
  /// Releases the deletions under way, for another gateway to claim.
  void stop();

 private:
  using what = std::variant<core::begin_deletion, core::deletion>;

  [[nodiscard]] actors::local_node_actor node() const;
  [[nodiscard]] actors::delete_user_actor spawn(what begun);
  void claim();
  void wait_for_claim();

  operations_deps deps_;
  boost::asio::steady_timer timer_;  // on the pool's first context, as is all code that sets it
  std::atomic<bool> leaving_{false};
  mutable std::mutex lock_;  // guards the members below
  // Weak: an object that outlives the actor system must not hold an actor.
  caf::actor_addr node_;
  std::vector<caf::actor_addr> sagas_;
};

}  // namespace greenroom::gateway
