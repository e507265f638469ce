#include "test/simulation/users_database.hpp"

namespace greenroom::simulation {
namespace {

// No test takes so long.
constexpr core::wall_time never{core::seconds{1'000'000'000}};

}  // namespace

std::string hash_of(const std::string& password) { return "hash of " + password; }

void users_database::add(const core::user_id& user) {
  users_[user].hash = hash_of(user.value);
  check_.user_made(user);
}

core::result<core::credentials> users_database::find_user(const core::user_id& user, const std::string& network) const {
  const auto known = users_.find(user);
  if (known == users_.end()) return core::ec::not_found;
  return core::credentials{user, known->second.hash, true, known->second.networks.contains(network)};
}

core::status users_database::add_session(const core::session_start& what, const core::token_hash& token) {
  auto& of = users_.at(what.user);
  if (of.hash != what.verified) return core::ec::conflict;
  of.networks[what.network] = true;
  sessions_[token] = {what.user, {"session of " + token.value}};
  return core::done{};
}

core::result<core::session_ended> users_database::replace_password(const core::password_replacement& what) {
  auto& of = users_.at(what.user);
  if (of.hash != what.verified) return core::ec::conflict;
  of.hash = what.password_hash;
  std::vector<core::token_hash> others;
  for (const auto& [token, one] : sessions_)
    if (one.user == what.user && token != what.token) others.push_back(token);
  core::session_ended out;
  for (const auto& one : others) end(one, out);
  return out;
}

core::result<core::token_checked> users_database::check_token(const core::token_hash& token) const {
  const auto known = sessions_.find(token);
  if (known == sessions_.end()) return core::ec::invalid_token;
  return core::token_checked{known->second.user, known->second.name, never};
}

core::users_found users_database::find_users(const std::vector<core::user_id>& names) const {
  core::users_found out;
  for (const auto& one : names)
    if (const auto known = users_.find(one); known != users_.end()) out.users.push_back(known->first);
  return out;
}

void users_database::end(const core::token_hash& token, core::session_ended& out) {
  if (sessions_.erase(token) == 0) return;
  ended_.push_back({ended_.size() + 1, token});
  out.tokens.push_back(ended_.back());
  check_.token_ended(token);
}

core::session_ended users_database::end_token(const core::token_hash& token) {
  core::session_ended out;
  end(token, out);
  return out;
}

core::session_ended users_database::ended_since(std::uint64_t number) const {
  core::session_ended out;
  for (auto i = number; i < ended_.size() && out.tokens.size() < core::max_ended_told; ++i)
    out.tokens.push_back(ended_[i]);
  return out;
}

}  // namespace greenroom::simulation
