#include "actors/accounts_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

#include "actors/account_deletions.hpp"
#include "actors/account_notes.hpp"
#include "actors/account_passwords.hpp"
#include "actors/account_steps.hpp"
#include "actors/administer.hpp"
#include "actors/guarded.hpp"
#include "core/delete_user.hpp"
#include "telemetry/log.hpp"

namespace greenroom::actors {
namespace {

namespace log = telemetry::log;

constexpr std::chrono::milliseconds flush_after{100};  // how late a held request may be
// Tokens in use are checked twice a minute: often enough, and a write each minute and a half.
constexpr std::chrono::seconds room_login_kept{180};

// ---- tokens that end

/// For one session: the answer names the tokens that ended.
core::result<core::session_ended> ended(accounts_pointer self, core::result<std::vector<core::ended_token>> from) {
  if (!from) return from.why();
  tell_ended(self, *from);
  return core::session_ended{std::move(*from)};
}

// ---- the rights of a token's owner

core::result<core::session_list> list(accounts_pointer self, const core::token_hash& token) {
  auto& st = self->state;
  const auto who = check(self, token);
  if (!who) return who.why();
  auto found = st.deps.store->list_sessions(who->user, st.deps.clock->now().wall);
  if (!found) return found.why();
  for (auto& one : *found) one.current = one.session == who->session;
  return core::session_list{std::move(*found)};
}

core::result<core::session_ended> end_one(accounts_pointer self, const core::end_session& msg) {
  auto& st = self->state;
  const auto who = check(self, msg.token);
  if (!who) return who.why();
  auto out = ended(self, st.deps.store->end_session(who->user, msg.session, st.deps.clock->now().wall));
  note("end_session", who->user, msg.from, out.code(), msg.session.value);
  return out;
}

// A token that isn't good has no user whom a line could name.
core::result<core::session_ended> log_out(accounts_pointer self, const core::log_out& msg) {
  auto& st = self->state;
  const auto who = check(self, msg.token);
  if (!who) return who.why();
  auto out = ended(self, st.deps.store->end_token(msg.token, st.deps.clock->now().wall));
  if (out) note("logout", who->user, msg.from, ec::none, who->session.value);
  return out;
}

// Without `in_use` a session for a room keeps its end; with it, the end moves soon enough.
core::result<core::token_checked> check_for(accounts_pointer self, const core::check_token& msg) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  auto who = st.deps.store->check_token(msg.token, now);
  if (!who || !msg.in_use || !who->for_room || who->expires_at > now + room_login_kept / 2) return who;
  if (const auto kept = st.deps.store->extend_session(msg.token, now, now + room_login_kept); !kept) return kept.why();
  who->expires_at = now + room_login_kept;
  return who;
}

core::result<core::users_found> find(accounts_pointer self, const core::find_users& msg) {
  if (msg.names.size() > core::max_found_users) return ec::bad_request;
  auto found = self->state.deps.store->find_users(msg.names);
  if (!found) return found.why();
  return core::users_found{std::move(*found)};
}

core::result<core::administered> administer_here(accounts_pointer self, const core::administer& msg) {
  auto& st = self->state;
  if (msg.accounts.size() > core::max_accounts_told) return ec::bad_request;
  auto done = administer(*st.deps.store, msg, st.deps.clock->now().wall);
  if (!done) return done.why();
  tell_ended(self, done->ended);
  return std::move(done->answer);
}

// An admin's right is looked at before the act and not again with it: of two admins who suspend each other at two
// nodes, both can have it. The store doesn't let the last one go.
core::result<core::administered> act_as_admin(accounts_pointer self, const core::admin_act& msg) {
  auto& st = self->state;
  const auto who = check(self, msg.token);
  if (!who) return who.why();
  const administrator by{who->user.value, msg.from};
  if (!who->admin) {
    note(msg.what, ec::forbidden, by);
    return ec::forbidden;
  }
  auto done = administer(*st.deps.store, msg.what, st.deps.clock->now().wall, by);
  if (!done) return done.code() == ec::not_found ? core::error{ec::no_user, {}, 0} : done.why();
  tell_ended(self, done->ended);
  return std::move(done->answer);
}

void sweep(accounts_pointer self) {
  auto& st = self->state;
  if (const auto swept = st.deps.store->sweep(st.deps.clock->now().wall); !swept)
    log::warn("sweep_failed", {{"why", core::to_string(swept.code())}});
}

// A message that CAF keeps for later holds its receiver, and with it a detached actor's thread: so the waiting is
// done by another actor. It sends a sweep each minute, and a flush soon after it was asked for one.
caf::behavior metronome(caf::event_based_actor* self, const local_accounts_actor& accounts,
                        std::chrono::milliseconds every) {
  self->monitor(accounts);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->delayed_send(self, every, sweep_tick::value);
  const auto tell = [weak = accounts.address()](auto tick) {
    if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(weak))
      caf::anon_send(caf::actor_cast<local_accounts_actor>(alive), tick);
  };
  return {[=](sweep_tick) {
            tell(sweep_tick::value);
            self->delayed_send(self, every, sweep_tick::value);
          },
          [=](step_tick) { self->delayed_send(self, flush_after, flush_tick::value); },
          [=](flush_tick) { tell(flush_tick::value); }};
}

void watch(accounts_pointer self, node_actor watcher) {
  self->monitor(watcher);
  self->state.watchers.push_back(std::move(watcher));
}

}  // namespace

local_accounts_actor::behavior_type accounts_behavior(accounts_pointer self, accounts_deps deps) {
  self->state.deps = std::move(deps);
  self->set_down_handler([self](const caf::down_msg& down) {
    std::erase_if(self->state.watchers, [&](const node_actor& one) { return one == down.source; });
  });
  self->state.machine.emplace(self->state.deps.limits);
  self->state.metronome =
      self->system().spawn(metronome, local_accounts_actor(self), self->state.deps.sweep_every).address();
  // A handler's exception must not end the accounts for everybody.
  constexpr std::string_view me = "accounts";
  return {
      [=](core::register_user& msg) { return guarded(me, [&] { return begin_register(self, msg); }); },
      [=](core::log_in& msg) { return guarded(me, [&] { return begin_log_in(self, msg); }); },
      [=](const core::find_scram& msg) { return guarded(me, [&] { return begin_scram(self, msg); }); },
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
      [=](const core::maintain_database&) {
        return guarded(me, [&] { return reply(self->state.deps.store->maintain()); });
      },
      [=](const core::admin_act& msg) { return guarded(me, [&] { return reply(act_as_admin(self, msg)); }); },
      [=](watch_ended, node_actor& watcher) { watch(self, std::move(watcher)); },
      [=](count_users) { return guarded(me, [&] { return reply(self->state.deps.store->count_users()); }); },
      [=](const password_hashed& msg) { guarded(me, [&] { hashed(self, msg); }); },
      [=](const password_verified& msg) { guarded(me, [&] { verified(self, msg); }); },
      [=](flush_tick) { guarded(me, [&] { flush_passwords(self); }); },
      [=](sweep_tick) { guarded(me, [&] { sweep(self); }); },
  };
}

}  // namespace greenroom::actors
