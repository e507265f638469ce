#include <signal.h>
#include <soci/soci.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "storage/soci/backend.hpp"
#include "test/storage/chat_fixture.hpp"
#include "test/support/postgres_cluster.hpp"

namespace greenroom::test {
namespace {

using core::ec;
using std::chrono::steady_clock;

class Postgresql : public chat_database {
 public:
  std::string sql(const std::string& text) { return postgres_cluster::shared()->run(chat_url(), text); }
  /// Looks until it is so, for half a minute: what is waited for is another process.
  static bool eventually(const std::function<bool()>& is_so) {
    const auto until = steady_clock::now() + std::chrono::seconds(30);
    while (!is_so()) {
      if (steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }
  storage::chat_stores other() {
    auto opened = storage::open_chat(chat_url(), {});
    EXPECT_TRUE(opened) << opened.why().text();
    return *std::move(opened);
  }
  // Of a quick journal: statements end after 300 ms.
  void reopen_impatient() {
    stores = {};
    storage::open_options options;
    options.statement_timeout_ms = 1000;  // a busy machine takes hundreds for a commit
    stores = *storage::open_chat(chat_url(), options);
  }
};
INSTANTIATE_TEST_SUITE_P(On, Postgresql, testing::Values("postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(Postgresql, LetsOnlyTheNewestOwnerAppend) {
  create("hall", "ann");
  const auto old = open("hall");
  EXPECT_EQ(append({to(old, {entry(1, "ann", "one")})}).at(0).what, outcome::stored);
  const auto successor = other();
  const auto opened = successor.journal->open({{{"hall"}, {"second"}, {2}}}, 10);
  ASSERT_TRUE(opened && opened->at(0));
  EXPECT_EQ(opened->at(0)->tail.size(), 1u);
  EXPECT_EQ(append({to(old, {entry(2, "ann", "late")})}).at(0).what, outcome::fenced);
  const auto now = to(*opened->at(0), {entry(2, "bob", "two")});
  EXPECT_EQ(successor.journal->append({&now, 1})->at(0).what, outcome::stored);
  EXPECT_EQ(append({to(old, {entry(2, "ann", "late")})}).at(0).what, outcome::fenced);
  EXPECT_EQ(stores.journal->open({{{"hall"}, {"first"}, {1}}}, 10)->at(0).code(), ec::fenced);
  EXPECT_EQ(log(old), (texts{"one", "two"}));
}

TEST_P(Postgresql, IsMigratedOnceByOpenersAtTheSameTime) {
  stores = {};
  sql("set client_min_messages = error; drop schema public cascade; create schema public");
  std::vector<std::string> ids(4);
  std::vector<std::thread> openers;
  for (auto& id : ids)
    openers.emplace_back([&] {
      const auto opened = storage::open_chat(chat_url(), {});
      if (opened) id = *opened->rooms->database_id();
    });
  for (auto& opener : openers) opener.join();
  EXPECT_EQ(ids[0].size(), 32u);
  for (const auto& id : ids) EXPECT_EQ(id, ids[0]);
  EXPECT_EQ(sql("select count(*) = max(number) from migrations"), "t") << "each step once";
  EXPECT_EQ(sql("select count(*) from meta"), "1");
}

TEST_P(Postgresql, IsLeftAloneByAnOlderProgram) {
  stores = {};
  sql("insert into migrations (number, name) values (9999, 'from the future')");
  EXPECT_EQ(storage::open_chat(chat_url(), {}).code(), ec::conflict);
}

TEST_P(Postgresql, IsRefusedWhereItWouldLoseMessages) {
  stores = {};
  sql("do 'begin execute format(''alter database %I set synchronous_commit = off'', current_database()); end'");
  const auto refused = storage::open_chat(chat_url(), {});
  sql("do 'begin execute format(''alter database %I reset synchronous_commit'', current_database()); end'");
  EXPECT_EQ(refused.code(), ec::bad_request);
  EXPECT_NE(refused.why().detail.find("synchronous_commit=off"), std::string::npos) << refused.why().detail;
}

TEST_P(Postgresql, StopsOneRoomForARowThatItRefuses) {
  create("a", "ann");
  create("b", "ann");
  const auto a = open("a");
  const auto b = open("b");
  append({to(b, {entry(1, "ann", "b1")})});
  // As no program of ours leaves it: a row beyond the head.
  sql("insert into messages select id, 1, (select min(id) from authors), null, 'stray', 0 from rooms where name = 'a'");
  const auto outcomes = append({to(a, {entry(1, "ann", "a1")}), to(b, {entry(2, "ann", "b2"), entry(3, "ann", "b3")})});
  EXPECT_EQ(outcomes.at(0).what, outcome::refused);
  EXPECT_EQ(outcomes.at(1).what, outcome::stored);
  EXPECT_EQ(log(b), (texts{"b1", "b2", "b3"}));
}

TEST_P(Postgresql, LooksForIdsInManyRoomsOnceOneIsKnown) {
  std::vector<core::room_opened> rooms;
  for (int i = 0; i < 20; ++i) {
    const auto name = "room" + std::to_string(i);
    create(name, "ann");
    rooms.push_back(open(name));
  }
  // The second time one room repeats an id; it is left out, whether or not ids are looked for already.
  for (std::uint64_t round = 1; round <= 4; ++round) {
    std::vector<storage::room_append> wanted;
    for (const auto& room : rooms)
      wanted.push_back(to(room, {entry(2 * round - 1, "ann", "a", "a" + std::to_string(round)),
                                 entry(2 * round, "bob", "b", "b" + std::to_string(round))}));
    if (round > 1) {
      wanted[7].entries[0].seq = {3};
      wanted[7].entries[1] = entry(4, "bob", "b", "b1");
    }
    const auto outcomes = append(wanted);
    for (std::size_t i = 0; i < rooms.size(); ++i)
      EXPECT_EQ(outcomes.at(i).what, round > 1 && i == 7 ? outcome::repeated : outcome::stored) << round << ' ' << i;
    if (round == 1) continue;
    ASSERT_EQ(outcomes[7].repeated.size(), 1u);
    EXPECT_EQ(outcomes[7].repeated[0].index, 1u);
    EXPECT_EQ(outcomes[7].repeated[0].seq.value, 2u);
    EXPECT_TRUE(outcomes[7].repeated[0].same);
  }
  EXPECT_EQ(log(rooms[7]), (texts{"a", "b"}));
  EXPECT_EQ(log(rooms[8]).size(), 8u);
}

TEST_P(Postgresql, PreparesItsStatementsOnEveryConnectionAnew) {
  create("a", "ann");
  create("b", "ann");
  const auto a = open("a");
  const auto b = open("b");
  for (std::uint64_t seq = 1; seq <= 5; seq += 2) {
    EXPECT_EQ(append({to(a, {entry(seq, "ann", "one")})}).at(0).what, outcome::stored);
    EXPECT_EQ(append({to(b, {entry(seq, "ann", "one"), entry(seq + 1, "bob", "two", std::to_string(seq))})}).at(0).what,
              outcome::stored);
    EXPECT_EQ(append({to(a, {entry(seq + 1, "ann", "two")}), to(b, {entry(99, "ann", "hole")})}).at(1).what,
              outcome::fenced);
    sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'greenroom' "
        "and datname = current_database()");
  }
  EXPECT_EQ(log(a).size(), 6u);
  EXPECT_EQ(log(b).size(), 6u);
}

TEST_P(Postgresql, DoesNotWaitLongForARoomThatIsLocked) {
  create("a", "ann");
  create("b", "ann");
  reopen_impatient();
  const auto a = open("a");
  const auto b = open("b");
  std::thread holder(
      [&] { sql("begin; update rooms set node = node where name = 'a'; select pg_sleep(4); rollback"); });
  ASSERT_TRUE(eventually([&] {
    return sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()") ==
           "1";
  }));
  const auto begun = steady_clock::now();
  const auto outcomes = append({to(a, {entry(1, "ann", "a1")}), to(b, {entry(1, "ann", "b1")})});
  EXPECT_LT(steady_clock::now() - begun, std::chrono::milliseconds(3900));
  EXPECT_EQ(outcomes.at(0).what, outcome::refused);
  EXPECT_EQ(outcomes.at(1).what, outcome::stored);
  holder.join();
  EXPECT_EQ(append({to(a, {entry(1, "ann", "a1")})}).at(0).what, outcome::stored);
}

TEST_P(Postgresql, IsUnavailableWhileItIsAwayAndGoesOnAfter) {
  create("hall", "ann");
  const auto room = fill("hall", 1);
  auto* const cluster = postgres_cluster::shared();
  cluster->stop();
  const auto wanted = to(room, {entry(2, "ann", "2")});
  EXPECT_EQ(stores.journal->append({&wanted, 1}).code(), ec::unavailable);
  EXPECT_EQ(stores.journal->read(room.key, {}, 10).code(), ec::unavailable);
  EXPECT_EQ(stores.rooms->find_room({"hall"}, {"ann"}, at(5)).code(), ec::unavailable);
  EXPECT_EQ(stores.rooms->create_room({{"other"}, {"ann"}, access::open, {}}, at(1)).code(), ec::unavailable);
  // Between two attempts to connect, the answer comes at once.
  const auto begun = steady_clock::now();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(stores.journal->append({&wanted, 1}).code(), ec::unavailable);
  EXPECT_LT(steady_clock::now() - begun, std::chrono::milliseconds(400));
  EXPECT_EQ(storage::open_chat(chat_url(), {}).code(), ec::unavailable);
  cluster->start();
  ASSERT_TRUE(eventually([&] { return stores.journal->append({&wanted, 1}).ok(); }));
  ASSERT_TRUE(eventually([&] { return stores.rooms->find_room({"hall"}, {"ann"}, at(5)).ok(); }));
  EXPECT_EQ(log(room), (texts{"1", "2"}));
}

TEST_P(Postgresql, NoticesThatAnIdleConnectionIsGone) {
  create("hall", "ann");
  const auto room = fill("hall", 1);
  postgres_cluster::shared()->stop();
  postgres_cluster::shared()->start();
  EXPECT_EQ(append({to(room, {entry(2, "ann", "2")})}).at(0).what, outcome::stored);
  EXPECT_TRUE(stores.rooms->find_room({"hall"}, {"ann"}, at(5)));
}

TEST_P(Postgresql, ConfirmsNothingThatACrashLoses) {
  create("hall", "ann");
  auto room = open("hall");
  texts confirmed;
  std::atomic<std::size_t> count = 0;
  std::atomic<bool> enough = false;
  // As a room does: after an unknown outcome it opens itself again and goes on behind what the log has.
  std::thread owner([&] {
    for (int n = 0; !enough; ++n) {
      const auto text = "text " + std::to_string(n);
      const auto wanted = to(room, {entry(room.head.value + 1, "ann", text)});
      const auto answer = stores.journal->append({&wanted, 1});
      if (answer) {
        EXPECT_EQ(answer->at(0).what, outcome::stored);
        confirmed.push_back(text);
        count = confirmed.size();
        ++room.head;
        continue;
      }
      EXPECT_TRUE(answer.code() == ec::unavailable || answer.code() == ec::unknown_outcome);
      EXPECT_TRUE(eventually([&] {
        const auto opened = stores.journal->open({{{"hall"}, {"node"}, {1}}}, 0);
        if (opened && opened->at(0)) room = *opened->at(0);
        return opened.ok();
      }));
    }
  });
  EXPECT_TRUE(eventually([&] { return count > 5; }));
  postgres_cluster::shared()->stop();
  const std::size_t before = count;
  postgres_cluster::shared()->start();
  EXPECT_TRUE(eventually([&] { return count > before + 5; }));
  enough = true;
  owner.join();
  const auto entries = stores.journal->read(room.key, {}, 1'000'000);
  ASSERT_TRUE(entries);
  std::size_t next = 0;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    EXPECT_EQ(entries->at(i).seq.value, i + 1);
    if (next < confirmed.size() && std::string_view(entries->at(i).text) == confirmed[next]) ++next;
  }
  EXPECT_EQ(next, confirmed.size());
}

TEST_P(Postgresql, IsCutOffWhenItIsStuck) {
  create("hall", "ann");
  reopen_impatient();
  const auto room = fill("hall", 1);
  std::vector<pid_t> backends;
  const auto pids =
      sql("select string_agg(cast(pid as text), ',') from pg_stat_activity where application_name = "
          "'greenroom' and datname = current_database()");
  for (std::size_t from = 0; from < pids.size();
       from = pids.find(',', from) == pids.npos ? pids.size() : pids.find(',', from) + 1)
    backends.push_back(std::stoi(pids.substr(from)));
  ASSERT_EQ(backends.size(), 2u);
  for (const auto pid : backends) ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  const auto wanted = to(room, {entry(2, "ann", "2")});
  const auto begun = steady_clock::now();
  EXPECT_EQ(stores.journal->append({&wanted, 1}).code(), ec::unknown_outcome);
  EXPECT_LT(steady_clock::now() - begun, std::chrono::seconds(6));
  // A read is tried again on a new connection.
  EXPECT_TRUE(stores.rooms->find_room({"hall"}, {"ann"}, at(5)));
  const auto again = open("hall");
  for (const auto pid : backends) ::kill(pid, SIGCONT);
  EXPECT_EQ(append({to(again, {entry(2, "bob", "2")})}).at(0).what, outcome::stored);
  EXPECT_EQ(log(again).size(), 2u);
}

TEST_P(Postgresql, IsSetUpForWhatTheConnectionIsFor) {
  const auto factory = *storage::soci::postgresql_backends(chat_url(), {});
  const auto setting = [&](storage::soci::purpose why, const std::string& name) {
    const auto session = factory->make(why)->connect();
    std::string value;
    *session << "show " << name, soci::into(value);
    return value;
  };
  // A process that is stopped inside a transaction lets go of its locks.
  EXPECT_EQ(setting(storage::soci::purpose::transactions, "idle_in_transaction_session_timeout"), "1s");
  EXPECT_EQ(setting(storage::soci::purpose::transactions, "lock_timeout"), "2s");
  EXPECT_EQ(setting(storage::soci::purpose::journal, "plan_cache_mode"), "force_generic_plan");
  EXPECT_EQ(setting(storage::soci::purpose::journal, "enable_seqscan"), "off");
}

TEST_P(Postgresql, LeavesSpaceForUpdatesOfHeads) {
  EXPECT_EQ(sql("select reloptions from pg_class where relname = 'rooms'"), "{fillfactor=50}");
}

}  // namespace
}  // namespace greenroom::test
