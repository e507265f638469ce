#include <sqlite3.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "test/storage/users_fixture.hpp"
#include "test/support/postgres_cluster.hpp"

namespace greenroom::test {
namespace {

using core::ec;

class Suspensions : public users_database {
 public:
  core::result<std::vector<core::ended_token>> suspend(const std::string& user, const std::string& why = {},
                                                       long long until = 0, long long now = 20) {
    return store->suspend({{user}, {}, why, at(until)}, at(now));
  }
  void create_admin(const std::string& name) { ASSERT_TRUE(store->create_users({admin(name)}, at(1))); }
  static storage::account admin(const std::string& name) { return {{name}, "hash of " + name, true, true}; }
};
GREENROOM_ON_EACH_DATABASE(Suspensions);

TEST_P(Suspensions, EndSessionsAndLastUntilSomebodyEndsThem) {
  create("Ann");
  login("ann", "one");
  const auto ended = suspend("ANN", "stolen");
  ASSERT_TRUE(ended);
  ASSERT_EQ(ended->size(), 1u);
  EXPECT_EQ(ended->front().token, hash("one"));
  EXPECT_EQ(store->ended_since(0)->size(), 1u) << "other nodes hear of it";
  EXPECT_EQ(store->check_token(hash("one"), at(20)).code(), ec::invalid_token);
  const auto refused = store->add_session(session("ann", "two"));
  EXPECT_EQ(refused.code(), ec::suspended);
  ASSERT_TRUE(refused.why().because);
  EXPECT_EQ(*refused.why().because, (core::sanction{{"Ann"}, {}, "stolen", {}}));
  if (!is("memory")) reopen();
  EXPECT_TRUE(store->find_user({"ann"})->is_suspended(at(1'000'000'000)));
  EXPECT_EQ(store->find_user({"ann"})->suspended->why, "stolen");
  EXPECT_TRUE(store->list_users({}, 10)->front().suspended);
  EXPECT_FALSE(store->list_users({}, 10)->front().suspended->user.value.empty());
  ASSERT_TRUE(store->resume({"ANN"}));
  EXPECT_FALSE(store->find_user({"ann"})->suspended);
  EXPECT_TRUE(store->add_session(session("ann", "three")));
  EXPECT_EQ(store->check_token(hash("one"), at(20)).code(), ec::invalid_token) << "it ended for good";
  EXPECT_TRUE(store->resume({"ann"})) << "of nobody who is suspended: nothing changes";
  EXPECT_TRUE(store->check_token(hash("three"), at(20)));
  EXPECT_EQ(suspend("nobody").code(), ec::not_found);
  EXPECT_EQ(store->resume({"nobody"}).code(), ec::not_found);
}

TEST_P(Suspensions, EndByThemselvesOnTime) {
  create("ann");
  login("ann", "one");
  ASSERT_TRUE(suspend("ann", "cool down", 100));
  const auto refused = store->add_session(session("ann", "two", 99));
  ASSERT_EQ(refused.code(), ec::suspended);
  EXPECT_EQ(refused.why().because->until, at(100));
  EXPECT_TRUE(store->find_user({"ann"})->is_suspended(at(99)));
  EXPECT_FALSE(store->find_user({"ann"})->is_suspended(at(100)));
  EXPECT_TRUE(store->add_session(session("ann", "three", 100)));
  EXPECT_TRUE(store->check_token(hash("three"), at(100)));
  EXPECT_EQ(store->check_token(hash("one"), at(100)).code(), ec::invalid_token);
  EXPECT_TRUE(store->change_password({hash("three"), "hash of ann", "another", {}}, at(101)));
}

TEST_P(Suspensions, ReplaceOneAnother) {
  create("ann");
  ASSERT_TRUE(suspend("ann", "first", 100));
  const auto again = suspend("ann", "second");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->empty());
  EXPECT_EQ(store->find_user({"ann"})->suspended, (core::sanction{{"ann"}, {}, "second", {}}));
  ASSERT_TRUE(suspend("ann", {}, 50));
  EXPECT_EQ(store->find_user({"ann"})->suspended, (core::sanction{{"ann"}, {}, {}, at(50)}));
}

TEST_P(Suspensions, AreToldOnlyToWhoeverKnowsThePassword) {
  create("ann");
  ASSERT_TRUE(suspend("ann", "spam"));
  auto login = session("ann", "one");
  login.verified_hash = "another hash";
  login.better_hash = "better";
  EXPECT_EQ(store->add_session(login).code(), ec::conflict);
  login.verified_hash = "hash of ann";
  EXPECT_EQ(store->add_session(login).code(), ec::suspended);
  EXPECT_EQ(store->find_user({"ann"})->password_hash, "hash of ann");
}

TEST_P(Suspensions, DoNotPreventADeletionNorEndWithItsUndo) {
  create("ann");
  ASSERT_TRUE(suspend("ann", "stolen"));
  ASSERT_TRUE(begin("ann"));
  EXPECT_EQ(store->add_session(session("ann", "two")).code(), ec::bad_credentials);
  ASSERT_TRUE(advance(core::deletion_state::undoing));
  ASSERT_TRUE(advance(core::deletion_state::undone));
  EXPECT_TRUE(store->find_user({"ann"})->suspended) << "an undo resumes nobody";
  ASSERT_TRUE(begin("ann", "again"));
  EXPECT_TRUE(advance(core::deletion_state::purging, 1, {}, "again"));
  EXPECT_EQ(store->find_user({"ann"}).code(), ec::not_found);
}

TEST_P(Suspensions, LeaveAnAdmin) {
  create_admin("root");
  create("ann");
  login("root", "mine");
  const auto refused = suspend("ROOT");
  EXPECT_EQ(refused.code(), ec::conflict);
  EXPECT_FALSE(refused.why().detail.empty());
  EXPECT_EQ(store->set_admin({"root"}, false, at(20)).code(), ec::conflict);
  EXPECT_TRUE(store->check_token(hash("mine"), at(20))->admin) << "nothing happened";
  EXPECT_FALSE(store->find_user({"root"})->suspended);
  EXPECT_TRUE(suspend("ann")) << "anybody else";
  EXPECT_TRUE(store->set_admin({"ann"}, false, at(20)));
  EXPECT_TRUE(store->set_admin({"root"}, true, at(20)));

  create_admin("bob");
  EXPECT_TRUE(suspend("root", {}, 100));
  EXPECT_EQ(suspend("bob").code(), ec::conflict) << "root can do nothing before 100";
  EXPECT_EQ(store->set_admin({"bob"}, false, at(99)).code(), ec::conflict);
  EXPECT_TRUE(suspend("root", {}, 100)) << "who is suspended isn't the last one";
  EXPECT_TRUE(suspend("bob", {}, 0, 100)) << "root can, from 100 on";
  EXPECT_TRUE(store->set_admin({"bob"}, false, at(101)));
  EXPECT_EQ(store->set_admin({"root"}, false, at(101)).code(), ec::conflict);
}

TEST_P(Suspensions, DoNotCountAnAdminWhoIsBeingDeleted) {
  create_admin("root");
  create_admin("bob");
  ASSERT_TRUE(begin("bob"));
  EXPECT_EQ(suspend("root").code(), ec::conflict);
  EXPECT_EQ(store->set_admin({"root"}, false, at(20)).code(), ec::conflict);
  ASSERT_TRUE(advance(core::deletion_state::undoing));
  ASSERT_TRUE(advance(core::deletion_state::undone));
  EXPECT_TRUE(suspend("root"));
}

class StoredSuspensions : public Suspensions {
 public:
  /// Runs statements while no store is open.
  void run(const std::string& sql) {
    store.reset();
    if (is("postgresql")) {
      postgres_cluster::shared()->run(users_url(), "set client_min_messages = error; " + sql);
    } else {
      sqlite3* file = nullptr;
      ASSERT_EQ(sqlite3_open(users_url().substr(std::string("sqlite:").size()).c_str(), &file), SQLITE_OK);
      EXPECT_EQ(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(file);
      sqlite3_close(file);
    }
    reopen();
  }
};
INSTANTIATE_TEST_SUITE_P(On, StoredSuspensions, testing::Values("sqlite", "postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(StoredSuspensions, OfTheVersionBeforeLastForGood) {
  create("ann");
  create("bob");
  run("alter table meta drop column remnants; alter table deletions drop column keep_rooms; "
      "alter table deletions drop column erase_messages; alter table deletions drop column erased; "
      "drop index users_admins; alter table users drop column suspended_until; "
      "alter table users add column suspended smallint not null default 0; "
      "update users set suspended = 1, suspended_why = 'stolen' where name = 'ann'; "
      "delete from migrations where number > 5");
  EXPECT_EQ(store->find_user({"ann"})->suspended, (core::sanction{{"ann"}, {}, "stolen", {}}));
  EXPECT_FALSE(store->find_user({"bob"})->suspended);
  EXPECT_EQ(store->add_session(session("ann", "one")).code(), ec::suspended);
  EXPECT_TRUE(store->add_session(session("bob", "two")));
}

class SharedSuspensions : public Suspensions {};
INSTANTIATE_TEST_SUITE_P(On, SharedSuspensions, testing::Values("postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(SharedSuspensions, ByTwoAdminsOfOneAnotherLeaveOneOfThem) {
  create_admin("ann");
  create_admin("bob");
  const auto other = *storage::open_users(users_url(), {});
  for (int round = 0; round < 40; ++round) {
    const auto act = [round](storage::account_store& by, const char* on) {
      if (round % 2 == 0) return by.suspend({{on}, {}, "you first", {}}, at(20)).code();
      return by.set_admin({on}, false, at(20)).code();
    };
    auto first = std::async(std::launch::async, [&] { return act(*store, "ann"); });
    const auto second = act(*other, "bob");
    const auto one = first.get();
    EXPECT_TRUE((one == ec::none && second == ec::conflict) || (one == ec::conflict && second == ec::none))
        << core::to_string(one) << ' ' << core::to_string(second);
    for (const auto* name : {"ann", "bob"}) {
      ASSERT_TRUE(store->set_admin({name}, true, at(20)));
      ASSERT_TRUE(store->resume({name}));
    }
  }
}

}  // namespace
}  // namespace greenroom::test
