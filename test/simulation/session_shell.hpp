#pragma once
#include <utility>
#include <vector>

#include "core/homing.hpp"
#include "core/session.hpp"
#include "test/simulation/connection_shell.hpp"
#include "test/simulation/door_shell.hpp"

namespace greenroom::simulation {

class user_shell;

struct attach_connection {
  core::token_hash token;
  handle<connection_shell> connection;
};

/// Carries out what `core::session` and `core::homing` decide (actors/session_actor.cpp).
class session_shell final : public actor {
 public:
  struct deps {
    core::user_id user;
    handle<door_shell> door;
    handle<node_shell> node;
  };
  session_shell(process& home, actor_no number, deps with)
      : actor(home, number), deps_(std::move(with)), homing_(deps_.user) {}
  [[nodiscard]] std::string name() const override { return "session of " + deps_.user.value; }

  void receive(attach_connection& what);
  void receive(core::session_ended& what);
  void receive(core::session_registered& answer);
  void receive(core::user_news& news);
  void receive(look_again& told);
  void receive(sweep_tick&);

  /// For the end, when nothing happens any more.
  [[nodiscard]] const core::user_id& user() const noexcept { return deps_.user; }
  [[nodiscard]] std::size_t connections() const noexcept { return machine_.size(); }
  [[nodiscard]] const handle<user_shell>& at() const noexcept { return at_; }

 private:
  [[nodiscard]] static core::connection_id name_of(const address& who) { return {who.actor.value}; }

  void down(const address& source) override;
  void carry_out(core::session_effects out);
  void carry_out(const core::homing_effects& out);
  void count() { carry_out(homing_.count(machine_.size())); }

  deps deps_;
  core::session machine_;
  core::homing homing_;
  std::vector<handle<connection_shell>> connections_;
  handle<user_shell> at_;  ///< the user's home
};

}  // namespace greenroom::simulation
