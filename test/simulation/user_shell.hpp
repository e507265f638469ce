#pragma once
#include <map>
#include <utility>

#include "core/user.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/cluster_messages.hpp"
#include "test/simulation/messages.hpp"

namespace greenroom::simulation {

class session_shell;

/// Carries out what `core::user` decides (actors/user_actor.cpp).
class user_shell final : public actor {
 public:
  struct deps {
    core::user_id user;
    handle<node_shell> node;
  };
  user_shell(process& home, actor_no number, deps with) : actor(home, number), deps_(std::move(with)) {}
  [[nodiscard]] std::string name() const override { return "home of " + deps_.user.value; }

  void receive(core::register_session& what);
  void receive(core::user_news& news);
  void receive(damp_tick&);

  /// For the end, when nothing happens any more.
  [[nodiscard]] const core::user_id& user() const noexcept { return deps_.user; }
  [[nodiscard]] const core::user& machine() const noexcept { return machine_; }

 private:
  void down(const address& source) override;
  void carry_out(core::user_effects out);

  deps deps_;
  core::user machine_;
  std::map<core::session_no, handle<session_shell>> sessions_;
  std::map<actor_no, core::session_no> numbers_;
  std::uint64_t last_session_ = 0;
  bool damping_ = false;
};

}  // namespace greenroom::simulation
