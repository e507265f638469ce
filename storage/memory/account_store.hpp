#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "storage/account_store.hpp"
#include "storage/random.hpp"

namespace greenroom::storage::memory {

/// The accounts' contract in its plain form. Nothing survives the process.
class account_store final : public storage::account_store {
 public:
  core::result<std::string> database_id() override { return id_; }
  core::status create_user(const core::user_id& user, const std::string& password_hash, core::wall_time now) override;
  core::status create_users(const std::vector<account>& users, core::wall_time now) override;
  core::result<account> find_user(const core::user_id& user) override;
  core::result<std::vector<account>> list_users(const core::user_id& after, std::uint32_t limit) override;
  core::status set_password_hash(const core::user_id& user, const std::string& password_hash) override;
  core::status set_admin(const core::user_id& user, bool admin, core::wall_time now) override;
  core::result<bool> is_familiar(const core::user_id& user, const std::string& network) override;
  core::result<std::vector<core::ended_token>> change_password(const password_change& change,
                                                               core::wall_time now) override;
  core::result<std::vector<core::ended_token>> reset_password(const core::user_id& user,
                                                              const std::string& password_hash,
                                                              core::wall_time now) override;
  core::result<std::vector<core::user_id>> find_users(const std::vector<core::user_id>& names) override;
  core::result<std::vector<core::ended_token>> suspend(const core::sanction& what, core::wall_time now) override;
  core::status resume(const core::user_id& user) override;
  core::status extend_session(const core::token_hash& token, core::wall_time now, core::wall_time until) override;
  core::result<std::vector<core::ended_token>> add_session(const new_session& session) override;
  core::status add_sessions(const std::vector<new_session>& sessions) override;
  core::result<core::token_checked> check_token(const core::token_hash& token, core::wall_time now) override;
  core::result<std::vector<core::session_info>> list_sessions(const core::user_id& user, core::wall_time now) override;
  core::result<std::vector<core::ended_token>> end_token(const core::token_hash& token, core::wall_time now) override;
  core::result<std::vector<core::ended_token>> end_session(const core::user_id& user, const core::session_id& session,
                                                           core::wall_time now) override;
  core::result<std::vector<core::ended_token>> end_sessions(const core::user_id& user, const core::session_id& kept,
                                                            core::wall_time now) override;
  core::result<std::vector<core::ended_token>> ended_since(std::uint64_t after) override;
  core::result<std::uint64_t> sweep(core::wall_time now) override;
  core::result<deletion_step> begin_deletion(const core::begin_deletion& request, core::wall_time now,
                                             core::wall_time lease_until, const std::string& verified_hash) override;
  core::result<core::deletion> deletion_by_token(const core::token_hash& token) override;
  core::result<std::vector<core::deletion>> claim_deletions(const core::claim_deletions& request, core::wall_time now,
                                                            core::wall_time lease_until) override;
  core::result<core::deletion> read_deletion(const core::operation_id& operation) override;
  core::result<core::deletion> advance_deletion(const core::advance_deletion& request, core::wall_time now,
                                                core::wall_time lease_until) override;
  core::status bar_name(const core::user_id& name, core::wall_time now) override;
  core::result<core::database_maintained> maintain() override { return core::database_maintained{}; }
  [[nodiscard]] std::shared_ptr<const standing> state() const override { return state_; }
  core::result<std::uint64_t> count_users() override;

 private:
  struct ended_row {
    core::ended_token ended;
    core::wall_time at;
    core::operation_id operation;  ///< the deletion that ended it; empty: none
  };
  struct deletion_row {
    core::deletion known;
    std::string account;  ///< hash of the user's name
    core::node_name holder;
    core::wall_time lease_until;
  };

  account* find(const core::user_id& user);
  [[nodiscard]] bool is_last_admin(const account& user, core::wall_time now) const;
  void remember_network(const core::user_id& user, const std::string& network, core::wall_time now);
  deletion_row* newest_deletion(const std::string& account);
  deletion_step again(const deletion_row& row, const core::begin_deletion& request) const;
  std::vector<core::ended_token> end_all(const core::user_id& user, core::wall_time now,
                                         const core::operation_id& operation);
  void erase(const core::user_id& user);
  template <class Predicate>
  std::vector<core::ended_token> end_where(Predicate ends, core::wall_time now,
                                           const core::operation_id& operation = {}) {
    std::vector<core::ended_token> ended;
    std::erase_if(sessions_, [&](const auto& row) {
      if (!ends(row.second)) return false;
      ended.push_back({++last_ended_, row.first});
      ended_.push_back({ended.back(), now, operation});
      return true;
    });
    return ended;
  }

  const std::string id_ = random_id();
  const std::shared_ptr<const standing> state_ = std::make_shared<standing>();  // nothing can go wrong here
  std::map<core::user_id, account> users_;
  std::map<core::user_id, std::map<std::string, core::wall_time>> networks_;  ///< familiar ones, and when last seen
  std::unordered_set<std::string> taken_;                                     ///< hashes of deleted users' names
  std::map<core::operation_id, deletion_row> deletions_;
  std::unordered_map<core::token_hash, new_session> sessions_;
  std::deque<ended_row> ended_;  ///< ascending
  std::uint64_t last_ended_ = 0;
};

}  // namespace greenroom::storage::memory
