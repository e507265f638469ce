// Everything that can have happened to a SQLite file: put back, replaced, cut off, damaged, another program's, on a
// full disk.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

namespace fs = std::filesystem;
using core::ec;

class SqliteFile : public chat_database {
 public:
  [[nodiscard]] fs::path path() { return chat_url().substr(std::string("sqlite:").size()); }
  [[nodiscard]] fs::path beside(const std::string& suffix) { return path().string() + suffix; }
  void close() { stores = {}; }
  void copy_away() {
    close();
    fs::copy_file(path(), beside(".copy"), fs::copy_options::overwrite_existing);
  }
  void put_back() {
    close();
    fs::remove(path());
    fs::copy_file(beside(".copy"), path());
  }
  core::result<storage::chat_stores> open_as(storage::after_restore policy) {
    storage::open_options options;
    options.restored = policy;
    return storage::open_chat(chat_url(), options);
  }
  /// Runs SQL past the program.
  void run(const std::string& sql) {
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &file), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(file);
    sqlite3_close(file);
  }
  /// Writes rubbish over the first page of a table.
  void damage_table(const std::string& name) {
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &file), SQLITE_OK);
    long long page = 0;
    const auto keep = [](void* into, int, char** values, char**) {
      *static_cast<long long*>(into) = std::stoll(values[0]);
      return 0;
    };
    const auto find = "select rootpage from sqlite_master where name = '" + name + "'";
    ASSERT_EQ(sqlite3_exec(file, find.c_str(), keep, &page, nullptr), SQLITE_OK);
    sqlite3_close(file);
    ASSERT_GT(page, 1);
    std::fstream(path(), std::ios::in | std::ios::out | std::ios::binary).seekp((page - 1) * 4096)
        << std::string(100, 'x');
  }
  core::error refusal() {
    auto opened = storage::open_chat(chat_url(), {});
    return opened ? core::error{ec::none, {}, 0} : opened.why();
  }
};
INSTANTIATE_TEST_SUITE_P(On, SqliteFile, testing::Values("sqlite"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(SqliteFile, IsItselfAfterAnyNumberOfStarts) {
  for (int starts = 0; starts < 3; ++starts) reopen();
  const auto generation = open("lobby").generation;
  reopen();
  EXPECT_EQ(open("lobby").generation, generation);
}

TEST_P(SqliteFile, IsNoticedWhereAnOlderOneIsPutBack) {
  copy_away();
  reopen();
  fill("lobby", 3);
  put_back();
  const auto why = refusal();
  EXPECT_EQ(why.code, ec::conflict);
  EXPECT_NE(why.detail.find("greenroom admin restored"), std::string::npos) << why.detail;
  EXPECT_EQ(refusal().code, ec::conflict) << "it stays refused";
}

TEST_P(SqliteFile, IsRenewedWhereThatIsWanted) {
  const auto before = open("lobby").generation;
  copy_away();
  reopen();
  put_back();
  auto opened = open_as(storage::after_restore::renew);
  ASSERT_TRUE(opened) << opened.why().text();
  stores = *std::move(opened);
  const auto renewed = open("lobby").generation;
  EXPECT_NE(renewed, before);
  reopen();
  EXPECT_EQ(open("lobby").generation, renewed) << "once";
}

TEST_P(SqliteFile, IsTakenAsItIsWhereNothingIsMissing) {
  const auto before = open("lobby").generation;
  copy_away();
  reopen();
  put_back();
  storage::open_options options;
  options.restored = storage::after_restore::accept;
  ASSERT_TRUE(storage::renew_chat(chat_url(), options));
  reopen();
  EXPECT_EQ(open("lobby").generation, before);
}

TEST_P(SqliteFile, IsNoticedWhereItIsPutInAnotherPlace) {
  close();
  fs::remove(beside(".place"));
  EXPECT_EQ(refusal().code, ec::conflict);
}

TEST_P(SqliteFile, KeepsItsLobbyAndKnowsItsAuthorsWhenItIsBroughtUpToDate) {
  append({to(open("lobby"), {entry(1, "carl", "hello"), entry(2, "ann", "hello")})});
  close();
  // As the version before this one left it: its lobby is whose who came first.
  run("drop table authored; alter table meta drop column place; delete from migrations where number > 4;"
      "alter table deletions drop column keep_rooms; alter table deletions drop column erase_messages; "
      "alter table deletions drop column erased; alter table meta drop column remnants; "
      "drop table reactions; drop table pins;"
      "alter table rooms drop column texts; alter table rooms drop column said; alter table members drop column "
      "read_seq; alter table members drop column read_texts; alter table members drop column notify;"
      "drop table irc_devices; drop table blocks; drop table user_settings; drop table drafts; drop table followers; "
      "drop table mentions; "
      "drop table invites; drop table settings; drop table sanctions; drop index members_who_moderate;"
      "alter table members drop column role;"
      "drop index messages_by_target; drop index messages_that_act; drop index messages_that_edit; alter table "
      "messages drop column kind;"
      "alter table messages drop column target; alter table messages drop column subject;"
      "alter table messages drop column extra;"
      "update rooms set owner = 'ann', owner_folded = 'ann' where name = 'lobby'");
  fs::remove(beside(".place"));
  reopen();
  EXPECT_EQ(stores.rooms->find_room({"lobby"}, {"bob"}, at(5))->owner.value, "ann");
  EXPECT_EQ(*stores.rooms->count_rooms(), built_in);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"carl"}}, at(2)));
  EXPECT_EQ(stores.rooms->purge_rooms({{"op"}, {1}, {"carl"}}, 100, at(2))->receipt.anonymised, 1u);
}

TEST_P(SqliteFile, IsNewWhereItWasThrownAway) {
  close();
  fs::remove(path());
  reopen();
}

TEST_P(SqliteFile, IsItselfAfterACrashBetweenTheTwoWrites) {
  close();
  const auto before = beside(".place").string() + ".before";
  fs::copy_file(beside(".place"), before);
  reopen();
  close();
  fs::rename(before, beside(".place"));
  reopen();
}

TEST_P(SqliteFile, IsNoticedWhereItIsReplacedWhileItIsOpen) {
  fs::copy_file(path(), beside(".copy"));
  fs::rename(beside(".copy"), path());
  // Looked at when a connection is made, and each 10 s.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (stores.rooms->state()->trouble().empty() && std::chrono::steady_clock::now() < until) {
    static_cast<void>(stores.rooms->count_rooms());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_NE(stores.rooms->state()->trouble().find("greenroom admin restored"), std::string::npos)
      << stores.rooms->state()->trouble();
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_EQ(stores.journal->open({{{"lobby"}, {"node"}, {1}}}, 0).code(), ec::unavailable);
}

TEST_P(SqliteFile, IsRefusedWhereItIsCutOff) {
  fill("lobby", 300);
  close();
  fs::resize_file(path(), fs::file_size(path()) / 2);
  const auto why = refusal();
  EXPECT_EQ(why.code, ec::internal) << "waiting can't help";
  EXPECT_NE(why.detail.find("damaged or cut off"), std::string::npos) << why.detail;
}

TEST_P(SqliteFile, IsRefusedWhereItIsDamaged) {
  close();
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);  // behind the header: the table of tables
  file << std::string(1000, 'x');
  file.close();
  const auto why = refusal();
  EXPECT_EQ(why.code, ec::internal);
  EXPECT_NE(why.detail.find("damaged or cut off"), std::string::npos) << why.detail;
}

TEST_P(SqliteFile, SaysSoWhereItIsDamagedFurtherBehind) {
  fill("lobby", 400);
  close();
  damage_table("messages");
  reopen();
  EXPECT_EQ(stores.rooms->state()->trouble(), "");
  EXPECT_FALSE(stores.journal->read({1}, {}, 1000));
  EXPECT_NE(stores.rooms->state()->trouble().find("damaged"), std::string::npos) << stores.rooms->state()->trouble();
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_EQ(stores.rooms->count_rooms().code(), ec::unavailable) << "nothing more is stored in it";
}

TEST_P(SqliteFile, IsRefusedWhereItIsAnotherPrograms) {
  const auto other = path().parent_path() / "other.db";
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open(other.c_str(), &made), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(made, "create table moz_places (id integer)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(made);
  const auto opened = storage::open_users("sqlite:" + other.string(), {});
  EXPECT_EQ(opened.code(), ec::conflict);
  EXPECT_NE(opened.why().detail.find("another program"), std::string::npos) << opened.why().detail;
}

TEST_P(SqliteFile, IsRefusedWhereItIsOfTheOtherKind) {
  close();
  const auto opened = storage::open_users(chat_url(), {});
  EXPECT_EQ(opened.code(), ec::conflict);
  EXPECT_NE(opened.why().detail.find("another kind"), std::string::npos) << opened.why().detail;
}

TEST_P(SqliteFile, IsRefusedWhereItIsAFolder) {
  const auto opened = storage::open_users("sqlite:" + path().parent_path().string(), {});
  EXPECT_EQ(opened.code(), ec::bad_request);
  EXPECT_NE(opened.why().detail.find("Is a directory"), std::string::npos) << opened.why().detail;
}

TEST_P(SqliteFile, IsRefusedWhereItMayOnlyBeRead) {
  close();
  ASSERT_EQ(::chmod(path().c_str(), 0400), 0);
  // For root every file may be written: asked as somebody else, who may read this one.
  const bool root = ::geteuid() == 0;
  if (root) {
    for (const auto& file : {path(), beside(".lock")}) ASSERT_EQ(::chmod(file.c_str(), 0444), 0);
    fs::permissions(path().parent_path(), fs::perms::all);
    ASSERT_EQ(::chmod(beside(".lock").c_str(), 0666), 0);
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const auto why = refusal();
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(why.code, ec::bad_request);
  EXPECT_NE(why.detail.find("Permission denied"), std::string::npos) << why.detail;
}

TEST_P(SqliteFile, IsInTroubleWhileNothingCanBeStored) {
  const auto room = fill("lobby", 1);
  const auto wanted = to(room, {entry(2, "ann", std::string(4000, 'x'))});
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit less{fs::file_size(beside("-wal")), before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &less);
  EXPECT_EQ(stores.journal->append({&wanted, 1}).code(), ec::unavailable);
  EXPECT_NE(stores.rooms->state()->trouble(), "") << "whoever asks hears it at once";
  // Reads go on, and don't make it good.
  EXPECT_EQ(*stores.rooms->count_rooms(), built_in);
  EXPECT_NE(stores.rooms->state()->trouble(), "");
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_EQ(*stores.rooms->count_rooms(), built_in);
  EXPECT_EQ(stores.rooms->state()->trouble(), "") << "tried again, though nobody has posted";
}

}  // namespace
}  // namespace greenroom::test
