#include <algorithm>
#include <utility>

#include "core/delete_user.hpp"
#include "storage/deletion_states.hpp"
#include "storage/memory/account_store.hpp"
#include "storage/name_hash.hpp"

namespace greenroom::storage::memory {

using core::deletion_state;

void account_store::erase(const core::user_id& user) {
  taken_.insert(name_hash(user));
  networks_.erase(user);
  users_.erase(user);
}

std::vector<core::ended_token> account_store::end_all(const core::user_id& user, core::wall_time now,
                                                      const core::operation_id& operation) {
  return end_where([&](const new_session& of) { return of.user == user; }, now, operation);
}

account_store::deletion_row* account_store::newest_deletion(const std::string& account) {
  deletion_row* newest = nullptr;
  const auto later = [](const deletion_row& a, const deletion_row& b) {
    return std::pair{!core::has_ended(a.known.state), a.known.begun} >
           std::pair{!core::has_ended(b.known.state), b.known.begun};
  };
  for (auto& [operation, row] : deletions_)
    if (row.account == account && (newest == nullptr || later(row, *newest))) newest = &row;
  return newest;
}

deletion_step account_store::again(const deletion_row& row, const core::begin_deletion& request) const {
  deletion_step answer{row.known, {}};
  if (row.known.operation != request.operation || row.holder != request.holder) {
    answer.row.lease = {};
    return answer;
  }
  for (const auto& each : ended_)
    if (each.operation == request.operation) answer.ended.push_back(each.ended);
  return answer;
}

core::result<deletion_step> account_store::begin_deletion(const core::begin_deletion& request, core::wall_time now,
                                                          core::wall_time lease_until,
                                                          const std::string& verified_hash) {
  if (const auto known = deletions_.find(request.operation); known != deletions_.end())
    return again(known->second, request);
  account* const user = find(request.user);
  if (user == nullptr || !user->active) {
    const deletion_row* const before = newest_deletion(name_hash(request.user));
    if (before == nullptr) return core::ec::not_found;
    return again(*before, request);
  }
  if (!verified_hash.empty() && user->password_hash != verified_hash) return core::ec::bad_credentials;
  if (is_last_admin(*user, now)) return last_admin();
  user->active = false;
  auto ended = end_all(request.user, now, request.operation);
  deletion_row row;
  row.known = {request.operation, user->user, deletion_state::hiding, {1}, now, {}, {}};
  row.known.receipt.sessions = ended.size();
  row.known.choices = request.choices;
  row.account = name_hash(request.user);
  row.holder = request.holder;
  row.lease_until = lease_until;
  return deletion_step{deletions_.emplace(request.operation, row).first->second.known, std::move(ended)};
}

core::result<core::deletion> account_store::deletion_by_token(const core::token_hash& token) {
  const auto ended = std::find_if(ended_.begin(), ended_.end(), [&](const ended_row& row) {
    return row.ended.token == token && !row.operation.value.empty();
  });
  if (ended == ended_.end()) return core::ec::not_found;
  return read_deletion(ended->operation);
}

core::result<std::vector<core::deletion>> account_store::claim_deletions(const core::claim_deletions& request,
                                                                         core::wall_time now,
                                                                         core::wall_time lease_until) {
  std::vector<core::deletion> claimed;
  for (auto& [operation, row] : deletions_) {
    if (claimed.size() == request.limit) break;
    if (core::has_ended(row.known.state) || row.lease_until > now) continue;
    ++row.known.lease;
    row.holder = request.holder;
    row.lease_until = lease_until;
    claimed.push_back(row.known);
  }
  return claimed;
}

core::result<core::deletion> account_store::read_deletion(const core::operation_id& operation) {
  const auto found = deletions_.find(operation);
  if (found == deletions_.end()) return core::ec::not_found;
  return found->second.known;
}

core::result<core::deletion> account_store::advance_deletion(const core::advance_deletion& request, core::wall_time now,
                                                             core::wall_time lease_until) {
  const auto found = deletions_.find(request.operation);
  if (found == deletions_.end()) return core::ec::not_found;
  core::deletion& known = found->second.known;
  if (request.lease != known.lease) return core::ec::fenced;
  const step what = step_between(known.state, request.to);
  if (what == step::refused) return core::ec::conflict;
  found->second.lease_until = lease_until;
  if (what == step::made) return known;

  known.state = request.to;
  if (core::has_ended(request.to)) known.ended = now;
  if (request.to == deletion_state::purging) {
    end_all(known.user, now, request.operation);
    erase(known.user);
  } else if (request.to == deletion_state::completed) {
    known.user = {"deleted"};
    const auto sessions = std::exchange(known.receipt, request.receipt).sessions;
    known.receipt.sessions = sessions;
  } else if (request.to == deletion_state::undone) {
    if (account* const user = find(known.user)) user->active = true;
  }
  return known;
}

}  // namespace greenroom::storage::memory
