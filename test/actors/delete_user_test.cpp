#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "actors/accounts_actor.hpp"
#include "actors/catalog_actor.hpp"
#include "actors/delete_user_actor.hpp"
#include "actors/failpoint.hpp"
#include "actors/secrets.hpp"
#include "test/support/accounts.hpp"
#include "test/support/node.hpp"
#include "test/support/paper.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;
using core::deletion_state;
using testing::Contains;
using testing::HasSubstr;

const core::operation_id operation{"00112233445566778899aabbccddeeff"};

/// Both databases in memory, their actors, and a node that knows them: ann has a private room with bob, and said
/// something there and in the lobby.
struct world {
  test::node node;
  std::shared_ptr<test::breakable_accounts> users = std::make_shared<test::breakable_accounts>();
  std::shared_ptr<test::slow_hasher> hasher = std::make_shared<test::slow_hasher>();
  storage::chat_stores chat = *storage::open_chat("memory:", {});
  std::shared_ptr<storage::room_store> rooms{std::move(chat.rooms)};
  telemetry::metrics metrics = telemetry::metrics::live("test");
  std::set<std::string> announced;
  bool catalog_away = false;
  accounts_actor accounts;
  catalog_actor catalog;
  local_node_actor home =
      node.dummy<local_node_actor>([this](find_accounts) { return accounts; },
                                   [this](find_catalog) -> caf::result<catalog_actor> {
                                     if (catalog_away) return to_caf({ec::no_upstream, {}, 1});
                                     return catalog;
                                   },
                                   [this](const announce& news) {
                                     if (const auto* gone = std::get_if<core::room_gone>(&news.what))
                                       announced.insert("gone " + gone->room.value);
                                     if (const auto* who = std::get_if<core::author_erased>(&news.what))
                                       announced.insert((who->erase ? "emptied " : "erased ") + who->user.value);
                                     if (const auto* ended = std::get_if<core::session_ended>(&news.what))
                                       for (const auto& one : ended->tokens)
                                         announced.insert(one.token == token ? "my token" : "a token");
                                   });
  core::token_hash token = token_hash_of("ann's");
  delete_user_actor saga;

  world() {
    accounts_deps of;
    of.store = users;
    of.hasher = hasher;
    of.clock = node.clock;
    const auto keeper = node.spawn(accounts_behavior, of);
    caf::anon_send(keeper, watch_ended{}, node_actor{home});
    accounts = keeper;
    host_catalog_again();
    const auto now = node.clock->now().wall;
    for (const auto* const name : {"ann", "bob"}) EXPECT_TRUE(users->create_user({name}, "new(secret)", now));
    EXPECT_TRUE(users->add_session({token, {"s"}, {"ann"}, "", now, now + 1h}));
    EXPECT_TRUE(rooms->create_room({{"den"}, {"ann"}, core::room_access::secret, {{"bob"}}}, now));
    EXPECT_TRUE(rooms->create_room({{"lobby"}, {"bob"}, core::room_access::open, {}}, now));
    say("den", 2);
    say("lobby", 3);
  }
  ~world() { (void)arm_failpoints({}); }

  void host_catalog_again() {
    catalog =
        node.spawn(catalog_behavior, catalog_deps{rooms, node.clock, std::make_shared<test::no_limits>(), home, 1});
  }
  void say(const std::string& room, std::uint64_t count) {
    auto opened = chat.journal->open({{{room}, {"n"}, {1}}}, 0);
    storage::room_append what{(*opened)[0]->key, (*opened)[0]->epoch, {}};
    for (std::uint64_t seq = 1; seq <= count; ++seq)
      what.entries.push_back({.seq = {seq}, .author = {"ann"}, .text = "hello", .at = node.clock->now().wall});
    EXPECT_EQ((*chat.journal->append({&what, 1}))[0].what, storage::append_outcome::kind::stored);
  }
  template <class What>
  void start(What what) {
    saga = node.spawn(delete_user_behavior, delete_user_deps{home, node.clock, metrics, {}},
                      std::variant<core::begin_deletion, core::deletion>{std::move(what)});
  }
  void prepare() { start(core::begin_deletion{operation, {"ann"}, token, "secret", {"gateway"}}); }
  void begin() {
    prepare();
    caf::anon_send(saga, await_deletion{});
  }
  /// What the coordinator says in at most `patience`.
  core::result<core::deletion> await(core::milliseconds patience) {
    auto pending = node.self->request(saga, core::milliseconds{1h}, await_deletion{patience});
    for (auto waited = 0ms; waited <= patience + 100ms; waited += 100ms) {
      node.settle();
      hasher->work();
      node.advance(100ms);
    }
    core::result<core::deletion> out{ec::internal};
    pending.receive([&](core::deletion& row) { out = std::move(row); },
                    [&](const caf::error& why) { out = from_caf(why); });
    return out;
  }
  core::result<core::deletion> remove(core::milliseconds patience = 5s) {
    prepare();
    return await(patience);
  }
  [[nodiscard]] deletion_state state() const { return users->read_deletion(operation)->state; }
  std::vector<std::string> authors() {
    const auto page = rooms->read_history({{"lobby"}, {"bob"}, {}, {}, 50, true});
    std::vector<std::string> out;
    for (const auto& entry : page->entries) out.push_back(entry.author.value);
    return out;
  }
  void expect_nothing_left() {
    EXPECT_EQ(users->find_user({"ann"}).code(), ec::not_found);
    EXPECT_EQ(users->create_user({"Ann"}, "x", {}).code(), ec::taken);
    EXPECT_EQ(users->check_token(token, node.clock->now().wall).code(), ec::invalid_token);
    EXPECT_EQ(rooms->find_room({"den"}, {"bob"}, node.clock->now().wall).code(), ec::not_found);
    EXPECT_THAT(authors(), testing::ElementsAre("deleted", "deleted", "deleted"));
    EXPECT_THAT(announced, Contains("erased ann"));
  }
  void expect_all_as_before() {
    EXPECT_TRUE(users->find_user({"ann"})->active);
    EXPECT_EQ(users->check_token(token, node.clock->now().wall).code(), ec::invalid_token)
        << "an undo revives no token";
    EXPECT_TRUE(rooms->find_room({"den"}, {"ann"}, node.clock->now().wall));
    EXPECT_THAT(authors(), testing::ElementsAre("ann", "ann", "ann"));
  }
};

TEST(DeleteUserActor, DeletesFromBothDatabasesAndTellsEverybody) {
  world w;
  const auto row = w.remove();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, deletion_state::completed);
  EXPECT_EQ(row->receipt.rooms, 1u);
  EXPECT_EQ(row->receipt.messages, 2u);
  EXPECT_EQ(row->receipt.anonymised, 3u);
  EXPECT_EQ(row->receipt.sessions, 1u);
  w.expect_nothing_left();
  EXPECT_THAT(w.announced, Contains("gone den"));
  EXPECT_THAT(w.announced, Contains("my token"));
  EXPECT_THAT(w.metrics.text(), HasSubstr("greenroom_sagas_ended_total{result=\"completed\"} 1\n"));
}

TEST(DeleteUserActor, DoesAsWasChosen) {
  world w;
  const core::deletion_choices chosen{true, true};
  w.start(core::begin_deletion{operation, {"ann"}, w.token, "secret", {"gateway"}, {}, chosen});
  const auto row = w.await(5s);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, deletion_state::completed);
  EXPECT_EQ(row->choices, chosen);
  EXPECT_EQ(row->receipt.rooms, 0u);
  EXPECT_EQ(row->receipt.passed_on, 1u);
  EXPECT_EQ(row->receipt.anonymised, 0u);
  EXPECT_EQ(row->receipt.erased, 5u);
  EXPECT_EQ(w.rooms->find_room({"den"}, {"bob"}, w.node.clock->now().wall)->owner.value, "bob");
  EXPECT_EQ(w.rooms->read_history({{"lobby"}, {"bob"}, {}, {}, 50, true})->entries.at(0).text, "");
  EXPECT_THAT(w.announced, Contains("emptied ann"));
  EXPECT_THAT(w.announced, testing::Not(Contains("gone den")));
}

TEST(DeleteUserActor, TellsWhyItCannotBegin) {
  world w;
  w.start(core::begin_deletion{operation, {"ann"}, w.token, "wrong", {"gateway"}});
  EXPECT_EQ(w.await(5s).code(), ec::bad_credentials);
  w.start(core::begin_deletion{operation, {"bob"}, w.token, "secret", {"gateway"}});
  EXPECT_EQ(w.await(5s).code(), ec::forbidden);
  w.start(core::begin_deletion{operation, {"ann"}, {"nobody's"}, "secret", {"gateway"}});
  EXPECT_EQ(w.await(5s).code(), ec::invalid_token);
  EXPECT_TRUE(w.users->check_token(w.token, w.node.clock->now().wall));
}

TEST(DeleteUserActor, EndsWhateverStepFails) {
  for (const auto name : failpoint_names()) {
    if (name.starts_with("relay.") || name.starts_with("follower.")) continue;  // not on a deletion's way
    const bool undoes = name.find("undo") != name.npos || name.find("restore") != name.npos;
    SCOPED_TRACE(name);
    world w;
    const auto points = (undoes ? "catalog.after_hide:refuse," : "") + std::string(name) + ":fail";
    ASSERT_TRUE(arm_failpoints(points));
    const auto row = w.remove();
    ASSERT_TRUE(row);
    EXPECT_EQ(detail::armed_failpoints, 0u) << "it is on the way";
    EXPECT_EQ(row->state, undoes ? deletion_state::undone : deletion_state::completed);
    undoes ? w.expect_all_as_before() : w.expect_nothing_left();
  }
}

TEST(DeleteUserActor, IsUndoneWhereItIsRefusedBeforeThePivot) {
  world w;
  ASSERT_TRUE(arm_failpoints("catalog.before_hide:refuse"));
  const auto row = w.remove();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, deletion_state::undone);
  w.expect_all_as_before();
  EXPECT_THAT(w.metrics.text(), HasSubstr("greenroom_sagas_ended_total{result=\"undone\"} 1\n"));
}

TEST(DeleteUserActor, IsUndoneWhereTheRoomsAreAwayForTooLong) {
  world w;
  w.catalog_away = true;
  const auto early = w.remove();
  ASSERT_TRUE(early);
  EXPECT_EQ(early->state, deletion_state::hiding) << "not ended within the patience";
  w.node.advance(10s);
  EXPECT_EQ(w.state(), deletion_state::undoing);
  w.catalog_away = false;
  const auto late = w.await(5s);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->state, deletion_state::undone);
  w.expect_all_as_before();
}

TEST(DeleteUserActor, PurgesWhenTheRoomsAreBackHoweverLongThatTakes) {
  world w;
  ASSERT_TRUE(arm_failpoints("saga.after_delete:fail"));
  w.begin();
  while (w.users->read_deletion(operation).code() != ec::none || w.state() != deletion_state::purging) {
    w.hasher->work();
    ASSERT_TRUE(w.node.scheduler.try_run_once() || w.hasher->waiting() > 0);
  }
  w.catalog_away = true;
  w.node.kill(w.catalog);
  w.node.advance(10min);
  EXPECT_EQ(w.state(), deletion_state::purging);
  w.host_catalog_again();
  w.catalog_away = false;
  const auto row = w.await(5s);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, deletion_state::completed);
  w.expect_nothing_left();
}

TEST(DeleteUserActor, AsksAnotherParticipantWhereOneGoesDown) {
  world w;
  const auto silent = w.node.dummy<catalog_actor>([](const core::purge_rooms&) {});
  const auto real = std::exchange(w.catalog, silent);
  w.begin();
  w.node.settle();
  w.hasher->work();
  w.node.settle();
  w.catalog = real;
  w.node.kill(silent);
  const auto row = w.await(1s);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, deletion_state::completed);
}

TEST(DeleteUserActor, GoesOnWaitingForOneParticipantWhereTheOtherGoesDown) {
  world w;
  int asked = 0;
  w.catalog = w.node.dummy<catalog_actor>([&](const core::hide_rooms&) -> caf::result<core::rooms_hidden> {
    ++asked;
    return caf::delegated<core::rooms_hidden>{};
  });
  w.begin();
  w.node.settle();
  w.hasher->work();
  w.node.settle();
  ASSERT_EQ(asked, 1);
  w.node.kill(w.accounts);
  w.node.advance(4 * core::delete_user_limits{}.first_pause);
  EXPECT_EQ(asked, 1);
}

TEST(DeleteUserActor, AsksOtherAccountsWithTheNextTryWhereTheFirstOnesGoDown) {
  world w;
  const auto silent = w.node.dummy<accounts_actor>(
      [](const core::begin_deletion&) -> caf::result<core::deletion> { return caf::delegated<core::deletion>{}; });
  const auto real = std::exchange(w.accounts, silent);
  w.begin();
  w.node.settle();
  w.accounts = real;
  w.node.kill(silent);
  w.node.advance(core::delete_user_limits{}.first_pause);
  w.hasher->work();
  w.node.settle();
  EXPECT_TRUE(w.users->read_deletion(operation));
}

TEST(DeleteUserActor, StopsWhereAnotherOneHasClaimedItsDeletion) {
  world w;
  w.catalog_away = true;
  w.begin();
  w.node.settle();
  w.hasher->work();
  w.node.settle();
  const auto later = w.node.clock->now().wall + 20s;
  const auto claimed = w.users->claim_deletions({{"another"}, 16}, later, later + 10s);
  ASSERT_THAT(*claimed, testing::SizeIs(1));
  const auto row = w.await(5s);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, deletion_state::hiding) << "it has stopped, and says how far it saw it";
  w.node.advance(20s);
  EXPECT_EQ(w.state(), deletion_state::hiding) << "it undoes nothing any more";
  w.catalog_away = false;
  w.start(claimed->at(0));
  w.node.advance(1s);
  EXPECT_EQ(w.state(), deletion_state::completed) << "though nobody waits for it";
  w.expect_nothing_left();
}

TEST(DeleteUserActor, LetsGoOfItsLeaseForAnotherOneToClaim) {
  world w;
  w.catalog_away = true;
  w.begin();
  w.node.settle();
  w.hasher->work();
  w.node.settle();
  const core::claim_deletions claim{{"another"}, 16};
  const auto now = w.node.clock->now().wall;
  EXPECT_THAT(*w.users->claim_deletions(claim, now, now + 10s), testing::IsEmpty());
  caf::anon_send(w.saga, release_deletion{});
  w.node.settle();
  EXPECT_THAT(*w.users->claim_deletions(claim, now, now + 10s), testing::SizeIs(1));
}

TEST(DeleteUserActor, TheSecondOneFollowsTheFirst) {
  world w;
  w.catalog_away = true;
  w.begin();
  w.node.settle();
  w.hasher->work();
  w.node.settle();
  auto first = std::exchange(w.saga, {});
  w.start(core::begin_deletion{{"ffeeddccbbaa99887766554433221100"}, {"ann"}, w.token, "secret", {"gateway"}});
  EXPECT_EQ(w.await(300ms)->operation, operation) << "the one that ended the token";
  w.start(core::begin_deletion{{"ffeeddccbbaa99887766554433221100"}, {"ann"}, w.token, "secret", {"gateway"}});
  w.catalog_away = false;
  const auto row = w.await(5s);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->operation, operation) << "the one that ended the token";
  EXPECT_EQ(row->state, deletion_state::completed);
}

}  // namespace
}  // namespace greenroom::actors
