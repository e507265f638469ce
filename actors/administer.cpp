#include "actors/administer.hpp"

#include <string>
#include <utility>

#include "core/delete_user.hpp"
#include "core/names.hpp"
#include "core/sanctions.hpp"

namespace greenroom::actors {
namespace {

using core::account_act;
using outcome = core::result<administered_now>;

outcome finished(const core::status& from) {
  if (!from) return from.why();
  return administered_now{};
}

outcome finished(core::result<std::vector<core::ended_token>> ended) {
  if (!ended) return ended.why();
  administered_now out;
  out.answer.ended = ended->size();
  out.ended = std::move(*ended);
  return out;
}

outcome create(storage::account_store& store, const core::administer& request, core::wall_time now) {
  std::vector<storage::account> users;
  std::vector<storage::new_session> sessions;
  for (const auto& made : request.accounts) {
    if (const auto good = core::check_user_name(made.user.value); !good) return good.why();
    users.push_back({made.user, made.password_hash, true, made.admin});
    if (!made.token.value.empty())
      sessions.push_back({made.token, made.session, made.user, "admin", now, made.expires_at});
  }
  if (const auto created = store.create_users(users, now); !created) return created.why();
  return finished(sessions.empty() ? core::status{core::done{}} : store.add_sessions(sessions));
}

outcome list(storage::account_store& store, const core::user_id& after, core::wall_time now) {
  const auto users = store.list_users(after, core::max_accounts_told);
  if (!users) return users.why();
  administered_now out;
  out.answer.more = users->size() == core::max_accounts_told;
  for (const auto& user : *users) {
    auto& told = out.answer.accounts.emplace_back(core::account_record{user.user, {}, user.admin, !user.active});
    told.suspended = user.is_suspended(now);
    if (!told.suspended) continue;
    told.suspended_why = user.suspended->why.view();
    told.suspended_until = user.suspended->until;
  }
  return out;
}

outcome suspend(storage::account_store& store, const core::administer& request, core::wall_time now) {
  if (!core::may_end(request.until, now)) return core::error{core::ec::bad_request, std::string(core::end_rule), 0};
  return finished(store.suspend({request.user, {}, request.text, request.until}, now));
}

outcome list_sessions(storage::account_store& store, const core::user_id& user, core::wall_time now) {
  if (const auto known = store.find_user(user); !known) return known.why();
  auto sessions = store.list_sessions(user, now);
  if (!sessions) return sessions.why();
  administered_now out;
  out.answer.sessions = std::move(*sessions);
  return out;
}

outcome end_sessions(storage::account_store& store, const core::administer& request, core::wall_time now) {
  if (!request.session.value.empty()) return finished(store.end_session(request.user, request.session, now));
  if (const auto known = store.find_user(request.user); !known) return known.why();
  return finished(store.end_sessions(request.user, {}, now));
}

// Rooms and messages are in another database: this only begins, and a gateway continues, for the lease ends at once.
outcome remove(storage::account_store& store, const core::administer& request, core::wall_time now) {
  core::begin_deletion begun;
  begun.operation = {request.operation};
  begun.user = request.user;
  begun.holder = {"admin"};
  begun.choices = request.choices;
  auto step = store.begin_deletion(begun, now, now);
  if (!step) return step.why();
  administered_now out;
  out.answer.ended = step->ended.size();
  out.answer.operation = step->row.operation.value;
  out.answer.state = core::to_string(step->row.state);
  out.ended = std::move(step->ended);
  return out;
}

outcome carry_out(storage::account_store& store, const core::administer& request, core::wall_time now) {
  switch (request.act) {
    case account_act::create:
      return create(store, request, now);
    case account_act::list:
      return list(store, request.user, now);
    case account_act::grant:
      return finished(store.set_admin(request.user, true, now));
    case account_act::revoke:
      return finished(store.set_admin(request.user, false, now));
    case account_act::set_password:
      return finished(store.reset_password(request.user, request.text, now));
    case account_act::suspend:
      return suspend(store, request, now);
    case account_act::resume:
      return finished(store.resume(request.user));
    case account_act::sessions:
      return list_sessions(store, request.user, now);
    case account_act::end_sessions:
      return end_sessions(store, request, now);
    case account_act::remove:
      return remove(store, request, now);
  }
  return core::ec::bad_request;
}

}  // namespace

core::result<administered_now> administer(storage::account_store& store, const core::administer& request,
                                          core::wall_time now, const administrator& by) {
  auto done = carry_out(store, request, now);
  note(request, done.code(), by);
  return done;
}

}  // namespace greenroom::actors
