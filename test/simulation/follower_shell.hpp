#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/follower.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/store.hpp"

namespace greenroom::simulation {

class node_shell;

/// Where rooms live by now, and who tells users.
struct follow_view {
  std::shared_ptr<const core::cluster_view> view;
  handle<node_shell> news;
};

/// Carries out what `core::follower` decides, on a thread of its own (actors/follower_actor.cpp).
class follower_shell final : public actor {
 public:
  struct deps {
    database* data = nullptr;
    simulation::store* store = nullptr;
  };
  follower_shell(process& home, actor_no number, deps with);
  [[nodiscard]] std::string name() const override { return "follower"; }

  void receive(core::log_grew& news);
  void receive(follow_view& now);
  void receive(flush_tick&);

 private:
  using logs = std::vector<core::followed_log>;

  void wake_later();
  void step();
  void read(const std::vector<core::follow_room>& batch);
  void keep(const std::vector<core::follow_room>& batch, const logs& found);
  void done(const core::result<std::vector<core::followed>>& outcome);

  deps deps_;
  core::follower machine_;
  handle<node_shell> news_;
  std::optional<core::mono_time> waking_;
};

}  // namespace greenroom::simulation
