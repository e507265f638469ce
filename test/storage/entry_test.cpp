#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "test/storage/raw_chat_database.hpp"

namespace greenroom::test {
namespace {

using core::room_entry;

/// Entries that are more than a text, and databases of versions before, written with SQL of the test's own.
class StoredEntries : public raw_chat_database {
 public:
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
GREENROOM_ON_EACH_SQL_DATABASE(StoredEntries);

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
  run("alter table deletions drop column keep_rooms; alter table deletions drop column erase_messages; "
      "alter table deletions drop column erased; alter table meta drop column remnants; "
      "drop table reactions; drop table pins; "
      "alter table rooms drop column texts; alter table rooms drop column said; alter table members drop column "
      "read_seq; alter table members drop column read_texts; alter table members drop column notify; "
      "drop table irc_devices; drop table blocks; drop table user_settings; drop table drafts; drop table followers; "
      "drop table mentions; "
      "drop table invites; drop table settings; drop table sanctions; drop index members_who_moderate; "
      "alter table members drop column role; "
      "drop index messages_by_target; drop index messages_that_act; drop index messages_that_edit; alter table "
      "messages drop column kind; "
      "alter table messages drop column target; alter table messages drop column subject; "
      "alter table messages drop column extra; delete from migrations where number > 7");
  const auto opened = open("hall");
  ASSERT_EQ(opened.tail.size(), 1u);
  EXPECT_TRUE(is_plain(opened.tail[0]));
  EXPECT_EQ(append({to(opened, {entry(2, "ann", "well")})}).at(0).what, outcome::stored);
  EXPECT_EQ(page({}, {}).size(), 2u);
  EXPECT_EQ(opened.settings, core::room_settings{});
  EXPECT_EQ(described("hall", "ann").role, role::owner);
  const auto mine = stores.rooms->sync_rooms({{"ann"}, {}, 10});
  ASSERT_TRUE(mine && mine->rooms.size() == 1);
  EXPECT_EQ(mine->rooms[0].read, core::seq_no{1}) << "what was there is read";
  EXPECT_EQ(mine->rooms[0].unread, 1u);
  run("update messages set kind = 19, extra = '{}' where seq = 2");
  EXPECT_EQ(open("hall").tail.at(1).kind, core::entry_kind::remove);
}

/// The largest rooms that there may be.
class LargeRooms : public raw_chat_database {};
GREENROOM_ON_EACH_SQL_DATABASE(LargeRooms);

TEST_P(LargeRooms, AreOpenedSoon) {
  create("hall", "ann", access::secret);
  const auto numbers = [](int last) {
    return "with recursive n(i) as (select 1 union all select i + 1 from n where i < " + std::to_string(last) + ") ";
  };
  run(numbers(101'000) +
      "insert into authors (name, folded) select 'person' || i, 'person' || i from n; "
      "insert into sanctions (room, subject, kind, until, reason, by_author, seq, at) "
      "select rooms.id, authors.id, case when authors.id % 101 = 0 then 22 else 20 end, null, 'a reason', authors.id, "
      "1, 1 from rooms, authors where rooms.folded = 'hall' and authors.folded like 'person%'; " +
      numbers(9'999) +
      "insert into members (room, name, folded, added_at) select rooms.id, 'person' || i, 'person' || i, 1 from rooms, "
      "n where rooms.folded = 'hall'");
  open("hall");
  const auto begun = std::chrono::steady_clock::now();
  const auto opened = open("hall");
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_EQ(opened.members.size(), 10'000u);
  EXPECT_EQ(opened.bans.size(), 100'000u);
  EXPECT_EQ(opened.mutes.size(), 1'000u);
  // A tenth of it where the program is optimised; a machine may be busy.
  EXPECT_LT(took, std::chrono::seconds(3));
  RecordProperty("milliseconds", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

}  // namespace
}  // namespace greenroom::test
