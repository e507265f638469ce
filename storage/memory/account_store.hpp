#pragma once
#include <deque>
#include <map>
#include <string>
#include <unordered_map>

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
  core::status set_admin(const core::user_id& user, bool admin) override;
  core::result<std::vector<core::ended_token>> delete_user(const core::user_id& user) override;
  core::status add_session(const new_session& session) override;
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
  core::result<std::uint64_t> count_users() override;

 private:
  struct user_row {
    account known;
    bool deleted = false;  ///< nothing is left but the name
  };
  struct ended_row {
    core::ended_token ended;
    core::wall_time at;
  };

  account* find(const core::user_id& user);
  template <class Predicate>
  std::vector<core::ended_token> end_where(Predicate ends, core::wall_time now);

  const std::string id_ = random_id();
  std::map<core::user_id, user_row> users_;
  std::unordered_map<core::token_hash, new_session> sessions_;
  std::deque<ended_row> ended_;  ///< ascending
  std::uint64_t last_ended_ = 0;
};

}  // namespace greenroom::storage::memory
