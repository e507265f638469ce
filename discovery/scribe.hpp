#pragma once
#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <functional>
#include <memory>

#include "actors/interfaces.hpp"
#include "core/result.hpp"

/// All of CAF's io. CAF never listens and never dials: it is given one end of a socketpair for each link (net/link has
/// the other), and speaks BASP over it. One malformed packet would end the process: only checked frames come this way.
namespace greenroom::discovery {

/// Loads CAF's io into `config`, before there is a system of it: beats of 500 ms between linked nodes, the link is cut
/// after 3 s without one, and a node id that is random in each life of a process. CAF would make it of the machine's
/// addresses and the process id, which are the same again after a restart in a container, and handles of the dead
/// process would reach other actors in the new one.
void load_scribe(caf::actor_system_config& config);

/// Hands sockets to CAF. Thread safe. The system's config was given to `load_scribe`.
class scribe {
 public:
  /// `system` outlives this. `broken` is called on a thread of CAF if its io ended by itself: nothing can be sent to
  /// other nodes any more, though all looks well.
  scribe(caf::actor_system& system, std::function<void()> broken);
  /// Does not stop CAF's io, but `broken` isn't called any more.
  ~scribe();
  /// The process stops: `broken` isn't called any more, though CAF's io ends.
  void leave() noexcept { *over_ = true; }
  scribe(const scribe&) = delete;
  scribe& operator=(const scribe&) = delete;

  /// The end that was dialled: `published` is what the other end gets. Takes the socket.
  void publish(int socket, const actors::node_actor& published);
  /// The end that dialled: `then` is called once, on a thread of the scheduler, with what the other end published, or
  /// `unavailable` after 5 s at most. Takes the socket.
  void connect(int socket, std::function<void(core::result<actors::node_actor>)> then);

 private:
  caf::actor_system& system_;
  caf::actor broker_;
  std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace greenroom::discovery
