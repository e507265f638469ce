#pragma once
#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <functional>
#include <memory>

#include "actors/interfaces.hpp"
#include "core/result.hpp"
#include "net/link_channel.hpp"

/// All of CAF's io. CAF never listens and never dials: it is given the channel of each link that is up, and speaks BASP
/// over it. One malformed packet would end the process: a channel reads only frames that were checked.
namespace greenroom::discovery {

/// Loads CAF's io into `config`, before there is a system of it: beats of 500 ms between linked nodes, the link is cut
/// after 3 s without one, and a node id that is random in each life of a process. CAF would take it from the machine's
/// addresses and the process id, which are the same again after a restart in a container, and handles of the dead
/// process would reach other actors in the new one.
void load_scribe(caf::actor_system_config& config);

/// Hands links to CAF. Thread safe. The system's config was given to `load_scribe`.
class scribe {
 public:
  /// `system` outlives this. `broken` is called on a thread of CAF if its io ended by itself: no message can reach
  /// other nodes any more, though all looks well.
  scribe(caf::actor_system& system, std::function<void()> broken);
  /// Does not stop CAF's io, but `broken` isn't called any more.
  ~scribe();
  /// The process stops: `broken` isn't called any more, though CAF's io ends.
  void leave() noexcept { *over_ = true; }
  scribe(const scribe&) = delete;
  scribe& operator=(const scribe&) = delete;

  /// The end that was dialled: the other end gets `published`.
  void publish(net::link_channel_ptr channel, const actors::node_actor& published);
  /// The end that dialled: `then` is called once, on a thread of the scheduler, with what the other end published, or
  /// `unavailable` after 5 s at most.
  void connect(net::link_channel_ptr channel, std::function<void(core::result<actors::node_actor>)> then);

 private:
  caf::actor_system& system_;
  caf::actor broker_;
  std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace greenroom::discovery
