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

  /// Rooms `room1` to `roomN` of ann's, who is their only member and has said everything in them, by one statement a
  /// table: a million messages would take a store minutes. `body` is SQL for the text of message `i`.
  void fill_rooms(int rooms, int messages_each, const std::string& body) {
    const auto counted = [](const char* name, int last) {
      return std::string(name) + "(i) as (select 1 union all select i + 1 from " + name + " where i < " +
             std::to_string(last) + ")";
    };
    const auto each = std::to_string(messages_each);
    run("insert into authors (name, folded) values ('Ann', 'ann'); with recursive " + counted("n", rooms) +
        " insert into rooms (name, folded, owner, owner_folded, private, generation, epoch, head, node, view, "
        "created_at, texts, said) select 'room' || i, 'room' || i, 'ann', 'ann', 0, i, 0, " +
        each + ", '', 0, 1, " + each + ", " + each + " from n; with recursive " + counted("n", messages_each) +
        " insert into messages (room, seq, author, body, at) select rooms.id, i, authors.id, " + body +
        ", i from rooms cross join n cross join authors where rooms.folded like 'room%' and authors.folded = 'ann'; "
        "insert into members (room, name, folded, added_at) select id, 'Ann', 'ann', 1 from rooms "
        "where folded like 'room%'");
  }
};

#define GREENROOM_ON_EACH_SQL_DATABASE(suite)                                  \
  INSTANTIATE_TEST_SUITE_P(On, suite, testing::Values("sqlite", "postgresql"), \
                           [](const auto& run) { return std::string(run.param); })

}  // namespace greenroom::test
