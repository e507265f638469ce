#include "storage/memory/account_store.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "storage/name_hash.hpp"

namespace greenroom::storage::memory {

namespace {

void forget_networks(auto& networks, core::wall_time now) {
  for (auto& [user, seen] : networks)
    std::erase_if(seen, [&](const auto& one) { return one.second < now - network_kept; });
}

}  // namespace

account* account_store::find(const core::user_id& user) {
  const auto found = users_.find(user);
  return found == users_.end() ? nullptr : &found->second;
}

core::status account_store::create_user(const core::user_id& user, const std::string& password_hash,
                                        core::wall_time now) {
  return create_users({account{user, password_hash}}, now);
}

core::status account_store::create_users(const std::vector<account>& users, core::wall_time) {
  for (auto made = users.begin(); made != users.end(); ++made) {
    if (!taken_.contains(name_hash(made->user)) && users_.emplace(made->user, *made).second) continue;
    for (auto undone = users.begin(); undone != made; ++undone) users_.erase(undone->user);
    return core::error{core::ec::taken, made->user.value, 0};
  }
  return core::done{};
}

core::result<account> account_store::find_user(const core::user_id& user) {
  const account* const found = find(user);
  if (found == nullptr) return core::ec::not_found;
  return *found;
}

core::result<std::vector<account>> account_store::list_users(const core::user_id& after, std::uint32_t limit) {
  std::vector<account> list;
  for (auto at = users_.upper_bound(after); at != users_.end() && list.size() < limit; ++at) list.push_back(at->second);
  return list;
}

core::status account_store::set_password_hash(const core::user_id& user, const std::string& password_hash) {
  account* const found = find(user);
  if (found == nullptr) return core::ec::not_found;
  found->password_hash = password_hash;
  return core::done{};
}

bool account_store::is_last_admin(const account& user, core::wall_time now) const {
  return user.is_able_admin(now) && std::count_if(users_.begin(), users_.end(),
                                                  [&](const auto& one) { return one.second.is_able_admin(now); }) == 1;
}

core::status account_store::set_admin(const core::user_id& user, bool admin, core::wall_time now) {
  account* const found = find(user);
  if (found == nullptr) return core::ec::not_found;
  if (!admin && is_last_admin(*found, now)) return last_admin();
  found->admin = admin;
  return core::done{};
}

core::result<std::vector<core::user_id>> account_store::find_users(const std::vector<core::user_id>& names) {
  std::vector<core::user_id> list;
  for (const auto& name : names)
    if (const account* const found = find(name); found != nullptr) list.push_back(found->user);
  return list;
}

core::result<std::vector<core::ended_token>> account_store::suspend(const core::sanction& what, core::wall_time now) {
  account* const found = find(what.user);
  if (found == nullptr) return core::ec::not_found;
  if (is_last_admin(*found, now)) return last_admin();
  found->suspended = core::sanction{found->user, {}, what.why, what.until};
  return end_all(found->user, now, {});
}

core::status account_store::resume(const core::user_id& user) {
  account* const found = find(user);
  if (found == nullptr) return core::ec::not_found;
  found->suspended.reset();
  return core::done{};
}

core::result<std::vector<core::ended_token>> account_store::add_session(const new_session& session) {
  account* const owner = find(session.user);
  const bool known = owner != nullptr && owner->active &&
                     (session.verified_hash.empty() || owner->password_hash == session.verified_hash);
  if (known && owner->is_suspended(session.created_at))
    return core::error{core::ec::suspended, {}, 0, std::make_shared<const core::sanction>(*owner->suspended)};
  if (const auto added = add_sessions({session}); !added) return added.why();
  if (!session.better_hash.empty()) owner->password_hash = session.better_hash;
  remember_network(session.user, session.network, session.created_at);
  std::vector<const new_session*> live;
  for (const auto& [token, of] : sessions_)
    if (of.user == session.user && of.token != session.token && of.expires_at > session.created_at) live.push_back(&of);
  std::sort(live.begin(), live.end(), [](const auto* a, const auto* b) {
    return a->created_at != b->created_at ? a->created_at > b->created_at : a->session < b->session;
  });
  std::unordered_set<std::string> oldest;
  for (std::size_t i = session.most - 1; i < live.size(); ++i) oldest.insert(live[i]->session.value);
  return end_where([&](const new_session& of) { return oldest.contains(of.session.value); }, session.created_at);
}

core::status account_store::extend_session(const core::token_hash& token, core::wall_time now, core::wall_time until) {
  const auto found = sessions_.find(token);
  if (found != sessions_.end() && found->second.for_room && found->second.expires_at > now)
    found->second.expires_at = std::max(found->second.expires_at, until);
  return core::done{};
}

core::status account_store::add_sessions(const std::vector<new_session>& sessions) {
  for (const auto& added : sessions) {
    const account* const owner = find(added.user);
    if (owner == nullptr || !owner->active) return core::ec::bad_credentials;
    if (!added.verified_hash.empty() && owner->password_hash != added.verified_hash) return core::ec::conflict;
  }
  for (const auto& added : sessions) sessions_.insert_or_assign(added.token, added);
  return core::done{};
}

core::result<core::token_checked> account_store::check_token(const core::token_hash& token, core::wall_time now) {
  const auto found = sessions_.find(token);
  if (found == sessions_.end() || found->second.expires_at <= now) return core::ec::invalid_token;
  const account* const owner = find(found->second.user);
  if (owner == nullptr || !owner->active || owner->is_suspended(now)) return core::ec::invalid_token;
  return core::token_checked{owner->user, found->second.session, found->second.expires_at, owner->admin,
                             found->second.for_room};
}

core::result<std::vector<core::session_info>> account_store::list_sessions(const core::user_id& user,
                                                                           core::wall_time now) {
  std::vector<core::session_info> list;
  for (const auto& [token, of] : sessions_)
    if (of.user == user && of.expires_at > now)
      list.push_back({of.session, of.client, of.created_at, of.expires_at, false});
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.session < b.session;
  });
  return list;
}

core::result<std::vector<core::ended_token>> account_store::end_token(const core::token_hash& token,
                                                                      core::wall_time now) {
  const auto found = sessions_.find(token);
  if (found == sessions_.end() || found->second.expires_at <= now) return core::ec::invalid_token;
  return end_where([&](const new_session& of) { return of.token == token; }, now);
}

core::result<std::vector<core::ended_token>> account_store::end_session(const core::user_id& user,
                                                                        const core::session_id& session,
                                                                        core::wall_time now) {
  auto ended = end_where([&](const new_session& of) { return of.user == user && of.session == session; }, now);
  if (ended.empty()) return core::ec::not_found;
  return ended;
}

core::result<std::vector<core::ended_token>> account_store::end_sessions(const core::user_id& user,
                                                                         const core::session_id& kept,
                                                                         core::wall_time now) {
  return end_where([&](const new_session& of) { return of.user == user && of.session != kept; }, now);
}

core::result<std::vector<core::ended_token>> account_store::ended_since(std::uint64_t after) {
  std::vector<core::ended_token> list;
  auto at = std::upper_bound(ended_.begin(), ended_.end(), after,
                             [](std::uint64_t number, const ended_row& row) { return number < row.ended.number; });
  for (; at != ended_.end() && list.size() < 1000; ++at) list.push_back(at->ended);
  return list;
}

core::result<std::uint64_t> account_store::sweep(core::wall_time now) {
  const auto sessions = std::erase_if(sessions_, [&](const auto& row) { return row.second.expires_at <= now; });
  const auto ended = std::erase_if(ended_, [&](const auto& row) { return row.at < now - std::chrono::hours(24); });
  forget_networks(networks_, now);
  return std::uint64_t{sessions + ended};
}

core::status account_store::bar_name(const core::user_id& name, core::wall_time) {
  if (find(name) != nullptr) return core::ec::taken;
  taken_.insert(name_hash(name));
  return core::done{};
}

core::result<std::uint64_t> account_store::count_users() { return std::uint64_t{users_.size()}; }

}  // namespace greenroom::storage::memory
