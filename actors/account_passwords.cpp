#include "actors/account_passwords.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "actors/account_deletions.hpp"
#include "actors/account_notes.hpp"
#include "actors/guarded.hpp"
#include "actors/secrets.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

core::instant now(accounts_pointer self) { return self->state.deps.clock->now(); }

/// Asks the store. The asker of a work must be answered after an exception, too.
template <class Call>
auto asked(Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& what) {
    report_exception("accounts", what);
    return core::error{ec::internal, {}, 0};
  }
}

void count_login(accounts_pointer self, std::string_view outcome) {
  self->state.deps.metrics.logins.with({outcome}).add();
}

std::string_view login_outcome(ec why) {
  if (why == ec::bad_credentials || why == ec::rate_limited || why == ec::suspended) return "refused";
  return why == ec::overloaded ? "overloaded" : "failed";
}

void carry_out(accounts_pointer self, core::accounts_effects out);

template <class Outcome>
void tell_stored(accounts_pointer self, core::work_id work, const Outcome& outcome) {
  const auto told = outcome ? core::status{core::done{}} : core::status{outcome.why()};
  carry_out(self, self->state.machine->stored(work, told, now(self)));
}

// Unknown users are looked up too, so that the answer takes as long.
core::result<core::credentials> look_up(accounts_pointer self, const core::credentials_look& what) {
  auto& store = *self->state.deps.store;
  return asked([&]() -> core::result<core::credentials> {
    const auto known = store.find_user(what.user);
    const auto familiar = store.is_familiar(what.user, what.network);
    if (!known) return known.why();
    if (!familiar) return familiar.why();
    return core::credentials{known->user, known->password_hash, known->active, *familiar};
  });
}

/// Whether the only user there is was just created. The users are counted until there are two.
bool is_first(accounts_pointer self) {
  auto& st = self->state;
  if (st.has_many) return false;
  const auto users = asked([&] { return st.deps.store->count_users(); });
  st.has_many = users && *users > 1;
  return users && *users == 1;
}

void create(accounts_pointer self, const core::user_creation& what) {
  auto& st = self->state;
  const auto created = asked([&] { return st.deps.store->create_user(what.user, what.password_hash, now(self).wall); });
  if (created) {
    note("register", what.user, what.from, ec::none);
    const bool first = is_first(self);
    if (first) telemetry::log::info("first_user", {{"make_admin", "greenroom admin users grant " + what.user.value}});
    st.askers.keep(what.asker, core::user_registered{what.user, what.weak_password, first});
  }
  tell_stored(self, what.work, created);
}

void start(accounts_pointer self, const core::session_start& what) {
  auto& st = self->state;
  const auto at = now(self).wall;
  auto token = new_token();
  const auto& life = st.deps.token_life;
  storage::new_session session;
  session.token = token_hash_of(token);
  session.session = {random_id()};
  session.user = what.user;
  session.client = what.request.client;
  session.created_at = at;
  session.expires_at = at + (what.request.for_room ? std::min(st.deps.room_login_life, life) : life);
  session.for_room = what.request.for_room;
  session.most = st.deps.max_sessions;
  session.verified_hash = what.verified;
  session.better_hash = what.better;
  session.network = what.network;
  const auto crowded_out = asked([&] { return st.deps.store->add_session(session); });
  if (crowded_out) {
    tell_ended(self, *crowded_out);
    count_login(self, "ok");
    note("login", what.user, what.request.from, ec::none, session.session.value);
    st.askers.keep(what.asker, core::logged_in{std::move(token), what.user, session.session, session.expires_at,
                                               what.scram_signature});
  }
  tell_stored(self, what.work, crowded_out);
}

void replace(accounts_pointer self, const core::password_replacement& what) {
  auto& st = self->state;
  const storage::password_change change{what.token, what.verified, what.password_hash, what.network};
  const auto ended = asked([&] { return st.deps.store->change_password(change, now(self).wall); });
  if (ended) {
    tell_ended(self, *ended);
    note("password_change", what.user, what.from, ec::none);
    st.askers.keep(what.asker, core::password_changed{what.weak_password});
  }
  tell_stored(self, what.work, ended);
}

// The token may have ended while the pool was hashing: by another request of the same kind, or for good.
void remove(accounts_pointer self, const core::deletion_start& what) {
  const auto row = asked([&]() -> core::result<core::deletion> {
    const auto who = check(self, what.request.token);
    if (who) return begin_now(self, what.request, what.verified);
    return who.code() == ec::invalid_token ? begun_before(self, what.request) : who.why();
  });
  if (row) self->state.askers.keep(what.asker, *row);
  tell_stored(self, what.work, row);
}

void refuse(accounts_pointer self, const core::account_refusal& what) {
  auto& st = self->state;
  if (what.why.code == ec::rate_limited)
    st.deps.metrics.rate_limited.with({core::to_string(core::limit_class::failures)}).add();
  const bool wrong = what.why.code == ec::bad_credentials || what.why.code == ec::rate_limited;
  std::visit(
      [&](const auto& request) {
        using request_type = std::decay_t<decltype(request)>;
        if constexpr (std::is_same_v<request_type, core::log_in>) {
          count_login(self, login_outcome(what.why.code));
          note("login", what.user, request.from, what.why.code);
        } else if constexpr (std::is_same_v<request_type, core::change_password>) {
          if (wrong) note("password_change", what.user, request.from, what.why.code);
        } else if constexpr (std::is_same_v<request_type, core::begin_deletion>) {
          if (wrong) note("begin_deletion", request.user, request.from, what.why.code);
        }
      },
      what.request);
  st.askers.refuse(what.asker, with_retry(what.why));
}

void carry_out(accounts_pointer self, core::accounts_effects out) {
  auto& st = self->state;
  const local_accounts_actor home{self};
  for (const auto& one : out.look) carry_out(self, st.machine->found(one.work, look_up(self, one), now(self)));
  for (auto& one : out.hash)
    st.deps.hasher->hash(std::move(one.password), [home, work = one.work.value](core::result<std::string> hash) {
      caf::anon_send(home, password_hashed{work, std::move(hash)});
    });
  for (auto& one : out.compare) {
    const auto told = [home, work = one.work.value](core::result<core::hasher::verified> outcome) {
      caf::anon_send(home, password_verified{work, std::move(outcome)});
    };
    if (one.scram.proof.empty())
      st.deps.hasher->verify(std::move(one.password), std::move(one.stored), told);
    else
      st.deps.hasher->prove(std::move(one.scram), std::move(one.stored), told);
  }
  for (const auto& one : out.create) create(self, one);
  for (const auto& one : out.start) start(self, one);
  for (const auto& one : out.replace) replace(self, one);
  for (const auto& one : out.remove) remove(self, one);
  for (const auto& one : out.refused) refuse(self, one);
  if (out.slowed > 0) st.deps.metrics.logins_slowed.add(out.slowed);
  st.deps.metrics.password_hash_queue.set(static_cast<double>(st.machine->waiting()));
  if (st.flushing || st.machine->waiting() == 0) return;
  if (const auto metronome = caf::actor_cast<caf::actor>(st.metronome)) {
    st.flushing = true;
    caf::anon_send(metronome, step_tick::value);
  }
}

}  // namespace

caf::result<core::user_registered> begin_register(accounts_pointer self, core::register_user& request) {
  auto& st = self->state;
  auto owed = self->make_response_promise<core::user_registered>();
  carry_out(self, st.machine->register_user(st.askers.add(owed), std::move(request), now(self)));
  return owed;
}

caf::result<core::logged_in> begin_log_in(accounts_pointer self, core::log_in& request) {
  auto& st = self->state;
  auto owed = self->make_response_promise<core::logged_in>();
  carry_out(self, st.machine->log_in(st.askers.add(owed), std::move(request), now(self)));
  return owed;
}

caf::result<core::scram_found> begin_scram(accounts_pointer self, const core::find_scram& request) {
  auto& st = self->state;
  const auto known = asked([&] { return st.deps.store->find_user(request.user); });
  if (!known && known.code() != ec::not_found) return to_caf(with_retry(known.why()));
  auto found = known && known->active ? st.deps.hasher->scram_of(known->password_hash) : std::nullopt;
  if (!found) return to_caf({ec::bad_credentials, {}, 0});
  found->nonce = random_id();
  return *std::move(found);
}

caf::result<core::password_changed> begin_change(accounts_pointer self, core::change_password& request) {
  auto& st = self->state;
  const auto who = check(self, request.token);
  if (!who) return to_caf(with_retry(who.why()));
  auto owed = self->make_response_promise<core::password_changed>();
  carry_out(self, st.machine->change_password(st.askers.add(owed), std::move(request), *who, now(self)));
  return owed;
}

caf::result<core::deletion> begin_delete(accounts_pointer self, core::begin_deletion& request) {
  auto& st = self->state;
  const auto who = check(self, request.token);
  if (who.code() == ec::invalid_token) return reply(begun_before(self, request));
  if (!who) return to_caf(with_retry(who.why()));
  if (who->user != request.user && !who->admin) return to_caf({ec::forbidden, {}, 0});
  if (who->admin && request.password.empty()) return reply(begin_now(self, request, {}));
  if (request.password.empty()) return to_caf({ec::bad_request, "The password is missing.", 0});
  auto owed = self->make_response_promise<core::deletion>();
  carry_out(self, st.machine->delete_user(st.askers.add(owed), std::move(request), *who, now(self)));
  return owed;
}

void hashed(accounts_pointer self, const password_hashed& outcome) {
  carry_out(self, self->state.machine->hashed({outcome.work}, outcome.hash, now(self)));
}

void verified(accounts_pointer self, const password_verified& outcome) {
  carry_out(self, self->state.machine->verified({outcome.work}, outcome.outcome, now(self)));
}

void flush_passwords(accounts_pointer self) {
  self->state.flushing = false;
  carry_out(self, self->state.machine->tick(now(self)));
}

}  // namespace greenroom::actors
