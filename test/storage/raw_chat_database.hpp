#pragma once
#include <sqlite3.h>

#include <string>

#include "test/storage/chat_fixture.hpp"
#include "test/support/postgres_cluster.hpp"

namespace greenroom::test {

/// A chat database that a test writes in with SQL of its own.
class raw_chat_database : public chat_database {
 public:
  /// Runs statements while no store is open.
  void run(const std::string& sql) {
    stores = {};
    if (is("postgresql")) {
      postgres_cluster::shared()->run(chat_url(), "set client_min_messages = error; " + sql);
    } else {
      sqlite3* file = nullptr;
      ASSERT_EQ(sqlite3_open(chat_url().substr(std::string("sqlite:").size()).c_str(), &file), SQLITE_OK);
      EXPECT_EQ(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(file);
      sqlite3_close(file);
    }
    reopen();
  }
};

#define GREENROOM_ON_EACH_SQL_DATABASE(suite)                                  \
  INSTANTIATE_TEST_SUITE_P(On, suite, testing::Values("sqlite", "postgresql"), \
                           [](const auto& run) { return std::string(run.param); })

}  // namespace greenroom::test
