#include "actors/door_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>

#include <chrono>
#include <utility>

#include "actors/guarded.hpp"
#include "actors/monitor_once.hpp"
#include "actors/secrets.hpp"
#include "actors/session_actor.hpp"
#include "core/placement.hpp"

namespace greenroom::actors {
namespace {

using door_pointer = local_door_actor::stateful_pointer<door_state>;
using namespace std::chrono_literals;
constexpr std::chrono::seconds door_sweep_every{1};
constexpr std::chrono::seconds session_sweep_every{30};
constexpr core::milliseconds check_timeout{
    1400};  // checked once a second; two checks take less than the patience of a waiting client
constexpr std::chrono::seconds claim_timeout{1};
constexpr std::chrono::seconds login_timeout{15};  // hashes may queue

core::instant now(door_pointer self) { return self->state.deps.clock->now(); }

// ---- finding the accounts

void accounts_found(door_pointer self, const core::result<accounts_actor>& found) {
  if (found) {
    self->state.accounts = *found;
    monitor_once(self, *found);
  }
  for (const auto& use : std::exchange(self->state.want_accounts, {})) use(found);
}

template <class Use>
void with_accounts(door_pointer self, Use use) {
  auto& st = self->state;
  if (st.accounts) return use(core::result<accounts_actor>{st.accounts});
  st.want_accounts.emplace_back(std::move(use));
  if (st.want_accounts.size() > 1) return;
  self->request(st.deps.node, check_timeout, find_accounts{})
      .then([self](accounts_actor& found) { accounts_found(self, std::move(found)); },
            [self](const caf::error& why) {
              accounts_found(self, core::error{ec::unavailable, from_caf(why).detail, 1});
            });
}

template <class Reply>
using then_function = std::function<void(core::result<Reply>)>;

/// Asks the accounts. An actor that doesn't answer, or is on a node that goes down, is dropped: questions that may be
/// repeated go to another one at once.
template <class Reply, class Request>
void ask_accounts(door_pointer self, core::milliseconds timeout, unsigned tries, Request request,
                  then_function<Reply> then) {
  with_accounts(self, [=, request = std::move(request)](const core::result<accounts_actor>& found) {
    if (!found) return then(core::result<Reply>{found.why()});
    auto& st = self->state;
    const auto failed = [self, timeout, tries, request, then, asked = *found](core::error why) {
      if (why.code == ec::unavailable) {
        if (self->state.accounts == asked) self->state.accounts = nullptr;
        if (tries > 1) return ask_accounts<Reply>(self, timeout, tries - 1, request, then);
        if (why.retry_after == 0) why.retry_after = 1;
      }
      then(core::result<Reply>{std::move(why)});
    };
    const auto number = st.asked.ask(found->address(), now(self).mono + timeout, failed);
    self->request(*found, caf::infinite, request)
        .then(
            [self, number, then](Reply& reply) {
              if (self->state.asked.answered(number)) then(core::result<Reply>{std::move(reply)});
            },
            [self, number, failed](const caf::error& error) {
              if (self->state.asked.answered(number)) failed(from_caf(error));
            });
  });
}

// A request to a node that is gone would only time out.
void accounts_down(door_pointer self, const caf::actor_addr& gone) {
  auto& st = self->state;
  if (st.accounts && st.accounts.address() == gone) st.accounts = nullptr;
  st.asked.give_up_on(gone);
}

// ---- sessions

const session_actor& session_of(door_pointer self, const core::user_id& user) {
  auto& st = self->state;
  auto& session = st.sessions[user];
  if (!session) {
    session = self->spawn(session_behavior,
                          session_deps{user, local_door_actor{self}, st.deps.clock, st.deps.session, st.deps.node});
    self->monitor(session);
    st.session_sweeps.emplace_back(now(self).mono + session_sweep_every, session.address());
  }
  return session;
}

// A timer for each of them would be expensive.
void sweep_sessions(door_pointer self) {
  auto& due = self->state.session_sweeps;
  const auto at = now(self).mono;
  while (!due.empty() && due.front().first <= at) {
    if (const auto session = caf::actor_cast<session_actor>(due.front().second)) {
      self->send(session, sweep_tick::value);
      due.emplace_back(at + session_sweep_every, std::move(due.front().second));
    }
    due.pop_front();
  }
}

// At once: a home may be silent, and never say that it is over.
void look_for_homes(door_pointer self, const homes_changed& what) {
  for (const auto& [user, session] : self->state.sessions) {
    const auto home = core::home_of(*what.now, user);
    if (what.before ? home != core::home_of(*what.before, user) : home == what.linked)
      self->send(session, look_again{what.before != nullptr});
  }
}

void source_down(door_pointer self, const caf::actor_addr& session) {
  accounts_down(self, session);
  std::erase_if(self->state.sessions, [&](const auto& one) {
    if (one.second != session) return false;
    self->state.machine->session_gone(one.first);
    return true;
  });
}

void retire(door_pointer self, const core::user_id& user) {
  if (const auto node = self->state.sessions.extract(user)) {
    self->demonitor(node.mapped().address());
    self->send_exit(node.mapped(), caf::exit_reason::user_shutdown);
  }
}

// ---- effects

void carry_out(door_pointer self, core::door_effects out);

void claim(door_pointer self, core::ticket_claim what) {
  const auto asker = what.asker;
  self->request(self->state.deps.node, claim_timeout,
                claim_ticket_at{std::move(what.minter), core::claim_ticket{std::move(what.ticket)}})
      .then(
          [self, asker](core::ticket_claimed& claimed) {
            carry_out(self, self->state.machine->claimed(asker, std::move(claimed.token), now(self)));
          },
          [self, asker](const caf::error& error) {
            auto why = from_caf(error);
            if (why.code != ec::invalid_ticket) why = {ec::unavailable, {}, 1};
            carry_out(self, self->state.machine->claimed(asker, std::move(why), now(self)));
          });
}

void check(door_pointer self, core::check_token question) {
  const auto token = question.token;
  ask_accounts<core::token_checked>(self, check_timeout, 2, std::move(question),
                                    [self, token](const core::result<core::token_checked>& answer) {
                                      carry_out(self, self->state.machine->checked(token, answer, now(self)));
                                    });
}

void carry_out(door_pointer self, core::door_effects out) {
  auto& st = self->state;
  for (auto& [user, token] : out.ended)
    if (const auto session = st.sessions.find(user); session != st.sessions.end())
      self->send(session->second, core::session_ended{{std::move(token)}});
  for (const auto& user : out.retire) retire(self, user);
  for (const auto& token : out.check) check(self, {token});
  for (const auto& token : out.check_in_use) check(self, {token, true});
  for (auto& one : out.admitted) {
    const auto& session = session_of(self, one.who.user);
    st.askers.keep(one.asker, admitted{std::move(one.who), std::move(one.token), session});
  }
  for (auto& one : out.minted)
    st.askers.keep(one.asker, ticket_minted{std::move(one.ticket), std::move(one.user), one.expires_in_s});
  for (const auto& [asker, why] : out.refused) st.askers.refuse(asker, why);
  for (auto& one : out.claim) claim(self, std::move(one));
  if (out.pull)
    ask_accounts<core::session_ended>(self, check_timeout, 2, core::pull_ended{*out.pull},
                                      [self](const core::result<core::session_ended>& answer) {
                                        auto& machine = *self->state.machine;
                                        if (answer) return carry_out(self, machine.pulled(answer->tokens, now(self)));
                                        machine.pull_failed();
                                      });
}

caf::result<admitted> admit(door_pointer self, const admit_token& msg) {
  auto& st = self->state;
  auto owed = self->make_response_promise<admitted>();
  carry_out(self, st.machine->admit(st.askers.add(owed), token_hash_of(msg.token), now(self)));
  return owed;
}

caf::result<admitted> redeem(door_pointer self, const redeem_ticket& msg) {
  auto& st = self->state;
  auto owed = self->make_response_promise<admitted>();
  carry_out(self, st.machine->redeem(st.askers.add(owed), msg.ticket, now(self)));
  return owed;
}

caf::result<ticket_minted> mint(door_pointer self, const mint_ticket& msg) {
  auto& st = self->state;
  auto owed = self->make_response_promise<ticket_minted>();
  carry_out(self, st.machine->mint(st.askers.add(owed), token_hash_of(msg.token), random_id(), now(self)));
  return owed;
}

caf::result<core::logged_in> log_in(door_pointer self, core::log_in& msg) {
  auto owed = self->make_response_promise<core::logged_in>();
  const auto asker = self->state.askers.add(owed);
  ask_accounts<core::logged_in>(self, login_timeout, 1, std::move(msg),
                                [self, asker](core::result<core::logged_in> answer) {
                                  if (answer) return self->state.askers.keep(asker, std::move(*answer));
                                  self->state.askers.refuse(asker, answer.why());
                                });
  return owed;
}

}  // namespace

local_door_actor::behavior_type door_behavior(door_pointer self, door_deps deps) {
  auto& st = self->state;
  st.deps = std::move(deps);
  st.machine.emplace(st.deps.name, st.deps.limits);
  self->set_down_handler([self](const caf::down_msg& down) { source_down(self, down.source); });
  self->set_exit_handler([self](const caf::exit_msg& exit) {
    for (const auto& [user, session] : self->state.sessions) self->send_exit(session, exit.reason);
    self->quit(exit.reason);
  });
  self->delayed_send(self, door_sweep_every, sweep_tick::value);
  constexpr std::string_view me = "door";
  return {
      [=](const admit_token& msg) { return guarded(me, [&] { return admit(self, msg); }); },
      [=](const mint_ticket& msg) { return guarded(me, [&] { return mint(self, msg); }); },
      [=](const redeem_ticket& msg) { return guarded(me, [&] { return redeem(self, msg); }); },
      [=](core::log_in& msg) { return guarded(me, [&] { return log_in(self, msg); }); },
      [=](const core::session_ended& msg) {
        guarded(me, [&] { carry_out(self, self->state.machine->ended(msg.tokens, now(self))); });
      },
      [=](sweep_tick) {
        self->delayed_send(self, door_sweep_every, sweep_tick::value);
        guarded(me, [&] {
          const auto at = now(self).mono;
          self->state.asked.give_up_late(at);
          sweep_sessions(self);
          carry_out(self, self->state.machine->sweep(now(self)));
        });
      },
      [=](const core::claim_ticket& msg) {
        return guarded(me, [&]() -> caf::result<core::ticket_claimed> {
          auto token = self->state.machine->claim(msg.ticket, now(self));
          if (!token) return to_caf(token.why());
          return core::ticket_claimed{std::move(*token)};
        });
      },
      [=](const recheck_tokens& msg) {
        guarded(me, [&] { carry_out(self, self->state.machine->in_use(msg.user, msg.tokens, now(self))); });
      },
      [=](const session_idle& msg) {
        guarded(me, [&] { carry_out(self, self->state.machine->session_idle(msg.user, now(self))); });
      },
      [=](const homes_changed& what) { guarded(me, [&] { look_for_homes(self, what); }); },
      [=](pull_now) { guarded(me, [&] { carry_out(self, self->state.machine->pull_now()); }); },
  };
}

}  // namespace greenroom::actors
