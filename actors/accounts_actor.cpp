#include "actors/accounts_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>

#include "actors/guarded.hpp"
#include "actors/secrets.hpp"
#include "core/names.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

using self_ptr = local_accounts_actor::stateful_pointer<accounts_state>;
namespace log = telemetry::log;

/// What a store can't do now may be tried again in a second.
core::error with_retry(core::error why) {
  if (core::describe(why.code).retry && why.retry_after == 0) why.retry_after = 1;
  return why;
}

/// A store's answer as a handler's, which also tells the log of what an operator should know.
template <class T>
caf::result<T> reply(core::result<T> from) {
  if (!from) return to_caf(with_retry(from.why()));
  return answer(std::move(from));
}

void count_login(self_ptr self, std::string_view outcome) { self->state.deps.metrics.logins.with({outcome}).add(); }

std::string_view login_outcome(ec why) {
  if (why == ec::bad_credentials || why == ec::rate_limited) return "refused";
  return why == ec::overloaded ? "overloaded" : "failed";
}

// ---- tokens that end

core::session_ended tell_ended(self_ptr self, std::vector<core::ended_token> tokens) {
  core::session_ended told{std::move(tokens)};
  if (!told.tokens.empty())
    for (const auto& watcher : self->state.watchers) self->send(watcher, told);
  return told;
}

core::result<core::session_ended> ended(self_ptr self, core::result<std::vector<core::ended_token>> from) {
  if (!from) return from.why();
  return tell_ended(self, std::move(*from));
}

// ---- passwords: out to the pool, and back as a message

template <class Work>
std::uint64_t note_work(self_ptr self, Work work) {
  const auto number = ++self->state.last_work;
  self->state.work.emplace(number, std::move(work));
  return number;
}

template <class Work>
std::optional<Work> take_work(self_ptr self, std::uint64_t number) {
  const auto found = self->state.work.find(number);
  if (found == self->state.work.end() || !std::holds_alternative<Work>(found->second)) return std::nullopt;
  std::optional<Work> out{std::get<Work>(std::move(found->second))};
  self->state.work.erase(found);
  return out;
}

void hash_for(self_ptr self, std::uint64_t work, std::string password) {
  self->state.deps.hasher->hash(std::move(password),
                                [home = local_accounts_actor{self}, work](core::result<std::string> hash) {
                                  caf::anon_send(home, password_hashed{work, std::move(hash)});
                                });
}

void verify_for(self_ptr self, std::uint64_t work, std::string password, std::string stored) {
  self->state.deps.hasher->verify(
      std::move(password), std::move(stored),
      [home = local_accounts_actor{self}, work](core::result<core::hasher::verified> outcome) {
        caf::anon_send(home, password_verified{work, std::move(outcome)});
      });
}

/// Each user may be tried as often as one client address may try.
core::status may_try(self_ptr self, const core::user_id& user) {
  if (!self->state.deps.limits) return core::done{};
  const auto verdict = self->state.deps.limits->take(core::limit_class::auth, "user:" + core::folded(user.value), 1);
  if (verdict.allowed) return core::done{};
  return core::error{ec::rate_limited, {}, std::max(1u, verdict.retry_after_s)};
}

// ---- registering

void registered(self_ptr self, const registering& job, const core::result<std::string>& hash) {
  auto& st = self->state;
  if (!hash) return st.registrations.refuse(job.asker, with_retry(hash.why()));
  const auto created = st.deps.store->create_user(job.user, *hash, st.deps.clock->now().wall);
  if (!created) return st.registrations.refuse(job.asker, with_retry(created.why()));
  log::info("user_registered", {{"user", job.user.value}});
  st.registrations.keep(job.asker, {job.user, job.weak_password});
}

caf::result<core::user_registered> begin_register(self_ptr self, core::register_user& msg) {
  auto& st = self->state;
  if (const auto good = core::check_user_name(msg.user.value); !good) return to_caf(good.why());
  if (const auto good = core::check_password(msg.password, st.deps.min_password_bytes); !good)
    return to_caf(good.why());
  // A taken name is told at once: a hash for nothing would cost 60 ms.
  const auto known = st.deps.store->find_user(msg.user);
  if (known) return to_caf({ec::taken, {}, 0});
  if (known.code() != ec::not_found) return to_caf(with_retry(known.why()));
  auto owed = self->make_response_promise<core::user_registered>();
  const registering job{st.registrations.add(owed), std::move(msg.user), core::weak_password(msg.password)};
  hash_for(self, note_work(self, job), std::move(msg.password));
  return owed;
}

// ---- logging in

void refuse_login(self_ptr self, const logging_in& job, core::error why) {
  count_login(self, login_outcome(why.code));
  log::info("login_refused", {{"user", job.user.value}, {"why", core::to_string(why.code)}, {"client", job.client}});
  self->state.logins.refuse(job.asker, with_retry(std::move(why)));
}

void logged_in(self_ptr self, const logging_in& job, const core::result<core::hasher::verified>& outcome) {
  auto& st = self->state;
  if (!outcome) return refuse_login(self, job, outcome.why());
  if (!outcome->match) return refuse_login(self, job, {ec::bad_credentials, {}, 0});
  if (!outcome->better_hash.empty()) (void)st.deps.store->set_password_hash(job.user, outcome->better_hash);
  const auto now = st.deps.clock->now().wall;
  auto token = new_token();
  storage::new_session session{token_hash_of(token), {random_id()}, job.user,
                               job.client,           now,           now + st.deps.token_life};
  if (const auto stored = st.deps.store->add_session(session); !stored) return refuse_login(self, job, stored.why());
  count_login(self, "ok");
  st.logins.keep(job.asker, {std::move(token), job.user, std::move(session.session), session.expires_at});
}

caf::result<core::logged_in> begin_log_in(self_ptr self, core::log_in& msg) {
  auto& st = self->state;
  const bool possible = core::check_user_name(msg.user.value).ok();
  if (possible) {
    if (const auto allowed = may_try(self, msg.user); !allowed) {
      count_login(self, "refused");
      return to_caf(allowed.why());
    }
  }
  std::string stored;  // stays empty for whoever can't log in: the hasher takes its time, and says no
  logging_in job{{}, msg.user, std::move(msg.client)};
  if (possible) {
    auto known = st.deps.store->find_user(msg.user);
    if (known && known->active) {
      stored = std::move(known->password_hash);
      job.user = known->user;
    } else if (!known && known.code() != ec::not_found) {
      count_login(self, "failed");
      return to_caf(with_retry(known.why()));
    }
  }
  auto owed = self->make_response_promise<core::logged_in>();
  job.asker = st.logins.add(owed);
  verify_for(self, note_work(self, std::move(job)), std::move(msg.password), std::move(stored));
  return owed;
}

// ---- what a token lets its owner do

core::result<core::token_checked> check(self_ptr self, const core::token_hash& token) {
  return self->state.deps.store->check_token(token, self->state.deps.clock->now().wall);
}

core::result<core::session_list> list(self_ptr self, const core::token_hash& token) {
  auto& st = self->state;
  const auto who = check(self, token);
  if (!who) return who.why();
  auto found = st.deps.store->list_sessions(who->user, st.deps.clock->now().wall);
  if (!found) return found.why();
  for (auto& one : *found) one.current = one.session == who->session;
  return core::session_list{std::move(*found)};
}

core::result<core::session_ended> end_one(self_ptr self, const core::end_session& msg) {
  auto& st = self->state;
  const auto who = check(self, msg.token);
  if (!who) return who.why();
  return ended(self, st.deps.store->end_session(who->user, msg.session, st.deps.clock->now().wall));
}

// ---- another password

caf::result<core::password_changed> begin_change(self_ptr self, core::change_password& msg) {
  auto& st = self->state;
  const auto who = check(self, msg.token);
  if (!who) return to_caf(with_retry(who.why()));
  if (const auto good = core::check_password(msg.new_password, st.deps.min_password_bytes); !good)
    return to_caf(good.why());
  if (const auto allowed = may_try(self, who->user); !allowed) return to_caf(allowed.why());
  auto known = st.deps.store->find_user(who->user);
  if (!known) return to_caf(with_retry(known.why()));
  auto owed = self->make_response_promise<core::password_changed>();
  const bool weak = core::weak_password(msg.new_password);
  const auto work =
      note_work(self, changing_password{st.changes.add(owed), std::move(msg.token), std::move(msg.new_password), weak});
  verify_for(self, work, std::move(msg.old_password), std::move(known->password_hash));
  return owed;
}

void old_password_compared(self_ptr self, changing_password job, const core::result<core::hasher::verified>& outcome) {
  auto& st = self->state;
  if (!outcome) return st.changes.refuse(job.asker, with_retry(outcome.why()));
  if (!outcome->match) return st.changes.refuse(job.asker, {ec::bad_credentials, "The old password is wrong.", 0});
  auto password = std::move(job.new_password);
  hash_for(self, note_work(self, std::move(job)), std::move(password));
}

void new_password_hashed(self_ptr self, const changing_password& job, const core::result<std::string>& hash) {
  auto& st = self->state;
  if (!hash) return st.changes.refuse(job.asker, with_retry(hash.why()));
  // The token may have ended while the pool was hashing: then nothing changes any more.
  const auto who = check(self, job.token);
  if (!who) return st.changes.refuse(job.asker, with_retry(who.why()));
  // In this order a failure in between leaves something that can be tried again with the same old password.
  const auto others = ended(self, st.deps.store->end_sessions(who->user, who->session, st.deps.clock->now().wall));
  if (!others) return st.changes.refuse(job.asker, with_retry(others.why()));
  if (const auto set = st.deps.store->set_password_hash(who->user, *hash); !set)
    return st.changes.refuse(job.asker, with_retry(set.why()));
  log::info("password_changed", {{"user", who->user.value}});
  st.changes.keep(job.asker, {job.weak_password});
}

void hashed(self_ptr self, const password_hashed& msg) {
  if (const auto job = take_work<registering>(self, msg.work)) return registered(self, *job, msg.hash);
  if (const auto job = take_work<changing_password>(self, msg.work)) return new_password_hashed(self, *job, msg.hash);
}

void verified(self_ptr self, const password_verified& msg) {
  if (const auto job = take_work<logging_in>(self, msg.work)) return logged_in(self, *job, msg.outcome);
  if (auto job = take_work<changing_password>(self, msg.work))
    return old_password_compared(self, std::move(*job), msg.outcome);
}

void sweep(self_ptr self) {
  auto& st = self->state;
  if (const auto swept = st.deps.store->sweep(st.deps.clock->now().wall); !swept)
    log::warn("sweep_failed", {{"why", core::to_string(swept.code())}});
}

// A message that CAF keeps for later holds its receiver, and with it a detached actor's thread: the one that waits a
// minute is another actor's.
caf::behavior metronome(caf::event_based_actor* self, const local_accounts_actor& accounts,
                        std::chrono::milliseconds every) {
  self->monitor(accounts);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->delayed_send(self, every, sweep_tick::value);
  return {[self, weak = accounts.address(), every](sweep_tick) {
    if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(weak))
      caf::anon_send(caf::actor_cast<local_accounts_actor>(alive), sweep_tick::value);
    self->delayed_send(self, every, sweep_tick::value);
  }};
}

void watch(self_ptr self, node_actor watcher) {
  self->monitor(watcher);
  self->state.watchers.push_back(std::move(watcher));
}

}  // namespace

local_accounts_actor::behavior_type accounts_behavior(self_ptr self, accounts_deps deps) {
  self->state.deps = std::move(deps);
  self->set_down_handler([self](const caf::down_msg& down) {
    std::erase_if(self->state.watchers, [&](const node_actor& one) { return one == down.source; });
  });
  self->system().spawn(metronome, local_accounts_actor(self), self->state.deps.sweep_every);
  // A handler's exception must not end the accounts of everybody.
  constexpr std::string_view me = "accounts";
  return {
      [=](core::register_user& msg) { return guarded(me, [&] { return begin_register(self, msg); }); },
      [=](core::log_in& msg) { return guarded(me, [&] { return begin_log_in(self, msg); }); },
      [=](const core::check_token& msg) { return guarded(me, [&] { return reply(check(self, msg.token)); }); },
      [=](const core::log_out& msg) {
        return guarded(me, [&] {
          auto& st = self->state;
          return reply(ended(self, st.deps.store->end_token(msg.token, st.deps.clock->now().wall)));
        });
      },
      [=](const core::list_sessions& msg) { return guarded(me, [&] { return reply(list(self, msg.token)); }); },
      [=](const core::end_session& msg) { return guarded(me, [&] { return reply(end_one(self, msg)); }); },
      [=](core::change_password& msg) { return guarded(me, [&] { return begin_change(self, msg); }); },
      [=](const core::pull_ended& msg) -> caf::result<core::session_ended> {
        return guarded(me, [&]() -> caf::result<core::session_ended> {
          auto found = self->state.deps.store->ended_since(msg.after);
          if (!found) return to_caf(with_retry(found.why()));
          return core::session_ended{std::move(*found)};
        });
      },
      [](const core::begin_deletion&) -> caf::result<core::deletion> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::claim_deletions&) -> caf::result<core::deletions> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::read_deletion&) -> caf::result<core::deletion> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [](const core::advance_deletion&) -> caf::result<core::deletion> {
        return to_caf({ec::not_implemented, {}, 0});
      },
      [=](watch_ended, node_actor& watcher) { watch(self, std::move(watcher)); },
      [=](count_users) { return guarded(me, [&] { return reply(self->state.deps.store->count_users()); }); },
      [=](const password_hashed& msg) { guarded(me, [&] { hashed(self, msg); }); },
      [=](const password_verified& msg) { guarded(me, [&] { verified(self, msg); }); },
      [=](sweep_tick) { guarded(me, [&] { sweep(self); }); },
  };
}

}  // namespace greenroom::actors
