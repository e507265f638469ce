#include <algorithm>

#include "storage/memory/account_store.hpp"

namespace greenroom::storage::memory {

core::result<bool> account_store::is_familiar(const core::user_id& user, const std::string& network) {
  const auto seen = networks_.find(user);
  return seen != networks_.end() && seen->second.contains(network);
}

void account_store::remember_network(const core::user_id& user, const std::string& network, core::wall_time now) {
  if (network.empty()) return;
  auto& seen = networks_[user];
  seen[network] = now;
  // Of those seen first, the last by name, as the statement has it.
  const auto earlier = [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second < b.second : a.first > b.first;
  };
  if (seen.size() > networks_known) seen.erase(std::min_element(seen.begin(), seen.end(), earlier));
}

core::result<std::vector<core::ended_token>> account_store::change_password(const password_change& change,
                                                                            core::wall_time now) {
  const auto who = check_token(change.token, now);
  if (!who) return who.why();
  account* const found = find(who->user);
  if (found->password_hash != change.verified_hash) return core::ec::conflict;
  found->password_hash = change.password_hash;
  networks_.erase(who->user);
  remember_network(who->user, change.network, now);
  return end_sessions(who->user, who->session, now);
}

core::result<std::vector<core::ended_token>> account_store::reset_password(const core::user_id& user,
                                                                           const std::string& password_hash,
                                                                           core::wall_time now) {
  account* const found = find(user);
  if (found == nullptr) return core::ec::not_found;
  found->password_hash = password_hash;
  networks_.erase(user);
  return end_all(user, now, {});
}

}  // namespace greenroom::storage::memory
