// A PostgreSQL that is another one than it was, or less durable, at the start and while it is used.
#include <chrono>
#include <functional>
#include <thread>

#include "test/storage/chat_fixture.hpp"
#include "test/support/postgres_cluster.hpp"

namespace greenroom::test {
namespace {

using core::ec;
using std::chrono::steady_clock;

class PostgresqlPlace : public chat_database {
 public:
  std::string sql(const std::string& text) { return postgres_cluster::shared()->run(chat_url(), text); }
  static bool eventually(const std::function<bool()>& is_so, std::chrono::seconds within = std::chrono::seconds(20)) {
    const auto until = steady_clock::now() + within;
    while (!is_so()) {
      if (steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }
  void cut_connections() {
    sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'greenroom' "
        "and datname = current_database()");
  }
  /// As if the server had come from a promotion since.
  void change_timeline() { sql("update meta set place = regexp_replace(place, '[^/]*$', '000000FF')"); }
  core::error refusal() {
    auto opened = storage::open_chat(chat_url(), {});
    return opened ? core::error{ec::none, {}, 0} : opened.why();
  }
  void alter_system(const std::string& what) {
    auto* const cluster = postgres_cluster::shared();
    cluster->run(chat_url(), "alter system " + what);
    cluster->run(chat_url(), "select pg_reload_conf()");
  }
};
INSTANTIATE_TEST_SUITE_P(On, PostgresqlPlace, testing::Values("postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(PostgresqlPlace, IsWrittenDown) {
  const auto place = sql("select place from meta");
  EXPECT_EQ(place.substr(0, place.find('/')), sql("select system_identifier from pg_control_system()"));
  EXPECT_EQ(place.substr(place.rfind('/') + 1), "00000001");
  reopen();
  EXPECT_EQ(sql("select place from meta"), place);
}

TEST_P(PostgresqlPlace, IsReadByARoleWithoutRights) {
  stores = {};
  sql("set client_min_messages = error; drop schema public cascade; create schema public; drop role if exists plain; "
      "create role plain login; "
      "grant all on schema public to plain");
  auto url = chat_url();
  url.replace(url.find("postgres@"), 8, "plain");
  EXPECT_TRUE(storage::open_chat(url, {}));
  const auto again = storage::open_chat(url, {});
  EXPECT_TRUE(again) << again.why().text();
  sql("set client_min_messages = error; drop schema public cascade; create schema public; drop role plain");
}

TEST_P(PostgresqlPlace, IsComparedAtTheStart) {
  stores = {};
  const auto place = sql("select place from meta");
  for (const auto* other : {"regexp_replace(place, '^[^/]*', '1')", "regexp_replace(place, '/[^/]*', '/1')",
                            "regexp_replace(place, '[^/]*$', '000000FF')"}) {
    sql("update meta set place = " + std::string(other));
    const auto why = refusal();
    EXPECT_EQ(why.code, ec::conflict) << other;
    EXPECT_NE(why.detail.find("greenroom admin restored"), std::string::npos) << why.detail;
    sql("update meta set place = '" + place + "'");
  }
  EXPECT_EQ(refusal().code, ec::none);
}

TEST_P(PostgresqlPlace, IsAnotherOneWhereTablesWereMadeAgain) {
  stores = {};
  // As pg_restore --clean does.
  sql("create table kept as select * from meta; drop table meta; alter table kept rename to meta");
  EXPECT_EQ(refusal().code, ec::conflict);
}

TEST_P(PostgresqlPlace, IsComparedAtEachConnection) {
  const auto room = fill("lobby", 1);
  change_timeline();
  EXPECT_EQ(stores.rooms->state()->trouble(), "") << "a primary's timeline doesn't change under a connection";
  cut_connections();
  const auto wanted = to(room, {entry(2, "ann", "2")});
  EXPECT_EQ(stores.journal->append({&wanted, 1}).code(), ec::unavailable) << "nothing is confirmed";
  EXPECT_EQ(stores.journal->open({{{"lobby"}, {"node"}, {1}}}, 0).code(), ec::unavailable);
  EXPECT_EQ(stores.rooms->find_room({"lobby"}, {"ann"}, at(5)).code(), ec::unavailable);
  EXPECT_NE(stores.rooms->state()->trouble().find("timeline"), std::string::npos) << stores.rooms->state()->trouble();

  // What `admin restored` does, from another process.
  ASSERT_TRUE(storage::renew_chat(chat_url(), {}));
  ASSERT_TRUE(eventually([&] { return stores.rooms->find_room({"lobby"}, {"ann"}, at(5)).ok(); }));
  ASSERT_TRUE(eventually([&] { return stores.journal->append({&wanted, 1}).ok(); }));
  EXPECT_EQ(stores.rooms->state()->trouble(), "");
  EXPECT_EQ(append({wanted}).at(0).what, outcome::fenced) << "rooms begin anew";
  const auto again = open("lobby");
  EXPECT_NE(again.generation, room.generation);
  EXPECT_EQ(append({to(again, {entry(2, "ann", "2")})}).at(0).what, outcome::stored);
}

TEST_P(PostgresqlPlace, IsRenewedByTheFirstWhoSeesItWhereThatIsWanted) {
  storage::open_options options;
  options.restored = storage::after_restore::renew;
  stores = {};
  stores = *storage::open_chat(chat_url(), options);
  const auto before = open("lobby").generation;
  change_timeline();
  cut_connections();
  ASSERT_TRUE(eventually([&] { return stores.rooms->find_room({"lobby"}, {"ann"}, at(5)).ok(); }));
  ASSERT_TRUE(eventually([&] { return stores.journal->open({{{"lobby"}, {"node"}, {1}}}, 0).ok(); }));
  const auto after = open("lobby").generation;
  EXPECT_NE(after, before);
  cut_connections();
  EXPECT_EQ(open("lobby").generation, after);
}

TEST_P(PostgresqlPlace, IsRefusedWhereItBecomesLessDurable) {
  auto room = fill("lobby", 1);
  alter_system("set synchronous_commit = off");
  const bool seen = eventually([&] {
    const auto wanted = to(room, {entry(room.head.value + 1, "ann", "text")});
    const auto answer = stores.journal->append({&wanted, 1});
    static_cast<void>(stores.rooms->count_rooms());
    if (answer) ++room.head;
    // Until it is noticed each commit is as durable as before.
    return !answer && !stores.rooms->state()->trouble().empty();
  });
  const auto trouble = stores.rooms->state()->trouble();
  const auto again = refusal();
  alter_system("reset synchronous_commit");
  EXPECT_TRUE(seen) << "within 10 s";
  EXPECT_NE(trouble.find("synchronous_commit=off"), std::string::npos) << trouble;
  EXPECT_EQ(again.code, ec::bad_request) << "as at the start";
  EXPECT_TRUE(eventually([&] { return stores.rooms->count_rooms().ok() && stores.rooms->state()->trouble().empty(); }));
}

TEST_P(PostgresqlPlace, KeepsItsConnectionsDurableUntilItHasLookedAgain) {
  const auto room = fill("lobby", 1);
  alter_system("set synchronous_commit = off");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto wanted = to(room, {entry(2, "ann", "2")});
  const bool confirmed = stores.journal->append({&wanted, 1}).ok();
  postgres_cluster::shared()->stop();
  postgres_cluster::shared()->start();
  const auto stored = sql("select count(*) from messages");
  alter_system("reset synchronous_commit");
  EXPECT_TRUE(confirmed);
  EXPECT_EQ(stored, "2") << "a crash right after the answer loses nothing";
}

TEST_P(PostgresqlPlace, CountsLocalAsOffWhereAStandbyIsWaitedFor) {
  stores = {};
  alter_system("set synchronous_commit = local");
  const auto alone = refusal();
  alter_system("set synchronous_standby_names = 'somebody'");
  const auto with_standby = refusal();
  alter_system("reset synchronous_standby_names");
  alter_system("reset synchronous_commit");
  EXPECT_EQ(alone.code, ec::none) << alone.detail;
  EXPECT_EQ(with_standby.code, ec::bad_request);
  EXPECT_NE(with_standby.detail.find("synchronous_commit=local"), std::string::npos) << with_standby.detail;
}

TEST(PostgresqlUrl, IsRefusedWhereItCantBeRead) {
  const auto opened = storage::open_chat("postgresql://ann:secret@127.0.0.1:1/chat?sslmod=require", {});
  EXPECT_EQ(opened.code(), ec::bad_request) << "waiting can't help";
  EXPECT_NE(opened.why().detail.find("sslmod"), std::string::npos) << opened.why().detail;
  EXPECT_EQ(opened.why().detail.find("secret"), std::string::npos) << opened.why().detail;
  const auto value = storage::open_chat("postgresql://ann@127.0.0.1:1/chat?sslmode=sometimes", {});
  EXPECT_EQ(value.code(), ec::internal);
  EXPECT_NE(value.why().detail.find("sslmode"), std::string::npos) << value.why().detail;
  const auto slash = storage::open_chat("postgresql://ann:pa/ss@127.0.0.1/chat", {});
  EXPECT_EQ(slash.code(), ec::internal);
  EXPECT_EQ(slash.why().detail.find("\"pa\""), std::string::npos) << slash.why().detail;
}

}  // namespace
}  // namespace greenroom::test
