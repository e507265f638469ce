#pragma once
#include <caf/actor_addr.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/asker.hpp"
#include "actors/local.hpp"
#include "core/known_users.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"

namespace greenroom::chat {

/// Looks names up in the users role before they are used in a room: a name without a user must not
/// become a member, or a user who registers it later would read the room. Thread safe.
class people : public std::enable_shared_from_this<people> {
 public:
  using then_function = std::function<void(core::result<std::vector<core::user_id>>)>;

  people(actors::asker asker, const actors::local_node_actor& node, std::shared_ptr<const core::clock> clock);

  /// Calls `then` once, on this thread or one of the scheduler's, with the names as first written, in their order.
  /// `no_user` names the first without a user; `unavailable` where no users node answers within a few seconds. At most
  /// `core::max_found_users` names.
  void find(std::vector<core::user_id> names, then_function then);

 private:
  void ask(std::vector<core::user_id> names, std::vector<core::user_id> unknown, unsigned tries, then_function then);

  actors::asker asker_;
  caf::actor_addr node_;  // not a handle: a look-up under way must not keep the node
  std::shared_ptr<const core::clock> clock_;
  std::mutex lock_;
  core::known_users known_;
};

}  // namespace greenroom::chat
