#pragma once
#include <utility>
#include <vector>

#include "core/session.hpp"
#include "test/simulation/connection_shell.hpp"
#include "test/simulation/door_shell.hpp"

namespace greenroom::simulation {

struct attach_connection {
  core::token_hash token;
  handle<connection_shell> connection;
};

/// Carries out what `core::session` decides (actors/session_actor.cpp).
class session_shell final : public actor {
 public:
  struct deps {
    core::user_id user;
    handle<door_shell> door;
  };
  session_shell(process& home, actor_no number, deps with) : actor(home, number), deps_(std::move(with)) {}
  [[nodiscard]] std::string name() const override { return "session of " + deps_.user.value; }

  void receive(attach_connection& what) {
    monitor(what.connection);
    connections_.push_back(what.connection);
    carry_out(machine_.attach(name_of(what.connection), what.token, home().now().mono));
  }
  void receive(core::session_ended& what) { carry_out(machine_.ended(what.tokens, home().now().mono)); }
  void receive(sweep_tick&) { carry_out(machine_.sweep(home().now().mono)); }

 private:
  [[nodiscard]] static core::connection_id name_of(const address& who) { return {who.actor.value}; }

  void down(const address& source) override {
    std::erase_if(connections_, [&](const auto& one) { return one == source; });
    machine_.detach(name_of(source));
  }
  void carry_out(core::session_effects out) {
    for (const auto& [connection, why] : out.close)
      for (const auto& one : connections_)
        if (name_of(one) == connection) send(one, end_connection{why});
    std::erase_if(connections_, [&](const auto& one) {
      return std::any_of(out.close.begin(), out.close.end(),
                         [&](const auto& closed) { return closed.first == name_of(one); });
    });
    if (!out.in_use.empty()) send(deps_.door, recheck_tokens{deps_.user, std::move(out.in_use)});
    if (out.idle) send(deps_.door, session_idle{deps_.user});
  }

  deps deps_;
  core::session machine_;
  std::vector<handle<connection_shell>> connections_;
};

}  // namespace greenroom::simulation
