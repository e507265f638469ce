#include "actors/accounts_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

#include "actors/account_notes.hpp"
#include "actors/administer.hpp"
#include "actors/failpoint.hpp"
#include "actors/guarded.hpp"
#include "actors/secrets.hpp"
#include "core/delete_user.hpp"
#include "core/names.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

using self_ptr = local_accounts_actor::stateful_pointer<accounts_state>;
namespace log = telemetry::log;

// What is in use is checked twice a minute: often enough, and a write each minute and a half.
constexpr std::chrono::seconds room_login_kept{180};

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
  if (why == ec::bad_credentials || why == ec::rate_limited || why == ec::suspended) return "refused";
  return why == ec::overloaded ? "overloaded" : "failed";
}

// ---- tokens that end

// In pieces that a link takes, however many they are.
void tell_ended(self_ptr self, const std::vector<core::ended_token>& tokens) {
  for (std::size_t at = 0; at < tokens.size(); at += core::max_ended_told) {
    const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = tokens.begin() + static_cast<std::ptrdiff_t>(std::min(tokens.size(), at + core::max_ended_told));
    for (const auto& watcher : self->state.watchers)
      self->send(caf::actor_cast<local_node_actor>(watcher), announce{core::session_ended{{begin, end}}});
  }
}

/// For one session: the answer names what ended.
core::result<core::session_ended> ended(self_ptr self, core::result<std::vector<core::ended_token>> from) {
  if (!from) return from.why();
  tell_ended(self, *from);
  return core::session_ended{std::move(*from)};
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
  if (!hash) return st.askers.refuse(job.asker, with_retry(hash.why()));
  const auto created = st.deps.store->create_user(job.user, *hash, st.deps.clock->now().wall);
  if (!created) return st.askers.refuse(job.asker, with_retry(created.why()));
  note("register", job.user, job.from, ec::none);
  st.askers.keep(job.asker, core::user_registered{job.user, job.weak_password});
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
  const registering job{st.askers.add(owed), std::move(msg.user), core::weak_password(msg.password),
                        std::move(msg.from)};
  hash_for(self, note_work(self, job), std::move(msg.password));
  return owed;
}

// ---- logging in

void refuse_login(self_ptr self, const logging_in& job, core::error why) {
  count_login(self, login_outcome(why.code));
  note("login", job.user, job.from, why.code);
  self->state.askers.refuse(job.asker, with_retry(std::move(why)));
}

void logged_in(self_ptr self, const logging_in& job, const core::result<core::hasher::verified>& outcome) {
  auto& st = self->state;
  if (!outcome) return refuse_login(self, job, outcome.why());
  if (!outcome->match) return refuse_login(self, job, {ec::bad_credentials, {}, 0});
  if (!outcome->better_hash.empty()) (void)st.deps.store->set_password_hash(job.user, outcome->better_hash);
  const auto now = st.deps.clock->now().wall;
  auto token = new_token();
  const auto life = job.for_room ? std::min(st.deps.room_login_life, st.deps.token_life) : st.deps.token_life;
  storage::new_session session{token_hash_of(token), {random_id()},       job.user, job.client, now, now + life,
                               job.for_room,         st.deps.max_sessions};
  const auto crowded_out = st.deps.store->add_session(session);
  // Only now, so that nobody without the password learns of it.
  if (crowded_out.code() == ec::suspended) {
    const auto& why = crowded_out.why().detail;
    return refuse_login(self, job, {ec::suspended, why.empty() ? why : "This account is suspended: " + why, 0});
  }
  if (!crowded_out) return refuse_login(self, job, crowded_out.why());
  tell_ended(self, *crowded_out);
  count_login(self, "ok");
  note("login", job.user, job.from, ec::none, session.session.value);
  st.askers.keep(job.asker,
                 core::logged_in{std::move(token), job.user, std::move(session.session), session.expires_at});
}

caf::result<core::logged_in> begin_log_in(self_ptr self, core::log_in& msg) {
  auto& st = self->state;
  const bool possible = core::check_user_name(msg.user.value).ok();
  if (possible) {
    if (const auto allowed = may_try(self, msg.user); !allowed) {
      count_login(self, "refused");
      note("login", msg.user, msg.from, allowed.code());
      return to_caf(allowed.why());
    }
  }
  std::string stored;  // stays empty for whoever can't log in: the hasher takes its time, and says no
  logging_in job{{}, msg.user, std::move(msg.client), std::move(msg.from), msg.for_room};
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
  job.asker = st.askers.add(owed);
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
  auto out = ended(self, st.deps.store->end_session(who->user, msg.session, st.deps.clock->now().wall));
  note("end_session", who->user, msg.from, out.code(), msg.session.value);
  return out;
}

// A token that isn't good has nobody whom a line could name.
core::result<core::session_ended> log_out(self_ptr self, const core::log_out& msg) {
  auto& st = self->state;
  const auto who = check(self, msg.token);
  if (!who) return who.why();
  auto out = ended(self, st.deps.store->end_token(msg.token, st.deps.clock->now().wall));
  if (out) note("logout", who->user, msg.from, ec::none, who->session.value);
  return out;
}

// Without `in_use` a session for a room has its end; with it, another one soon enough.
core::result<core::token_checked> check_for(self_ptr self, const core::check_token& msg) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  auto who = st.deps.store->check_token(msg.token, now);
  if (!who || !msg.in_use || !who->for_room || who->expires_at > now + room_login_kept / 2) return who;
  if (const auto kept = st.deps.store->extend_session(msg.token, now, now + room_login_kept); !kept) return kept.why();
  who->expires_at = now + room_login_kept;
  return who;
}

core::result<core::users_found> find(self_ptr self, const core::find_users& msg) {
  if (msg.names.size() > core::max_found_users) return ec::bad_request;
  auto found = self->state.deps.store->find_users(msg.names);
  if (!found) return found.why();
  return core::users_found{std::move(*found)};
}

core::result<core::administered> administer_here(self_ptr self, const core::administer& msg) {
  auto& st = self->state;
  if (msg.accounts.size() > core::max_accounts_told) return ec::bad_request;
  auto done = administer(*st.deps.store, msg, st.deps.clock->now().wall);
  if (!done) return done.why();
  tell_ended(self, done->ended);
  return std::move(done->answer);
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
  const auto work = note_work(self, changing_password{st.askers.add(owed), std::move(msg.token),
                                                      std::move(msg.new_password), weak, std::move(msg.from)});
  verify_for(self, work, std::move(msg.old_password), std::move(known->password_hash));
  return owed;
}

void old_password_compared(self_ptr self, changing_password job, const core::result<core::hasher::verified>& outcome) {
  auto& st = self->state;
  if (!outcome) return st.askers.refuse(job.asker, with_retry(outcome.why()));
  if (!outcome->match) {
    if (const auto who = check(self, job.token)) note("password_change", who->user, job.from, ec::bad_credentials);
    return st.askers.refuse(job.asker, {ec::bad_credentials, "The old password is wrong.", 0});
  }
  auto password = std::move(job.new_password);
  hash_for(self, note_work(self, std::move(job)), std::move(password));
}

void new_password_hashed(self_ptr self, const changing_password& job, const core::result<std::string>& hash) {
  auto& st = self->state;
  if (!hash) return st.askers.refuse(job.asker, with_retry(hash.why()));
  // The token may have ended while the pool was hashing: then nothing changes any more.
  const auto who = check(self, job.token);
  if (!who) return st.askers.refuse(job.asker, with_retry(who.why()));
  // In this order a failure in between leaves something that can be tried again with the same old password.
  const auto others = st.deps.store->end_sessions(who->user, who->session, st.deps.clock->now().wall);
  if (!others) return st.askers.refuse(job.asker, with_retry(others.why()));
  tell_ended(self, *others);
  if (const auto set = st.deps.store->set_password_hash(who->user, *hash); !set)
    return st.askers.refuse(job.asker, with_retry(set.why()));
  note("password_change", who->user, job.from, ec::none);
  st.askers.keep(job.asker, core::password_changed{job.weak_password});
}

// ---- deletions

/// The steps of this database, each with the points around its commit where it can be made to fail.
struct commit_points {
  failpoint_name before;
  failpoint_name after;
};

/// Runs a step between its points: whatever one of them says is the answer.
template <class Step>
auto between(const commit_points& points, Step step) -> decltype(step()) {
  if (const auto why = failpoint(points.before); why != ec::none) return why;
  auto out = step();
  if (const auto why = failpoint(points.after); why != ec::none) return why;
  return out;
}

core::result<core::deletion> begin_now(self_ptr self, const core::begin_deletion& request) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  auto begun = between({"accounts.before_begin", "accounts.after_begin"},
                       [&] { return st.deps.store->begin_deletion(request, now, now + st.deps.lease); });
  if (!begun) return begun.why();
  tell_ended(self, begun->ended);
  if (begun->row.lease) note("begin_deletion", begun->row.user, request.from, ec::none, begun->row.operation.value);
  return std::move(begun->row);
}

/// Who asks again with the token that the deletion ended hears of that deletion; anybody else's token is just bad.
core::result<core::deletion> begun_before(self_ptr self, const core::begin_deletion& request) {
  auto& st = self->state;
  auto known = st.deps.store->deletion_by_token(request.token);
  if (!known) return known.code() == ec::not_found ? core::error{ec::invalid_token, {}, 0} : known.why();
  // A row that is completed has no name any more, and neither has the user it was about.
  if (known->user != request.user && st.deps.store->find_user(request.user).code() != ec::not_found)
    return ec::invalid_token;
  // The same request again, whose answer got lost: nothing begins twice, and the lease comes with the row.
  if (known->operation == request.operation) return begin_now(self, request);
  known->lease = {};
  return known;
}

caf::result<core::deletion> begin_delete(self_ptr self, core::begin_deletion& msg) {
  auto& st = self->state;
  const auto who = check(self, msg.token);
  if (who.code() == ec::invalid_token) return reply(begun_before(self, msg));
  if (!who) return to_caf(with_retry(who.why()));
  if (who->user != msg.user && !who->admin) return to_caf({ec::forbidden, {}, 0});
  if (who->admin && msg.password.empty()) return reply(begin_now(self, msg));
  if (msg.password.empty()) return to_caf({ec::bad_request, "The password is missing.", 0});
  if (const auto allowed = may_try(self, who->user); !allowed) return to_caf(allowed.why());
  auto known = st.deps.store->find_user(who->user);
  if (!known) return to_caf(with_retry(known.why()));
  auto owed = self->make_response_promise<core::deletion>();
  auto password = std::exchange(msg.password, {});
  const auto work = note_work(self, deleting{st.askers.add(owed), std::move(msg)});
  verify_for(self, work, std::move(password), std::move(known->password_hash));
  return owed;
}

void password_of_deletion_compared(self_ptr self, const deleting& job,
                                   const core::result<core::hasher::verified>& outcome) {
  auto& st = self->state;
  if (!outcome) return st.askers.refuse(job.asker, with_retry(outcome.why()));
  if (!outcome->match) {
    note("begin_deletion", job.request.user, job.request.from, ec::bad_credentials);
    return st.askers.refuse(job.asker, {ec::bad_credentials, "The password is wrong.", 0});
  }
  // The token may have ended while the pool was hashing: by another request of the same kind, or for good.
  const auto who = check(self, job.request.token);
  if (!who && who.code() != ec::invalid_token) return st.askers.refuse(job.asker, with_retry(who.why()));
  auto row = who ? begin_now(self, job.request) : begun_before(self, job.request);
  row ? st.askers.keep(job.asker, std::move(*row)) : st.askers.refuse(job.asker, with_retry(row.why()));
}

core::result<core::deletion> advance(self_ptr self, const core::advance_deletion& msg) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  const auto step = [&] { return st.deps.store->advance_deletion(msg, now, msg.release ? now : now + st.deps.lease); };
  switch (msg.to) {
    case core::deletion_state::hiding:
      break;
    case core::deletion_state::purging:
      return between({"accounts.before_delete", "accounts.after_delete"}, step);
    case core::deletion_state::completed:
      return between({"accounts.before_finish", "accounts.after_finish"}, step);
    case core::deletion_state::undoing:
      return between({"accounts.before_undo", "accounts.after_undo"}, step);
    case core::deletion_state::undone:
      return between({"accounts.before_undone", "accounts.after_undone"}, step);
  }
  return step();
}

core::result<core::deletions> claim(self_ptr self, const core::claim_deletions& msg) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  auto found = st.deps.store->claim_deletions(msg, now, now + st.deps.lease);
  if (!found) return found.why();
  return core::deletions{std::move(*found)};
}

// ---- what the pool brings back

void hashed(self_ptr self, const password_hashed& msg) {
  if (const auto job = take_work<registering>(self, msg.work)) return registered(self, *job, msg.hash);
  if (const auto job = take_work<changing_password>(self, msg.work)) return new_password_hashed(self, *job, msg.hash);
}

void verified(self_ptr self, const password_verified& msg) {
  if (const auto job = take_work<logging_in>(self, msg.work)) return logged_in(self, *job, msg.outcome);
  if (auto job = take_work<changing_password>(self, msg.work))
    return old_password_compared(self, std::move(*job), msg.outcome);
  if (const auto job = take_work<deleting>(self, msg.work))
    return password_of_deletion_compared(self, *job, msg.outcome);
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
      [=](const core::check_token& msg) { return guarded(me, [&] { return reply(check_for(self, msg)); }); },
      [=](const core::log_out& msg) { return guarded(me, [&] { return reply(log_out(self, msg)); }); },
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
      [=](core::begin_deletion& msg) { return guarded(me, [&] { return begin_delete(self, msg); }); },
      [=](const core::claim_deletions& msg) { return guarded(me, [&] { return reply(claim(self, msg)); }); },
      [=](const core::read_deletion& msg) {
        return guarded(me, [&] { return reply(self->state.deps.store->read_deletion(msg.operation)); });
      },
      [=](const core::advance_deletion& msg) {
        return guarded(me, [&] {
          auto row = advance(self, msg);
          if (row && row->state == msg.to && core::has_ended(msg.to)) note_ended(*row);
          return reply(std::move(row));
        });
      },
      [=](const core::find_users& msg) { return guarded(me, [&] { return reply(find(self, msg)); }); },
      [=](const core::administer& msg) { return guarded(me, [&] { return reply(administer_here(self, msg)); }); },
      [=](watch_ended, node_actor& watcher) { watch(self, std::move(watcher)); },
      [=](count_users) { return guarded(me, [&] { return reply(self->state.deps.store->count_users()); }); },
      [=](const password_hashed& msg) { guarded(me, [&] { hashed(self, msg); }); },
      [=](const password_verified& msg) { guarded(me, [&] { verified(self, msg); }); },
      [=](sweep_tick) { guarded(me, [&] { sweep(self); }); },
  };
}

}  // namespace greenroom::actors
