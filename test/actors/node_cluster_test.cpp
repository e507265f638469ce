#include "test/actors/node_fixture.hpp"

/// What a node is to its peers and to discovery.
namespace greenroom::actors {
namespace {

using core::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct NodeInCluster : node_fixture {
  accounts_actor accounts(const std::string& name) {
    return system.dummy<accounts_actor>([this, name](const core::administer&) {
      log.push_back(name + " administers");
      return core::administered{};
    });
  }
  catalog_actor catalog() {
    return system.dummy<catalog_actor>([](const core::restore_rooms&) -> caf::result<void> { return caf::unit; });
  }
  local_door_actor door() {
    return system.dummy<local_door_actor>(
        [this](pull_now) { log.push_back("door pulls"); },
        [this](const core::session_ended&) { log.push_back("door session ended"); },
        [](const core::claim_ticket& asked) { return core::ticket_claimed{{"hash of " + asked.ticket}}; },
        [](const homes_changed&) {});
  }
  core::result<accounts_actor> find() { return system.ask<accounts_actor>(home, find_accounts{}); }
};

// ---- cards

TEST_F(NodeInCluster, IntroducesItselfToWhomItDialledAndWantsTheirCard) {
  core::node_record record = chat("n");
  record.incarnation = {77};
  join_cluster_as(record);
  tell(link_up{{"p"}, a_peer("p")});
  ASSERT_THAT(cards, SizeIs(1));
  EXPECT_EQ(cards[0].name.value, "n");
  EXPECT_EQ(cards[0].incarnation, core::incarnation_id{77});
  EXPECT_EQ(cards[0].node, node_actor(home));
  EXPECT_TRUE(cards[0].answer);
  EXPECT_TRUE(!cards[0].accounts && !cards[0].catalog && !cards[0].directory);
}

TEST_F(NodeInCluster, AnswersACardThatWantsAnAnswer) {
  const auto p = a_peer("p");
  tell(node_card{{"p"}, {1}, p, {}, {}, {}, true});
  ASSERT_THAT(cards, SizeIs(1));
  EXPECT_FALSE(cards[0].answer);
  link("p", p);
  EXPECT_THAT(cards, SizeIs(1));
}

TEST_F(NodeInCluster, HandsOutWhatItHostsToAllPeersWheneverThatChanges) {
  link("p", a_peer("p"));
  link("q", a_peer("q"));
  const auto own = accounts("own");
  tell(host_accounts{own});
  ASSERT_THAT(cards, SizeIs(2));
  EXPECT_EQ(cards[1].accounts, own);
  const auto rooms = system.dummy<local_catalog_actor>([](const core::read_heads&) { return core::room_heads{}; });
  tell(host_catalog{rooms});
  ASSERT_THAT(cards, SizeIs(4));
  EXPECT_EQ(cards[3].catalog, catalog_actor(rooms));
  const auto directory = a_directory();
  tell(host_directory{directory});
  ASSERT_THAT(cards, SizeIs(6));
  EXPECT_EQ(cards[5].directory, directory);
  EXPECT_EQ(cards[5].accounts, own);
  join_cluster_as(chat("n"));
  ASSERT_THAT(cards, SizeIs(8));
  EXPECT_EQ(cards[7].incarnation, core::incarnation_id{1});
}

TEST_F(NodeInCluster, KeepsNoCardThatIsItsOwnOrNamesNoNode) {
  link("n", a_peer("n"), accounts("n"));
  tell(node_card{{"p"}, {1}, {}, accounts("p"), {}, {}, true});
  EXPECT_EQ(find().code(), ec::no_upstream);
}

TEST_F(NodeInCluster, ForgetsAPeerThatGoesDownButNotForTheEndOfItsLastLife) {
  const auto first = a_peer("p"), second = a_peer("p");
  const auto theirs = accounts("p");
  link("p", first, theirs);
  link("p", second, theirs);
  system.kill(first);
  EXPECT_EQ(*find(), theirs);
  system.kill(second);
  EXPECT_EQ(find().code(), ec::no_upstream);
}

TEST_F(NodeInCluster, HasItsDoorPullWhereAccountsComeIntoReach) {
  tell(host_door{door()});
  const auto p = a_peer("p");
  link("p", p);
  EXPECT_THAT(take_log(), IsEmpty());
  const auto theirs = accounts("p");
  link("p", p, theirs);
  EXPECT_THAT(take_log(), ElementsAre("door pulls"));
  link("p", p, theirs);
  EXPECT_THAT(take_log(), IsEmpty());
  link("p", a_peer("p"), theirs);
  EXPECT_THAT(take_log(), ElementsAre("door pulls")) << "it is back";
}

// ---- roles of peers

TEST_F(NodeInCluster, UsesItsOwnAccountsElseThoseOfItsPeersInTurnWithThoseThatDrainLast) {
  const auto one = accounts("p"), two = accounts("q");
  link("p", a_peer("p"), one);
  link("q", a_peer("q"), two);
  EXPECT_NE(*find(), *find());
  view(2, {chat("n"), chat("p", true), chat("q")});
  EXPECT_EQ(*find(), two);
  EXPECT_EQ(*find(), two);
  view(3, {chat("n"), chat("p", true), chat("q", true)});
  EXPECT_NE(*find(), *find());
  const auto own = accounts("own");
  tell(host_accounts{own});
  EXPECT_EQ(*find(), own);
}

TEST_F(NodeInCluster, UsesItsOwnCatalogElseThatOfAPeer) {
  EXPECT_EQ(system.ask<catalog_actor>(home, find_catalog{}).why(), (core::error{ec::no_upstream, {}, 1}));
  const auto theirs = catalog();
  link("p", a_peer("p"), {}, theirs);
  EXPECT_EQ(*system.ask<catalog_actor>(home, find_catalog{}), theirs);
  EXPECT_EQ(find().why(), (core::error{ec::no_upstream, {}, 1}));
}

TEST_F(NodeInCluster, GivesACatalogThatDidNotAnswerOnlyWhereThereIsNoOther) {
  const auto one = catalog(), two = catalog();
  const auto other_than = [this](const catalog_actor& which) {
    return *system.ask<catalog_actor>(home, find_catalog{which.address()});
  };
  link("p", a_peer("p"), {}, one);
  EXPECT_EQ(other_than(one), one);
  link("q", a_peer("q"), {}, two);
  EXPECT_EQ(other_than(one), two);
  view(2, {chat("n"), chat("p"), chat("q", true)});
  EXPECT_EQ(other_than(one), two) << "though it drains";
}

TEST_F(NodeInCluster, HasItsOwnAccountsDoWhatOperatorsWant) {
  const auto refused = system.ask<core::administered>(home, core::administer{});
  EXPECT_EQ(refused.code(), ec::not_found);
  tell(host_accounts{accounts("own")});
  EXPECT_TRUE(system.ask<core::administered>(home, core::administer{}));
  EXPECT_THAT(log, ElementsAre("own administers"));
}

TEST_F(NodeInCluster, ClaimsTicketsAtItsDoorAndAtThoseOfPeers) {
  const auto here = [this](const std::string& ticket) {
    return system.ask<core::ticket_claimed>(home, core::claim_ticket{ticket});
  };
  const auto there = [this](const std::string& minter) {
    return system.ask<core::ticket_claimed>(home, claim_ticket_at{{minter}, {"t"}});
  };
  EXPECT_EQ(here("t").code(), ec::invalid_ticket);
  tell(host_door{door()});
  EXPECT_EQ(here("t")->token, core::token_hash{"hash of t"});
  link("p", a_peer("p", [](const core::claim_ticket& asked) {
         return core::ticket_claimed{{"p's hash of " + asked.ticket}};
       }));
  EXPECT_EQ(there("p")->token, core::token_hash{"p's hash of t"});
  EXPECT_EQ(there("q").why(), (core::error{ec::invalid_ticket, {}, 0})) << "nobody has that name";
  view(2, {chat("n"), chat("q")});
  EXPECT_EQ(there("q").why(), (core::error{ec::unavailable, {}, 1})) << "it lives, and isn't linked";
}

TEST_F(NodeInCluster, TellsItsDoorAndAllPeersOfEndedTokens) {
  tell(core::session_ended{});  // without a door
  tell(host_door{door()});
  link("p", a_peer("p"));
  tell(announce{core::session_ended{}});
  EXPECT_THAT(take_log(), testing::UnorderedElementsAre("door session ended", "p session ended"));
  tell(core::session_ended{});
  EXPECT_THAT(take_log(), ElementsAre("door session ended"));
}

// ---- registration and beats

struct RegisteredNode : NodeInCluster {
  void SetUp() override {
    stored = {40};
    let_in = core::cluster_view{{6}, {chat("n")}, {5}};
    tell(host_directory{a_directory()});
    (void)take_log();
  }
};

TEST_F(RegisteredNode, BringsWhatItKnowsOfViewsAndTakesTheViewThatItIsGiven) {
  view(4, {chat("n")});
  join_cluster_as(chat("n"));
  EXPECT_THAT(take_log(), ElementsAre("newest view"));
  ASSERT_THAT(registered, SizeIs(1));
  EXPECT_EQ(registered[0].seen, core::view_version{4});
  EXPECT_EQ(registered[0].seen_of, core::incarnation_id{5});
  EXPECT_EQ(registered[0].stored, core::view_version{40});
  EXPECT_EQ(registered[0].load.connections, 3u);
  EXPECT_FALSE(registered[0].draining);
  EXPECT_THAT(metrics.text(), testing::AllOf(testing::HasSubstr("greenroom_view_version 6\n"),
                                             testing::HasSubstr("greenroom_nodes 1\n")));
}

TEST_F(RegisteredNode, BeatsOnceASecond) {
  (void)node_fixture::find("lobby");
  join_cluster_as(chat("n"));
  system.advance(milliseconds{999});
  EXPECT_THAT(beats, IsEmpty());
  system.advance(milliseconds{1});
  ASSERT_THAT(beats, SizeIs(1));
  EXPECT_EQ(beats[0].name.value, "n");
  EXPECT_EQ(beats[0].incarnation, core::incarnation_id{1});
  EXPECT_EQ(beats[0].load.connections, 3u);
  EXPECT_EQ(beats[0].load.rooms, 1u);
  EXPECT_FALSE(beats[0].draining || beats[0].database_away);
  system.advance(milliseconds{2000});
  EXPECT_THAT(beats, SizeIs(3));
  EXPECT_THAT(registered, SizeIs(1));
}

TEST_F(RegisteredNode, RegistersAgainWhereAViewLeavesItOut) {
  join_cluster_as(chat("n"));
  auto other_life = chat("n");
  other_life.incarnation = {2};
  view(9, {other_life});
  system.advance(milliseconds{1000});
  EXPECT_THAT(registered, SizeIs(2));
  EXPECT_THAT(beats, IsEmpty());
}

TEST_F(RegisteredNode, SaysThatItIsRefusedOnlyWhereThatIsForGood) {
  std::vector<ec> refused;
  const auto join = [&] {
    tell(join_cluster{chat("n"), {}, [&](const core::error& why) { refused.push_back(why.code); }});
  };
  let_in = ec::unavailable;
  join();
  let_in = ec::internal;
  join();
  EXPECT_THAT(refused, IsEmpty());
  let_in = ec::conflict;
  join();
  EXPECT_THAT(refused, ElementsAre(ec::conflict));
  join_cluster_as(chat("n"));  // nobody wants to hear it
}

TEST_F(RegisteredNode, RegistersAlsoWhereItsDatabaseCannotSayItsNewestView) {
  silent = true;
  join_cluster_as(chat("n"));
  system.advance(milliseconds{9999});
  EXPECT_THAT(registered, IsEmpty());
  system.advance(milliseconds{1});
  ASSERT_THAT(registered, SizeIs(1));
  EXPECT_EQ(registered[0].stored, core::view_version{});
}

TEST_F(RegisteredNode, IgnoresTheDirectoryOfAPeerWhereItHostsOne) {
  join_cluster_as(chat("n"));
  const auto d = a_peer("d");
  link("d", d, {}, {}, system.dummy<directory_actor>([](const core::beat&) {}));
  EXPECT_THAT(registered, SizeIs(1));
  system.kill(d);
  system.advance(milliseconds{1000});
  EXPECT_THAT(beats, SizeIs(1));
}

TEST_F(NodeInCluster, RegistersWithTheDirectoryOfAPeerOnceAsLongAsItIsLinked) {
  const auto d = a_peer("d"), directory_of_d = a_peer("d");
  const auto directory = a_directory();
  let_in = core::cluster_view{{6}, {chat("n")}, {5}};
  link("d", d, {}, {}, directory);
  EXPECT_THAT(registered, IsEmpty()) << "it doesn't want to be in a cluster yet";
  join_cluster_as(chat("n"));
  EXPECT_THAT(registered, SizeIs(1));
  link("d", d, {}, {}, directory);
  EXPECT_THAT(registered, SizeIs(1));
  link("d", d, {}, {}, a_directory());
  EXPECT_THAT(registered, SizeIs(2));
  const auto p = a_peer("p");
  link("p", p);
  system.kill(p);
  system.advance(milliseconds{1000});
  EXPECT_THAT(beats, SizeIs(1));
  system.kill(d);
  system.advance(milliseconds{5000});
  EXPECT_THAT(beats, SizeIs(1));
  EXPECT_THAT(registered, SizeIs(2));
}

TEST_F(NodeInCluster, RegistersAtOnceWithoutADatabase) {
  system.kill(home);
  home = a_node("n", {});
  tell(host_directory{a_directory()});
  join_cluster_as(chat("n"));
  EXPECT_THAT(registered, SizeIs(1));
  system.advance(milliseconds{3000});
  for (const auto& one : beats) EXPECT_FALSE(one.database_away);
}

TEST_F(RegisteredNode, SaysAtOnceThatItsDatabaseIsAwayOrBack) {
  join_cluster_as(chat("n"));
  silent = true;
  system.advance(milliseconds{1000});  // asks
  ASSERT_THAT(beats, SizeIs(1));
  EXPECT_FALSE(beats[0].database_away);
  system.advance(milliseconds{1000});
  ASSERT_GE(beats.size(), 2u);
  EXPECT_TRUE(beats[1].database_away);
  const auto before = beats.size();
  system.advance(milliseconds{1000});
  EXPECT_EQ(beats.size(), before + 1) << "it says it once";
}

// ---- views, pins, draining

struct seen_views final : core::view_watcher {
  std::vector<std::uint64_t> versions;
  void view_changed(const core::cluster_view& view) override { versions.push_back(view.version.value); }
};

TEST_F(NodeInCluster, ShowsWatchersThePresentViewAndEachNewerOne) {
  view(4, {chat("n")});
  const auto watcher = std::make_shared<seen_views>();
  tell(watch_view{watcher});
  view(6, {chat("n")});
  view(5, {chat("n")});
  view(6, {chat("n")});
  EXPECT_THAT(watcher->versions, ElementsAre(4u, 6u));
}

TEST_F(RegisteredNode, PinsRoomsAndTellsTheDirectoryOnlyOfChanges) {
  const auto move = [this](const std::string& room, const std::string& to) {
    EXPECT_TRUE(system.ask<core::done>(home, core::move_room{{room}, {to}}));
  };
  move("early", "n");
  EXPECT_THAT(registered, IsEmpty()) << "it isn't in a cluster";
  join_cluster_as(chat("n"));
  registered.clear();
  move("lobby", "p");
  EXPECT_THAT(registered, IsEmpty());
  move("lobby", "n");
  move("Lobby", "n");
  ASSERT_THAT(registered, SizeIs(1));
  EXPECT_THAT(registered[0].pins, ElementsAre(core::room_id{"lobby"}));
  for (int i = 1; i <= 1000; ++i) move("room" + std::to_string(i), "n");
  EXPECT_THAT(registered.back().pins, SizeIs(1000));
  EXPECT_EQ(registered.back().pins.front().value, "room1") << "the oldest one went";
  move("room7", "p");
  EXPECT_THAT(registered.back().pins, SizeIs(999));
}

TEST_F(RegisteredNode, DrainsOnceAndSaysSoAtOnce) {
  unsigned told = 0;
  tell(join_cluster{chat("n"), [&] { ++told; }, {}});
  (void)node_fixture::find("lobby");
  ASSERT_TRUE(system.ask<core::done>(home, core::drain_node{{"n"}}));
  ASSERT_THAT(beats, SizeIs(1));
  EXPECT_TRUE(beats[0].draining);
  EXPECT_EQ(told, 1u);
  const auto drained = begin<core::node_load>(drain_rooms{});
  EXPECT_THAT(beats, SizeIs(1));
  EXPECT_EQ(system.ask<room_actor>(home, core::find_room{{"other"}}).why(), (core::error{ec::draining, {}, 1}));
  system.advance(milliseconds{990});
  EXPECT_FALSE(*drained);
  system.advance(milliseconds{10});
  ASSERT_TRUE(*drained);
  EXPECT_EQ((**drained)->rooms, 0u);
  EXPECT_EQ((**drained)->connections, 3u);
  EXPECT_TRUE(system.ask<core::node_load>(home, drain_rooms{})) << "at once, for it is drained";
}

TEST_F(NodeInCluster, DrainsForAnOperatorAlsoWhereNobodyHearsOfIt) {
  EXPECT_TRUE(system.ask<core::done>(home, core::drain_node{{"n"}}));
  system.advance(milliseconds{1000});
  EXPECT_TRUE(system.ask<core::node_load>(home, drain_rooms{}));
}

}  // namespace
}  // namespace greenroom::actors
