#include "actors/account_deletions.hpp"

#include <utility>

#include "actors/account_notes.hpp"
#include "actors/failpoint.hpp"

namespace greenroom::actors {
namespace {

/// The steps of this database, each with the points around its commit where it can be made to fail.
struct commit_points {
  failpoint_name before;
  failpoint_name after;
};

/// Runs a step between its points: an error from either of them is the answer.
template <class Step>
auto between(const commit_points& points, Step step) -> decltype(step()) {
  if (const auto why = failpoint(points.before); why != ec::none) return why;
  auto out = step();
  if (const auto why = failpoint(points.after); why != ec::none) return why;
  return out;
}

}  // namespace

core::result<core::deletion> begin_now(accounts_pointer self, const core::begin_deletion& request,
                                       const std::string& verified_hash) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  auto begun = between({"accounts.before_begin", "accounts.after_begin"},
                       [&] { return st.deps.store->begin_deletion(request, now, now + st.deps.lease, verified_hash); });
  if (!begun) return begun.why();
  tell_ended(self, begun->ended);
  if (begun->row.lease) note("begin_deletion", begun->row.user, request.from, ec::none, begun->row.operation.value);
  return std::move(begun->row);
}

core::result<core::deletion> begun_before(accounts_pointer self, const core::begin_deletion& request) {
  auto& st = self->state;
  auto known = st.deps.store->deletion_by_token(request.token);
  if (!known) return known.code() == ec::not_found ? core::error{ec::invalid_token, {}, 0} : known.why();
  // A completed row has no name any more, and neither has the user it was about.
  if (known->user != request.user && st.deps.store->find_user(request.user).code() != ec::not_found)
    return ec::invalid_token;
  // The same request again, because its answer got lost: nothing begins twice, and the lease comes with the row.
  if (known->operation == request.operation) return begin_now(self, request, {});
  known->lease = {};
  return known;
}

core::result<core::deletion> advance(accounts_pointer self, const core::advance_deletion& msg) {
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

core::result<core::deletions> claim(accounts_pointer self, const core::claim_deletions& msg) {
  auto& st = self->state;
  const auto now = st.deps.clock->now().wall;
  auto found = st.deps.store->claim_deletions(msg, now, now + st.deps.lease);
  if (!found) return found.why();
  return core::deletions{std::move(*found)};
}

}  // namespace greenroom::actors
