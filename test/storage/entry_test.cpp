#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>
#include <vector>

#include "test/storage/chat_fixture.hpp"
#include "test/support/postgres_cluster.hpp"

namespace greenroom::test {
namespace {

using core::room_entry;

/// Entries that are more than a text, which nothing writes yet: this does, with SQL of its own.
class StoredEntries : public chat_database {
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
  /// Four entries in the hall: the third bans bob for the first.
  void write_ban() {
    create("hall", "ann");
    append({to(open("hall"), {entry(1, "bob", "rude"), entry(2, "ann", "well", "id")})});
    run("insert into messages (room, seq, author, body, at, kind, target, subject, extra) "
        "select rooms.id, 3, ann.id, 'so be it', 3, 20, 1, bob.id, '{\"until\":9}' from rooms, authors ann, authors "
        "bob "
        "where rooms.folded = 'hall' and ann.folded = 'ann' and bob.folded = 'bob'; "
        "update rooms set head = 3 where folded = 'hall'");
    append({to(open("hall"), {entry(4, "ann", "done")})});
  }
  std::vector<room_entry> page(core::seq_no before, core::seq_no after) {
    const auto read = stores.rooms->read_history({{"hall"}, {"ann"}, before, after, 10, false});
    EXPECT_TRUE(read) << read.why().text();
    return read ? read->entries : std::vector<room_entry>{};
  }
  static void expect_ban(const std::vector<room_entry>& entries, const std::string& whom = "bob") {
    ASSERT_EQ(entries.size(), 3u);
    EXPECT_TRUE(is_plain(entries[0]) && is_plain(entries[2]));
    EXPECT_EQ(entries[0].client_id, "id");
    const auto& ban = entries[1];
    EXPECT_EQ(ban.seq, core::seq_no{3});
    EXPECT_EQ(ban.author.value, "ann");
    EXPECT_EQ(ban.text, "so be it");
    EXPECT_EQ(ban.client_id, "");
    EXPECT_EQ(ban.at, at(3));
    EXPECT_EQ(ban.kind, core::entry_kind::ban);
    EXPECT_EQ(ban.target, core::seq_no{1});
    EXPECT_EQ(ban.subject.value, whom);
    EXPECT_EQ(ban.extra, R"({"until":9})");
  }
};
INSTANTIATE_TEST_SUITE_P(On, StoredEntries, testing::Values("sqlite", "postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(StoredEntries, AreReadWithAllTheirFields) {
  write_ban();
  const auto opened = open("hall", 1, 3);
  expect_ban(opened.tail);
  const auto replay = stores.journal->read(opened.key, {1}, 10);
  ASSERT_TRUE(replay);
  expect_ban(*replay);
  expect_ban(page({}, {1}));
  auto newest = page({}, {});
  ASSERT_EQ(newest.size(), 4u);
  newest.erase(newest.begin());
  expect_ban(newest);
}

TEST_P(StoredEntries, AreAboutDeletedWhereTheirSubjectIs) {
  write_ban();
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"bob"}}, at(5)));
  ASSERT_FALSE(stores.rooms->purge_rooms({{"op"}, {1}, {"bob"}}, 100, at(6))->more);
  expect_ban(page({}, {1}), "deleted");
}

TEST_P(StoredEntries, AreTextsInADatabaseOfTheVersionBefore) {
  create("hall", "ann");
  append({to(open("hall"), {entry(1, "bob", "rude", "id")})});
  run("drop index messages_by_target; drop index messages_that_act; alter table messages drop column kind; "
      "alter table messages drop column target; alter table messages drop column subject; "
      "alter table messages drop column extra; delete from migrations where number > 7");
  const auto opened = open("hall");
  ASSERT_EQ(opened.tail.size(), 1u);
  EXPECT_TRUE(is_plain(opened.tail[0]));
  EXPECT_EQ(append({to(opened, {entry(2, "ann", "well")})}).at(0).what, outcome::stored);
  EXPECT_EQ(page({}, {}).size(), 2u);
  run("update messages set kind = 19, extra = '{}' where seq = 2");
  EXPECT_EQ(open("hall").tail.at(1).kind, core::entry_kind::remove);
}

}  // namespace
}  // namespace greenroom::test
