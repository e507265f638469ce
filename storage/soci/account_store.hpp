#pragma once
#include <memory>

#include "storage/account_store.hpp"
#include "storage/soci/database.hpp"
#include "storage/soci/maintain.hpp"

namespace greenroom::storage::soci {

/// The accounts' store in SQL.
class account_store final : public storage::account_store {
 public:
  explicit account_store(std::unique_ptr<database> connection) : database_(std::move(connection)) {}

  core::result<std::string> database_id() override;
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
  core::result<core::database_maintained> maintain() override {
    return soci::maintain(*database_, "users, deletions, sessions, familiar_networks, pg_statistic");
  }
  [[nodiscard]] std::shared_ptr<const standing> state() const override { return database_->care().state; }
  core::result<std::uint64_t> count_users() override;

 private:
  // All of these run inside a transaction or read.

  // Two of the admins who can act, locked; fewer where there are no more.
  std::vector<long long> lock_two_admins(core::wall_time now);
  // The user's key, locked; `conflict` if this is the last admin who can act.
  core::result<long long> lock_but_last_admin(const core::user_id& user, core::wall_time now);
  // Numbers and records the tokens of sessions that have just been deleted.
  std::vector<core::ended_token> record_ended(const std::vector<std::string>& tokens, core::wall_time now,
                                              const core::operation_id& operation = {});
  std::vector<core::ended_token> end_all(long long owner, core::wall_time now, const core::operation_id& operation);
  core::status insert_session(const new_session& added);
  // Where the hash still is `from`.
  void replace_hash(const core::user_id& user, const std::string& from, const std::string& to);
  void remember_network(const core::user_id& user, const std::string& network, core::wall_time now);
  // Leaves a hash of the name, and nothing else.
  void erase(long long owner, const core::user_id& user);
  deletion_step again(core::deletion row, const core::begin_deletion& request);
  core::result<deletion_step> begun_before(long long owner, const core::begin_deletion& request);
  void make_step(long long owner, core::deletion& row, const core::advance_deletion& request, core::wall_time now);

  std::unique_ptr<database> database_;
};

}  // namespace greenroom::storage::soci
