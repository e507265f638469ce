#pragma once
#include <memory>
#include <string>
#include <vector>

#include "storage/account_store.hpp"
#include "test/storage/databases.hpp"

namespace greenroom::test {

/// A test over a users database.
class users_database : public databases {
 public:
  void SetUp() override {
    databases::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    reopen();
  }

  /// Closes the store and opens it again, as a new process would.
  void reopen() {
    store.reset();
    auto opened = storage::open_users(users_url(), {});
    ASSERT_TRUE(opened) << opened.why().text();
    store = *std::move(opened);
  }

  void create(const std::string& name) { ASSERT_TRUE(store->create_user({name}, "hash of " + name, at(1))); }
  void login(const std::string& user, const std::string& token, long long created = 10, long long expires = 1000) {
    ASSERT_TRUE(store->add_session(session(user, token, created, expires)));
  }
  static storage::new_session session(const std::string& user, const std::string& token, long long created = 10,
                                      long long expires = 1000) {
    return {hash(token), {"session " + token}, {user}, "127.0.0.1 test", at(created), at(expires)};
  }
  // 32 bytes of any value, as hashes are.
  static core::token_hash hash(const std::string& token) {
    std::string bytes = token;
    while (bytes.size() < 32) bytes += static_cast<char>(bytes.size() * 37 % 256);
    return {bytes};
  }

  /// Begins to delete the user as `holder`, until 1000.
  core::result<storage::deletion_step> begin(const std::string& user, const std::string& operation = "op",
                                             const std::string& holder = "gate", long long now = 100,
                                             core::deletion_choices choices = {}) {
    return store->begin_deletion({{operation}, {user}, {}, {}, {holder}, {}, choices}, at(now), at(1000));
  }
  core::result<core::deletion> advance(core::deletion_state to, std::uint64_t lease = 1,
                                       const core::deletion_receipt& receipt = {}, const std::string& operation = "op",
                                       long long now = 200) {
    return store->advance_deletion({{operation}, {lease}, to, receipt}, at(now), at(now + 1000));
  }

  std::vector<std::string> listed(const std::string& after, std::uint32_t limit) {
    std::vector<std::string> names;
    const auto list = store->list_users({after}, limit);
    EXPECT_TRUE(list);
    for (const auto& each : *list) names.push_back(each.user.value);
    return names;
  }

  std::unique_ptr<storage::account_store> store;
};

}  // namespace greenroom::test
