#include "test/simulation/door_shell.hpp"

#include "core/placement.hpp"
#include "test/simulation/accounts_shell.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/session_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr seconds sweep_every{1}, session_sweep_every{30}, claim_timeout{1};
constexpr milliseconds check_timeout{1400}, login_timeout{15'000};

}  // namespace

door_shell::door_shell(process& home, actor_no number, deps with)
    : actor(home, number), deps_(with), machine_(home.name()) {
  send_later(this, sweep_every, sweep_tick{});
}

// ---- where the accounts are

void door_shell::with_accounts(std::function<void(const found_accounts&)> use) {
  if (accounts_) return use(accounts_found{accounts_});
  want_accounts_.push_back(std::move(use));
  if (want_accounts_.size() > 1) return;
  request<accounts_found>(deps_.node, check_timeout, find_accounts{}, [this](found_accounts found) {
    if (found) {
      accounts_ = found->accounts;
      monitor(accounts_);
    } else {
      found = core::error{ec::unavailable, {}, 1};
    }
    for (const auto& one : std::exchange(want_accounts_, {})) one(found);
  });
}

template <class Reply, class What>
void door_shell::ask_accounts(core::milliseconds patience, unsigned tries, What what,
                              std::function<void(core::result<Reply>)> then) {
  with_accounts([=, this](const found_accounts& found) {
    if (!found) return then(core::result<Reply>{found.why()});
    const auto number = ++last_question_;
    const auto failed = [=, this, asked = found->accounts](core::error why) {
      if (why.code == ec::unavailable) {
        if (accounts_ == asked) accounts_ = {};
        if (tries > 1) return ask_accounts<Reply>(patience, tries - 1, what, then);
      }
      then(core::result<Reply>{std::move(why)});
    };
    questions_.emplace(number, asked_question{found->accounts, home().now().mono + patience, failed});
    request<Reply>(found->accounts, std::nullopt, what, [this, number, then, failed](core::result<Reply> reply) {
      if (questions_.erase(number) == 0) return;
      if (reply)
        then(std::move(reply));
      else
        failed(reply.why());
    });
  });
}

template <class Which>
void door_shell::give_up(Which which) {
  std::vector<asked_question> unanswered;
  std::erase_if(questions_, [&](auto& one) {
    if (!which(one.second)) return false;
    unanswered.push_back(std::move(one.second));
    return true;
  });
  for (const auto& one : unanswered) one.failed({ec::unavailable, {}, 1});
}

// ---- sessions

handle<session_shell> door_shell::session_of(const core::user_id& user) {
  auto& session = sessions_[user];
  if (!session) {
    session = home().spawn<session_shell>(session_shell::deps{user, self(this), deps_.node});
    monitor(session);
    session_sweeps_.emplace_back(home().now().mono + session_sweep_every, session);
  }
  return session;
}

void door_shell::sweep_sessions() {
  const auto now = home().now().mono;
  while (!session_sweeps_.empty() && session_sweeps_.front().first <= now) {
    const auto session = session_sweeps_.front().second;
    session_sweeps_.pop_front();
    if (home().of().find(session.actor) == nullptr) continue;
    send(session, sweep_tick{});
    session_sweeps_.emplace_back(now + session_sweep_every, session);
  }
}

void door_shell::down(const address& source) {
  if (accounts_ && accounts_ == source) accounts_ = {};
  give_up([&](const asked_question& one) { return one.asked == source; });
  std::erase_if(sessions_, [&](const auto& one) {
    if (!(one.second == source)) return false;
    machine_.session_gone(one.first);
    return true;
  });
}

// ---- effects

void door_shell::carry_out(core::door_effects out) {
  for (auto& [user, token] : out.ended)
    if (const auto session = sessions_.find(user); session != sessions_.end())
      send(session->second, core::session_ended{{std::move(token)}});
  for (const auto& user : out.retire)
    if (auto node = sessions_.extract(user)) {
      demonitor(node.mapped());
      send_exit(node.mapped());
    }
  for (const auto& token : out.check) check({token});
  for (const auto& token : out.check_in_use) check({token, true});
  for (auto& one : out.admitted) askers_.keep(one.asker, admitted{one.who.user, one.token, session_of(one.who.user)});
  for (auto& one : out.minted) askers_.keep(one.asker, ticket_minted{std::move(one.ticket)});
  for (const auto& [asker, why] : out.refused) askers_.refuse(asker, why);
  for (auto& one : out.claim) claim(std::move(one));
  if (!out.pull) return;
  ask_accounts<core::session_ended>(check_timeout, 2, core::pull_ended{*out.pull},
                                    [this](const core::result<core::session_ended>& answer) {
                                      if (answer) return carry_out(machine_.pulled(answer->tokens, home().now()));
                                      machine_.pull_failed();
                                    });
}

void door_shell::claim(core::ticket_claim what) {
  const auto asker = what.asker;
  request<core::ticket_claimed>(deps_.node, claim_timeout,
                                claim_ticket_at{std::move(what.minter), {std::move(what.ticket)}},
                                [this, asker](const core::result<core::ticket_claimed>& claimed) {
                                  auto token = claimed ? core::result<core::token_hash>(claimed->token)
                                                       : core::result<core::token_hash>(claimed.why());
                                  if (!token && token.code() != ec::invalid_ticket)
                                    token = core::error{ec::unavailable, {}, 1};
                                  carry_out(machine_.claimed(asker, token, home().now()));
                                });
}

void door_shell::check(core::check_token what) {
  const auto token = what.token;
  ask_accounts<core::token_checked>(check_timeout, 2, std::move(what),
                                    [this, token](const core::result<core::token_checked>& answer) {
                                      carry_out(machine_.checked(token, answer, home().now()));
                                    });
}

// ---- messages

void door_shell::receive(admit_token& what, promise<admitted> owed) {
  carry_out(machine_.admit(askers_.add(std::move(owed)), what.token, home().now()));
}

void door_shell::receive(mint_ticket& what, promise<ticket_minted> owed) {
  carry_out(
      machine_.mint(askers_.add(std::move(owed)), what.token, std::to_string(home().of().random.next()), home().now()));
}

void door_shell::receive(redeem_ticket& what, promise<admitted> owed) {
  carry_out(machine_.redeem(askers_.add(std::move(owed)), what.ticket, home().now()));
}

void door_shell::receive(core::log_in& what, promise<core::logged_in> owed) {
  const auto asker = askers_.add(std::move(owed));
  ask_accounts<core::logged_in>(login_timeout, 1, what, [this, asker](core::result<core::logged_in> answer) {
    if (answer) return askers_.keep(asker, std::move(*answer));
    askers_.refuse(asker, answer.why());
  });
}

void door_shell::receive(core::claim_ticket& what, promise<core::ticket_claimed> owed) {
  auto token = machine_.claim(what.ticket, home().now());
  if (!token) return owed.refuse(token.why());
  owed.keep(core::ticket_claimed{std::move(*token)});
}

void door_shell::receive(core::session_ended& what) { carry_out(machine_.ended(what.tokens, home().now())); }

void door_shell::receive(recheck_tokens& what) { carry_out(machine_.in_use(what.user, what.tokens, home().now())); }

void door_shell::receive(session_idle& what) { carry_out(machine_.session_idle(what.user, home().now())); }

void door_shell::receive(pull_now&) { carry_out(machine_.pull_now()); }

void door_shell::receive(homes_changed& what) {
  for (const auto& [user, session] : sessions_) {
    const auto at = core::home_of(*what.now, user);
    if (what.before ? at != core::home_of(*what.before, user) : at == what.linked)
      send(session, look_again{what.before != nullptr});
  }
}

void door_shell::receive(sweep_tick&) {
  send_later(this, sweep_every, sweep_tick{});
  const auto now = home().now();
  give_up([&](const asked_question& one) { return one.deadline <= now.mono; });
  sweep_sessions();
  carry_out(machine_.sweep(now));
}

}  // namespace greenroom::simulation
