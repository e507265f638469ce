#pragma once
#include <set>

#include "core/accounts.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/asker_table.hpp"
#include "test/simulation/cluster_messages.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/store.hpp"
#include "test/simulation/users_database.hpp"

namespace greenroom::simulation {

/// A hash is made, or was compared.
struct password_hashed {
  core::work_id work;
  std::string hash;
};
struct password_verified {
  core::work_id work;
  bool match = false;
};

/// Carries out what `core::accounts` decides, on a thread of its own (actors/accounts_actor.cpp and what is beside it).
class accounts_shell final : public actor {
 public:
  struct deps {
    users_database* data = nullptr;
    simulation::store* store = nullptr;
    handle<node_shell> node;  ///< tells all nodes which tokens ended
  };
  accounts_shell(process& home, actor_no number, deps with);
  [[nodiscard]] std::string name() const override { return "accounts"; }

  void receive(core::log_in& what, promise<core::logged_in> owed);
  void receive(core::log_out& what, promise<core::session_ended> owed);
  void receive(core::change_password& what, promise<core::password_changed> owed);
  void receive(core::check_token& what, promise<core::token_checked> owed);
  void receive(core::pull_ended& what, promise<core::session_ended> owed);
  void receive(core::find_users& what, promise<core::users_found> owed);
  void receive(password_hashed& made);
  void receive(password_verified& compared);
  void receive(flush_tick&);

 private:
  void carry_out(core::accounts_effects out);
  void look(const core::credentials_look& what);
  void start(const core::session_start& what);
  void replace(const core::password_replacement& what);
  void tell_ended(const core::session_ended& what);
  template <class Message>
  void hash_for(Message what);
  /// Asks the database; an answer that is an error there is an error here.
  template <class Answer>
  void ask(std::function<core::result<Answer>()> what, std::function<void(core::result<Answer>)> then);

  deps deps_;
  core::accounts machine_;
  asker_table<core::logged_in, core::password_changed> askers_;
  bool ticking_ = false;
};

}  // namespace greenroom::simulation
