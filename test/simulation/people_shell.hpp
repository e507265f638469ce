#pragma once
#include "core/known_users.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/cluster_messages.hpp"

namespace greenroom::simulation {

/// Looks people up in the users role, as `core::known_users` remembers them (actors/people_actor.cpp).
class people_shell final : public actor {
 public:
  struct deps {
    handle<node_shell> node;  ///< knows the accounts
  };
  people_shell(process& home, actor_no number, deps with) : actor(home, number), deps_(with) {}
  [[nodiscard]] std::string name() const override { return "people"; }

  void receive(core::find_users& asked, promise<core::users_found> owed);

 private:
  void ask_accounts(core::find_users asked, unsigned tries, promise<core::users_found> owed);

  deps deps_;
  core::known_users known_;
};

}  // namespace greenroom::simulation
