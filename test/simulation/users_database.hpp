#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/accounts.hpp"
#include "test/simulation/checker.hpp"

namespace greenroom::simulation {

/// The users database in the plainest words: each function is one statement (`storage::account_store`). Tokens never
/// run out in it, they only end.
class users_database {
 public:
  explicit users_database(checker& told) : check_(told) {}

  /// A user whose password is their name.
  void add(const core::user_id& user);

  [[nodiscard]] core::result<core::credentials> find_user(const core::user_id& user, const std::string& network) const;
  /// `conflict` where another hash than `what.verified` stands there.
  core::status add_session(const core::session_start& what, const core::token_hash& token);
  /// Ends all other sessions; `conflict` likewise.
  core::result<core::session_ended> replace_password(const core::password_replacement& what);
  [[nodiscard]] core::result<core::token_checked> check_token(const core::token_hash& token) const;
  /// Those of the names that have a user, as first written.
  [[nodiscard]] core::users_found find_users(const std::vector<core::user_id>& names) const;
  core::session_ended end_token(const core::token_hash& token);
  [[nodiscard]] core::session_ended ended_since(std::uint64_t number) const;

 private:
  struct session {
    core::user_id user;
    core::session_id name;
  };
  struct account {
    std::string hash;
    std::map<std::string, bool> networks;  ///< that they logged in from
  };
  void end(const core::token_hash& token, core::session_ended& out);

  checker& check_;
  std::map<core::user_id, account> users_;
  std::map<core::token_hash, session> sessions_;
  std::vector<core::ended_token> ended_;
};

/// What a password is made into.
[[nodiscard]] std::string hash_of(const std::string& password);

}  // namespace greenroom::simulation
