#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/ports.hpp"
#include "storage/account_store.hpp"
#include "storage/open.hpp"

namespace greenroom::test {

/// The memory store, behind a cable that can be pulled.
class breakable_accounts final : public storage::account_store {
 public:
  std::atomic<core::ec> broken{core::ec::none};  ///< what every call says; none: the store is asked
  std::atomic<bool> throws{false};               ///< every call throws

  core::result<std::string> database_id() override {
    return pass([&] { return store_->database_id(); });
  }
  core::status create_user(const core::user_id& user, const std::string& hash, core::wall_time now) override {
    return pass([&] { return store_->create_user(user, hash, now); });
  }
  core::status create_users(const std::vector<storage::account>& users, core::wall_time now) override {
    return pass([&] { return store_->create_users(users, now); });
  }
  core::result<storage::account> find_user(const core::user_id& user) override {
    return pass([&] { return store_->find_user(user); });
  }
  core::result<std::vector<storage::account>> list_users(const core::user_id& after, std::uint32_t limit) override {
    return pass([&] { return store_->list_users(after, limit); });
  }
  core::status set_password_hash(const core::user_id& user, const std::string& hash) override {
    return pass([&] { return store_->set_password_hash(user, hash); });
  }
  core::status set_admin(const core::user_id& user, bool admin, core::wall_time now) override {
    return pass([&] { return store_->set_admin(user, admin, now); });
  }
  core::result<bool> is_familiar(const core::user_id& user, const std::string& network) override {
    return pass([&] { return store_->is_familiar(user, network); });
  }
  core::result<std::vector<core::ended_token>> change_password(const storage::password_change& change,
                                                               core::wall_time now) override {
    return pass([&] { return store_->change_password(change, now); });
  }
  core::result<std::vector<core::ended_token>> reset_password(const core::user_id& user, const std::string& hash,
                                                              core::wall_time now) override {
    return pass([&] { return store_->reset_password(user, hash, now); });
  }
  core::result<std::vector<core::user_id>> find_users(const std::vector<core::user_id>& names) override {
    return pass([&] { return store_->find_users(names); });
  }
  core::result<std::vector<core::ended_token>> suspend(const core::sanction& what, core::wall_time now) override {
    return pass([&] { return store_->suspend(what, now); });
  }
  core::status resume(const core::user_id& user) override {
    return pass([&] { return store_->resume(user); });
  }
  core::status extend_session(const core::token_hash& token, core::wall_time now, core::wall_time until) override {
    return pass([&] { return store_->extend_session(token, now, until); });
  }
  core::result<std::vector<core::ended_token>> add_session(const storage::new_session& session) override {
    return pass([&] { return store_->add_session(session); });
  }
  core::status add_sessions(const std::vector<storage::new_session>& sessions) override {
    return pass([&] { return store_->add_sessions(sessions); });
  }
  core::result<core::token_checked> check_token(const core::token_hash& token, core::wall_time now) override {
    return pass([&] { return store_->check_token(token, now); });
  }
  core::result<std::vector<core::session_info>> list_sessions(const core::user_id& user, core::wall_time now) override {
    return pass([&] { return store_->list_sessions(user, now); });
  }
  core::result<std::vector<core::ended_token>> end_token(const core::token_hash& token, core::wall_time now) override {
    return pass([&] { return store_->end_token(token, now); });
  }
  core::result<std::vector<core::ended_token>> end_session(const core::user_id& user, const core::session_id& session,
                                                           core::wall_time now) override {
    return pass([&] { return store_->end_session(user, session, now); });
  }
  core::result<std::vector<core::ended_token>> end_sessions(const core::user_id& user, const core::session_id& kept,
                                                            core::wall_time now) override {
    return pass([&] { return store_->end_sessions(user, kept, now); });
  }
  core::result<std::vector<core::ended_token>> ended_since(std::uint64_t after) override {
    return pass([&] { return store_->ended_since(after); });
  }
  core::result<std::uint64_t> sweep(core::wall_time now) override {
    return pass([&] { return store_->sweep(now); });
  }
  core::result<storage::deletion_step> begin_deletion(const core::begin_deletion& request, core::wall_time now,
                                                      core::wall_time lease_until,
                                                      const std::string& verified_hash) override {
    return pass([&] { return store_->begin_deletion(request, now, lease_until, verified_hash); });
  }
  core::result<core::deletion> deletion_by_token(const core::token_hash& token) override {
    return pass([&] { return store_->deletion_by_token(token); });
  }
  core::result<std::vector<core::deletion>> claim_deletions(const core::claim_deletions& request, core::wall_time now,
                                                            core::wall_time lease_until) override {
    return pass([&] { return store_->claim_deletions(request, now, lease_until); });
  }
  core::result<core::deletion> read_deletion(const core::operation_id& operation) override {
    return pass([&] { return store_->read_deletion(operation); });
  }
  core::result<core::deletion> advance_deletion(const core::advance_deletion& request, core::wall_time now,
                                                core::wall_time lease_until) override {
    return pass([&] { return store_->advance_deletion(request, now, lease_until); });
  }
  core::status bar_name(const core::user_id& name, core::wall_time now) override {
    return pass([&] { return store_->bar_name(name, now); });
  }
  core::result<core::database_maintained> maintain() override {
    return pass([&] { return store_->maintain(); });
  }
  [[nodiscard]] std::shared_ptr<const storage::standing> state() const override { return store_->state(); }
  core::result<std::uint64_t> count_users() override {
    return pass([&] { return store_->count_users(); });
  }

 private:
  template <class Call>
  auto pass(Call call) -> decltype(call()) {
    if (throws) throw std::runtime_error("the store threw");
    if (const core::ec why = broken; why != core::ec::none) return why;
    return call();
  }
  std::unique_ptr<storage::account_store> store_ = std::move(*storage::open_users("memory:", {}));
};

/// Hashes that can be read, made when the test says so.
class slow_hasher final : public core::hasher {
 public:
  core::ec refuses = core::ec::none;  ///< said at once, instead of hashing
  std::vector<std::string> compared;  ///< the stored hashes that were compared

  void hash(std::string password, std::function<void(core::result<std::string>)> then) override {
    if (refuses != core::ec::none) return then(refuses);
    jobs_.push_back([password, then] { then("new(" + password + ")"); });
  }
  void verify(core::password_forms password, std::string stored,
              std::function<void(core::result<verified>)> then) override {
    if (refuses != core::ec::none) return then(refuses);
    compared.push_back(stored);
    jobs_.push_back([password, stored, then] {
      const auto now = "new(" + password.prepared + ")";
      const bool old = stored == "old(" + password.prepared + ")" || stored == "new(" + password.typed + ")";
      then(verified{old || stored == now, old ? now : ""});
    });
  }
  /// A proof of a password is the password.
  void prove(core::scram_proof proof, std::string stored, std::function<void(core::result<verified>)> then) override {
    if (refuses != core::ec::none) return then(refuses);
    compared.push_back(stored);
    jobs_.push_back([proof, stored, then] { then(verified{"new(" + proof.proof + ")" == stored, {}, "signed"}); });
  }
  [[nodiscard]] std::optional<core::scram_found> scram_of(const std::string& stored) const override {
    if (!stored.starts_with("new(")) return std::nullopt;
    return core::scram_found{"c2FsdA==", 4096, {}};
  }
  [[nodiscard]] std::size_t waiting() const noexcept { return jobs_.size(); }
  /// Does the first that waits, if there is one.
  bool work_one() {
    if (jobs_.empty()) return false;
    take()();
    return true;
  }
  /// The first that waits, to be done later.
  std::function<void()> take() {
    auto out = std::move(jobs_.front());
    jobs_.pop_front();
    return out;
  }
  /// Does all that waits.
  void work() {
    for (; !jobs_.empty(); jobs_.pop_front()) jobs_.front()();
  }

 private:
  std::deque<std::function<void()>> jobs_;
};

}  // namespace greenroom::test
