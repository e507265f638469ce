#pragma once
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "core/door.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/asker_table.hpp"
#include "test/simulation/cluster_messages.hpp"
#include "test/simulation/messages.hpp"

namespace greenroom::simulation {

class session_shell;

struct admit_token {
  core::token_hash token;
};
struct mint_ticket {
  core::token_hash token;
};
struct ticket_minted {
  std::string ticket;
};
struct redeem_ticket {
  std::string ticket;
};
struct admitted {
  core::user_id user;
  core::token_hash token;
  handle<session_shell> session;
};
/// From a session: its connections use these tokens, or it has none.
struct recheck_tokens {
  core::user_id user;
  std::vector<core::token_hash> tokens;
};
struct session_idle {
  core::user_id user;
};

/// Carries out what `core::door` decides (actors/door_actor.cpp).
class door_shell final : public actor {
 public:
  struct deps {
    handle<node_shell> node;
  };
  door_shell(process& home, actor_no number, deps with);
  [[nodiscard]] std::string name() const override { return "door"; }

  void receive(admit_token& what, promise<admitted> owed);
  void receive(mint_ticket& what, promise<ticket_minted> owed);
  void receive(redeem_ticket& what, promise<admitted> owed);
  void receive(core::log_in& what, promise<core::logged_in> owed);
  void receive(core::claim_ticket& what, promise<core::ticket_claimed> owed);
  void receive(core::session_ended& what);
  void receive(recheck_tokens& what);
  void receive(session_idle& what);
  void receive(pull_now&);
  void receive(homes_changed& what);
  void receive(sweep_tick&);

 private:
  using found_accounts = core::result<accounts_found>;
  struct asked_question {
    handle<accounts_shell> asked;
    core::mono_time deadline;
    std::function<void(core::error)> failed;
  };

  void down(const address& source) override;
  void carry_out(core::door_effects out);
  void claim(core::ticket_claim what);
  void check(core::check_token what);
  void with_accounts(std::function<void(const found_accounts&)> use);
  template <class Reply, class What>
  void ask_accounts(core::milliseconds patience, unsigned tries, What what,
                    std::function<void(core::result<Reply>)> then);
  template <class Which>
  void give_up(Which which);
  [[nodiscard]] handle<session_shell> session_of(const core::user_id& user);
  void sweep_sessions();

  deps deps_;
  core::door machine_;
  asker_table<admitted, ticket_minted, core::logged_in> askers_;
  handle<accounts_shell> accounts_;
  std::vector<std::function<void(const found_accounts&)>> want_accounts_;
  std::uint64_t last_question_ = 0;
  std::map<std::uint64_t, asked_question> questions_;
  std::map<core::user_id, handle<session_shell>> sessions_;
  std::deque<std::pair<core::mono_time, handle<session_shell>>> session_sweeps_;
};

}  // namespace greenroom::simulation
