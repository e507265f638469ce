#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "test/storage/chat_fixture.hpp"
#include "test/storage/rival.hpp"
#include "test/storage/users_fixture.hpp"
#include "test/support/postgres_cluster.hpp"

namespace greenroom::test {
namespace {

using core::ec;
using state = core::deletion_state;

class RoomRaces : public chat_database {
 public:
  storage::chat_stores other() {
    auto opened = storage::open_chat(chat_url(), {});
    EXPECT_TRUE(opened) << opened.why().text();
    return *std::move(opened);
  }
  static outcome append_to(storage::journal_store& journal, const storage::room_append& wanted) {
    const auto answer = journal.append({&wanted, 1});
    EXPECT_TRUE(answer) << answer.why().text();
    return answer ? answer->at(0).what : outcome::refused;
  }
  static storage::room_append to_add(const core::room_opened& room, const std::string& member) {
    return to(room, {entry_kind::add, "bob", member});
  }
  static storage::room_append to_remove(const core::room_opened& room, const std::string& member) {
    return to(room, {entry_kind::remove, "ann", member});
  }
  /// Appends once in each form, so that the statements are prepared and the author is numbered: what is raced with
  /// after that is one statement.
  void warm_up(const core::room_opened& room, const std::string& user) {
    ASSERT_EQ(append({to(room, {entry(1, user, "1")})}).at(0).what, outcome::stored);
    ASSERT_EQ(append({to(room, {entry(2, user, "2"), entry(3, user, "3")})}).at(0).what, outcome::stored);
  }
  /// Hides, as the saga does: again until an answer says so. It waits for others half a second at a time.
  static core::result<storage::hidden_rooms> hide(storage::room_store& rooms, const std::string& operation,
                                                  const std::string& user) {
    auto hidden = rooms.hide_rooms({{operation}, {1}, {user}}, at(100));
    for (int tries = 1; tries < 10 && hidden.code() == ec::unavailable; ++tries)
      hidden = rooms.hide_rooms({{operation}, {1}, {user}}, at(100));
    return hidden;
  }
  core::deletion_receipt purge(storage::room_store& rooms, const std::string& operation, const std::string& user) {
    for (;;) {
      const auto some = rooms.purge_rooms({{operation}, {1}, {user}}, 1000, at(300));
      EXPECT_TRUE(some) << some.why().text();
      if (!some || !some->more) return some ? some->receipt : core::deletion_receipt{};
    }
  }
  static std::vector<core::room_entry> next(std::size_t entries, const std::string& user) {
    std::vector<core::room_entry> made;
    for (std::size_t i = 0; i < entries; ++i) made.push_back(entry(4 + i, user, "late"));
    return made;
  }
};
INSTANTIATE_TEST_SUITE_P(On, RoomRaces, testing::Values("postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(RoomRaces, AnAppendThatIsUnderWayIsWhollyBeforeTheHiding) {
  for (const std::size_t entries : {1u, 2u}) {
    const auto user = "user" + std::to_string(entries);
    create(user, "bob");
    const auto room = open(user);
    warm_up(room, user);
    auto catalog = other();
    rival holder(chat_url());
    holder.run("begin");
    holder.run("select 1 from rooms where name = '" + user + "' for update");
    auto appended = later([&, wanted = to(room, next(entries, user))] { return append_to(*stores.journal, wanted); });
    ASSERT_TRUE(holder.waiting(1));
    // Its statement has begun, and has seen that nobody is being deleted. The hiding waits for its end.
    auto hidden = later([&] { return hide(*catalog.rooms, user, user); });
    ASSERT_TRUE(holder.waiting(2));
    holder.run("commit");
    EXPECT_EQ(appended.get(), outcome::stored);
    ASSERT_TRUE(hidden.get());
    EXPECT_EQ(purge(*catalog.rooms, user, user).anonymised, 3u + entries);
    EXPECT_EQ(holder.number("select count(*) from messages where author not in (select id from authors "
                            "where folded = 'deleted')"),
              0);
    EXPECT_EQ(append({to(room, {entry(4 + entries, user, "later")})}).at(0).what, outcome::refused);
  }
}

TEST_P(RoomRaces, AnAppendThatComesDuringTheHidingIsRefused) {
  for (const std::size_t entries : {1u, 2u}) {
    const auto user = "user" + std::to_string(entries);
    create(user, "bob");
    create("secret" + user, user, access::secret);
    const auto room = open(user);
    warm_up(room, user);
    auto catalog = other();
    rival holder(chat_url());
    holder.run("begin");
    holder.run("select 1 from rooms where private = 1 for update");
    auto hidden = later([&] { return hide(*catalog.rooms, user, user); });
    ASSERT_TRUE(holder.waiting(1));
    auto appended = later([&, wanted = to(room, next(entries, user))] { return append_to(*stores.journal, wanted); });
    ASSERT_TRUE(holder.waiting(2));
    holder.run("commit");
    EXPECT_EQ(hidden.get()->rooms.size(), 1u);
    EXPECT_EQ(appended.get(), outcome::refused);
    // Others go on, and so does this one if it is undone.
    EXPECT_EQ(append({to(room, {entry(4, "bob", "4")})}).at(0).what, outcome::stored);
    ASSERT_TRUE(catalog.rooms->restore_rooms({{user}, {1}}, at(200)));
    EXPECT_EQ(append({to(room, {entry(5, user, "5")})}).at(0).what, outcome::stored);
  }
}

TEST_P(RoomRaces, ARoomOpenedMeanwhileIsHiddenAllTheSame) {
  create("secret", "ann", access::secret);
  auto catalog = other();
  rival holder(chat_url());
  holder.run("begin");
  holder.run("select 1 from rooms where name = 'secret' for update");
  auto opened = later([&] { return *stores.journal->open({{{"secret"}, {"node"}, {1}}}, 10); });
  ASSERT_TRUE(holder.waiting(1));
  auto hidden = later([&] { return hide(*catalog.rooms, "op", "ann"); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("commit");
  ASSERT_EQ(hidden.get()->rooms.size(), 1u);
  // Before it or after it: nobody appends there any more.
  const auto room = opened.get().at(0);
  if (room.ok()) {
    EXPECT_EQ(append({to(*room, {entry(1, "bob", "late")})}).at(0).what, outcome::fenced);
  }
  EXPECT_EQ(stores.journal->open({{{"secret"}, {"node"}, {2}}}, 10)->at(0).code(), ec::not_found);
}

TEST_P(RoomRaces, AnOpeningSeesTheRemovalThatItWaitedFor) {
  create("secret", "ann", access::secret, {{"bob"}});
  const auto room = open("secret");
  auto node = other();
  rival holder(chat_url());
  holder.run("begin");
  holder.run("select 1 from rooms where name = 'secret' for update");
  auto removed = later([&] { return append_to(*stores.journal, to_remove(room, "bob")); });
  ASSERT_TRUE(holder.waiting(1));
  auto opened = later([&] { return node.journal->open({{{"secret"}, {"other"}, {1}}}, 10); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("commit");
  const auto what = removed.get();
  const auto found = opened.get();
  ASSERT_TRUE(found && found->at(0));
  // Whichever came first.
  const bool before = what == outcome::stored;
  EXPECT_EQ(found->at(0)->members.size(), before ? 1u : 2u);
  EXPECT_EQ(found->at(0)->head.value, before ? 1u : 0u);
  EXPECT_EQ(what, before ? outcome::stored : outcome::fenced);
}

TEST_P(RoomRaces, AMembershipThatIsUnderWayIsHidden) {
  create("secret", "bob", access::secret);
  const auto room = open("secret");
  auto catalog = other();
  rival holder(chat_url());
  holder.run("begin");
  holder.run("select 1 from rooms where name = 'secret' for update");
  auto added = later([&] { return append_to(*stores.journal, to_add(room, "ann")); });
  ASSERT_TRUE(holder.waiting(1));
  auto hidden = later([&] { return hide(*catalog.rooms, "op", "ann"); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("commit");
  EXPECT_EQ(added.get(), outcome::stored);
  EXPECT_EQ(hidden.get()->rooms.size(), 1u);
}

TEST_P(RoomRaces, ARoomThatIsBeingCreatedIsHidden) {
  auto catalog = other();
  rival holder(chat_url());
  holder.run("begin");
  holder.run(
      "insert into rooms (name, folded, owner, owner_folded, private, generation, epoch, head, node, view, created_at) "
      "values ('secret', 'secret', '', '', 0, 1, 0, 0, '', 0, 0)");
  auto made = later([&] { return stores.rooms->create_room({{"secret"}, {"bob"}, access::secret, {{"ann"}}}, at(2)); });
  ASSERT_TRUE(holder.waiting(1));
  auto hidden = later([&] { return hide(*catalog.rooms, "op", "ann"); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("rollback");
  EXPECT_TRUE(made.get()->created);
  EXPECT_EQ(hidden.get()->rooms.size(), 1u);
  EXPECT_EQ(stores.rooms->find_room({"secret"}, {"bob"}, at(5)).code(), ec::not_found);
}

TEST_P(RoomRaces, AMembershipThatComesDuringTheHidingIsRefused) {
  create("own", "ann", access::secret);
  create("secret", "bob", access::secret);
  const auto room = open("secret");
  auto catalog = other();
  rival holder(chat_url());
  holder.run("begin");
  holder.run("select 1 from rooms where name = 'own' for update");
  auto hidden = later([&] { return hide(*catalog.rooms, "op", "ann"); });
  ASSERT_TRUE(holder.waiting(1));
  auto added = later([&] { return append_to(*stores.journal, to_add(room, "ann")); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("commit");
  EXPECT_TRUE(hidden.get());
  EXPECT_EQ(added.get(), outcome::refused);
}

TEST_P(RoomRaces, AStuckAppendDoesNotStopTheOthersForLong) {
  create("stuck", "bob");
  create("hall", "bob");
  const auto stuck = open("stuck");
  const auto hall = open("hall");
  auto node = other();
  rival holder(chat_url());
  holder.run("begin");
  holder.run("select 1 from rooms where name = 'stuck' for update");
  auto waits = later([&, wanted = to(stuck, {entry(1, "bob", "1")})] { return append_to(*stores.journal, wanted); });
  ASSERT_TRUE(holder.waiting(1));
  auto catalog = other();
  auto hidden = later([&] { return catalog.rooms->hide_rooms({{"op"}, {1}, {"ann"}}, at(100)); });
  ASSERT_TRUE(holder.waiting(2));
  // It stands in the queue behind the hiding, which gives up.
  EXPECT_EQ(append_to(*node.journal, to(hall, {entry(1, "bob", "1")})), outcome::stored);
  EXPECT_EQ(hidden.get().code(), ec::unavailable);
  holder.run("commit");
  EXPECT_EQ(waits.get(), outcome::stored);
  EXPECT_TRUE(catalog.rooms->hide_rooms({{"op"}, {1}, {"ann"}}, at(100)));
}

// Else it would go on with entries that it has, and those in the log are empty.
TEST_P(RoomRaces, ARoomThatOpensWhileItsMessagesAreEmptiedReadsThemAgain) {
  create("hall", "bob");
  warm_up(open("hall"), "ann");
  auto node = other();
  rival purge(chat_url());
  purge.run("begin");
  purge.run("lock table messages in access exclusive mode");
  auto opened = later([&node] { return *node.journal->open({{{"hall"}, {"second"}, {1}}}, 100)->at(0); });
  ASSERT_TRUE(purge.waiting(1));
  purge.run("update messages set kind = 7, body = ''");
  purge.run("update rooms set membership = membership + 1 where name = 'hall'");
  purge.run("commit");
  const auto room = opened.get();
  EXPECT_LT(room.membership, stores.journal->epochs({room.key})->at(0).membership);
}

// The statement of an owner that was paused has begun before its successor's opening is committed.
TEST_P(RoomRaces, APausedOwnerThatWakesUpWritesNothing) {
  for (const std::size_t entries : {1u, 2u}) {
    const auto name = "hall" + std::to_string(entries);
    create(name, "bob");
    const auto room = open(name);
    warm_up(room, "ann");
    rival successor(chat_url());
    successor.run("begin");
    successor.run("update rooms set epoch = epoch + 1, node = 'second', view = 2 where name = '" + name + "'");
    auto appended = later([&, wanted = to(room, next(entries, "ann"))] { return append_to(*stores.journal, wanted); });
    ASSERT_TRUE(successor.waiting(1));
    successor.run("commit");
    EXPECT_EQ(appended.get(), outcome::fenced);
    EXPECT_EQ(log(room), (texts{"1", "2", "3"}));
  }
}

TEST_P(RoomRaces, APausedOwnerThatWakesUpChangesNothing) {
  create("hall", "bob", access::open, {{"ann"}});
  auto room = open("hall");
  warm_up(room, "ann");
  room.head = {3};
  const core::room_settings secret{.access = access::secret};
  for (const auto& what : {doing{entry_kind::erase, "ann", {}, {}, {}, 1}, doing{entry_kind::remove, "bob", "ann"},
                           doing{entry_kind::ban, "bob", "ann"}, doing{entry_kind::role, "bob", "ann"},
                           doing{entry_kind::settings, "bob", {}, {.what = {}, .settings = secret}}}) {
    rival successor(chat_url());
    successor.run("begin");
    successor.run("update rooms set epoch = epoch + 1, node = 'second', view = 2 where name = 'hall'");
    auto acted = later([&, wanted = to(room, what)] { return append_to(*stores.journal, wanted); });
    ASSERT_TRUE(successor.waiting(1));
    successor.run("commit");
    EXPECT_EQ(acted.get(), outcome::fenced);
    EXPECT_EQ(log(room), (texts{"1", "2", "3"}));
    const auto left = described("hall", "ann");
    EXPECT_EQ(left.role, role::member);
    EXPECT_EQ(left.info.settings, core::room_settings{});
    room.epoch = {static_cast<std::uint64_t>(successor.number("select epoch from rooms where name = 'hall'"))};
  }
}

// The successor's opening sees everything that the straggler stored, because it waits for the straggler's end.
TEST_P(RoomRaces, AnOpeningWaitsForTheStraggler) {
  create("hall", "bob");
  const auto room = open("hall");
  warm_up(room, "ann");
  auto successor = other();
  rival straggler(chat_url());
  straggler.run("begin");
  straggler.run("update rooms set head = 4 where name = 'hall'");
  straggler.run("insert into messages select room, 4, author, null, 'straggler', 4 from messages where seq = 3");
  auto opened = later([&] { return *successor.journal->open({{{"hall"}, {"second"}, {2}}}, 10); });
  ASSERT_TRUE(straggler.waiting(1));
  straggler.run("commit");
  const auto taken = opened.get().at(0);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->head.value, 4u);
  ASSERT_EQ(taken->tail.size(), 4u);
  EXPECT_EQ(taken->tail[3].text, "straggler");
}

class UserRaces : public users_database {
 public:
  void SetUp() override {
    users_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    second = *storage::open_users(users_url(), {});
  }
  std::unique_ptr<storage::account_store> second;
};
INSTANTIATE_TEST_SUITE_P(On, UserRaces, testing::Values("postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(UserRaces, ALoginThatIsUnderWayIsEnded) {
  create("ann");
  rival holder(users_url());
  holder.run("begin");
  // The same token: the login waits for it, with the user's row in its hand.
  holder.run("insert into sessions select '" + std::string(64, '0') + "', 'other', id, '', 0, 0 from users");
  auto login = later([&] {
    auto session = users_database::session("ann", "one");
    session.token = {std::string(32, '\0')};
    return store->add_session(session);
  });
  ASSERT_TRUE(holder.waiting(1));
  auto begun = later([&] { return second->begin_deletion({{"op"}, {"ann"}, {}, {}, {"gate"}}, at(100), at(1000)); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("rollback");
  EXPECT_TRUE(login.get());
  EXPECT_EQ(begun.get()->ended.size(), 1u);
  EXPECT_EQ(holder.number("select count(*) from sessions"), 0);
}

TEST_P(UserRaces, ALoginThatComesDuringTheBeginIsRefused) {
  create("ann");
  login("ann", "one");
  rival holder(users_url());
  holder.run("begin");
  holder.run("select 1 from meta for update");
  auto begun = later([&] { return second->begin_deletion({{"op"}, {"ann"}, {}, {}, {"gate"}}, at(100), at(1000)); });
  ASSERT_TRUE(holder.waiting(1));
  auto login = later([&] { return store->add_session(session("ann", "two")); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("commit");
  EXPECT_EQ(begun.get()->ended.size(), 1u);
  EXPECT_EQ(login.get().code(), ec::bad_credentials);
}

TEST_P(UserRaces, TwoRequestsBeginOneDeletion) {
  create("ann");
  rival holder(users_url());
  holder.run("begin");
  holder.run("select 1 from users for update");
  const auto begin_as = [this](storage::account_store& at_store, const std::string& operation) {
    return at_store.begin_deletion({{operation}, {"ann"}, {}, {}, {operation}}, at(100), at(1000));
  };
  auto first = later([&] { return begin_as(*store, "one"); });
  auto other = later([&] { return begin_as(*second, "two"); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("commit");
  const auto a = first.get();
  const auto b = other.get();
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->row.operation, b->row.operation);
  EXPECT_EQ(a->row.lease.value + b->row.lease.value, 1u);
  EXPECT_EQ(holder.number("select count(*) from deletions"), 1);
}

TEST_P(UserRaces, ClaimsDoNotWaitForOneAnother) {
  for (const auto* name : {"ann", "bob"}) {
    create(name);
    ASSERT_TRUE(begin(name, std::string("op ") + name));
  }
  rival holder(users_url());
  holder.run("begin");
  holder.run("select 1 from deletions where operation = 'op ann' for update");
  const auto claimed = store->claim_deletions({{"second"}, 16}, at(1000), at(5000));
  ASSERT_EQ(claimed->size(), 1u);
  EXPECT_EQ(claimed->at(0).operation.value, "op bob");
  holder.run("commit");
  EXPECT_EQ(store->claim_deletions({{"second"}, 16}, at(1000), at(5000))->size(), 1u);
}

TEST_P(UserRaces, AStepThatAClaimOvertakesIsFenced) {
  create("ann");
  ASSERT_TRUE(begin("ann"));
  rival claimer(users_url());
  claimer.run("begin");
  claimer.run("update deletions set lease = lease + 1");
  auto step = later([&] { return advance(state::purging); });
  ASSERT_TRUE(claimer.waiting(1));
  claimer.run("commit");
  EXPECT_EQ(step.get().code(), ec::fenced);
  EXPECT_EQ(store->read_deletion({"op"})->state, state::hiding);
  EXPECT_TRUE(store->find_user({"ann"}));
}

TEST_P(UserRaces, ANameIsNotTakenWhileItIsErased) {
  create("ann");
  ASSERT_TRUE(begin("ann"));
  rival holder(users_url());
  // A token to end, so that the pivot can be held in its middle.
  holder.run("insert into sessions select '" + std::string(64, '0') + "', 'other', id, '', 0, 0 from users");
  holder.run("begin");
  holder.run("select 1 from meta for update");
  auto pivot = later([&] { return second->advance_deletion({{"op"}, {1}, state::purging, {}}, at(200), at(2000)); });
  ASSERT_TRUE(holder.waiting(1));
  auto created = later([&] { return store->create_user({"Ann"}, "new", at(300)); });
  ASSERT_TRUE(holder.waiting(2));
  holder.run("commit");
  EXPECT_TRUE(pivot.get());
  EXPECT_EQ(created.get().code(), ec::taken);
  EXPECT_EQ(holder.number("select count(*) from users"), 1);
}

TEST_P(UserRaces, NothingIsLeftOfTheName) {
  create("Ann");
  login("ann", "one");
  ASSERT_TRUE(begin("ann"));
  ASSERT_TRUE(advance(state::purging));
  ASSERT_TRUE(advance(state::completed));
  rival reader(users_url());
  for (const auto* table : {"users", "deletions", "sessions", "ended_tokens"})
    EXPECT_EQ(
        reader.number("select count(*) from " + std::string(table) + " as t where cast(t as text) ~* '\\yann\\y'"), 0)
        << table;
  EXPECT_EQ(reader.number("select count(*) from users where password_hash = '' and state = 'deleted'"), 1);
}

}  // namespace
}  // namespace greenroom::test
