#include "test/cluster/fixture.hpp"

namespace greenroom::test {
namespace {

using core::ec;
using core::milliseconds;
using testing::SizeIs;

struct Rooms : Cluster {
  core::room_id lobby;
  void SetUp() override {
    start("a");
    start("b");
    view({"a", "b"});
    lobby = room_at("a", {"a", "b"});
  }
};

TEST_F(Rooms, CarriesMessagesBetweenNodes) {
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  join(bob, lobby);
  join(ann, lobby);
  send(bob, lobby, "from b");
  send(ann, lobby, "from a");
  for (const auto* who : {&ann, &bob}) {
    EXPECT_EQ(who->times(R"("text":"from a")"), 1u);
    EXPECT_EQ(who->times(R"("text":"from b")"), 1u);
  }
  EXPECT_TRUE(bob.heard(R"("id":"from b")"));
  EXPECT_FALSE(ann.heard(R"("id":"from b")"));
  EXPECT_EQ(rooms("a"), 1u);
  EXPECT_EQ(rooms("b"), 0u);
}

TEST_F(Rooms, GoesOnElsewhereWithinTwoSecondsAfterItsNodeDied) {
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  join(ann, lobby);
  join(bob, lobby);
  send(bob, lobby, "before");
  crash("a");
  send(bob, lobby, "meanwhile");
  system.advance(milliseconds{600});
  view({"b"});
  system.advance(milliseconds{100});
  send(bob, lobby, "after");
  EXPECT_EQ(bob.times(R"("text":"meanwhile")"), 1u);
  EXPECT_TRUE(bob.heard(R"("seq":3)"));
  EXPECT_EQ(bob.times(R"("type":"joined")"), 1u);  // the socket never noticed
  EXPECT_FALSE(bob.heard(R"("type":"error")"));
  EXPECT_EQ(at("b").audience->skipped, 0u);
}

TEST_F(Rooms, LetsSomebodyInWhileTheRoomIsOnItsWay) {
  const auto bob = connect("b", "bob");
  ASSERT_TRUE(
      system.ask<core::room_entered>(at("b").catalog, core::create_room{lobby, {"bob"}, core::room_access::open, {}}));
  crash("a");
  join(bob, lobby);
  system.advance(milliseconds{700});
  EXPECT_FALSE(bob.heard(R"("type":"error")"));
  view({"b"});
  EXPECT_TRUE(bob.heard(R"("type":"joined")"));
}

TEST_F(Rooms, TurnsAwayWhoeverWaitsForARoomThatNobodyCanHave) {
  const auto bob = connect("b", "bob");
  ASSERT_TRUE(
      system.ask<core::room_entered>(at("b").catalog, core::create_room{lobby, {"bob"}, core::room_access::open, {}}));
  crash("a");
  join(bob, lobby);
  for (int i = 0; i < 40; ++i) system.advance(milliseconds{100});
  EXPECT_TRUE(bob.heard(R"("code":"unavailable")"));
}

TEST_F(Rooms, AViewMovesThemAtOnceThoughTheirOldNodeSaysNothing) {
  const auto bob = connect("b", "bob");
  join(bob, lobby);
  send(bob, lobby, "one");
  // The view reaches b alone: a still believes that the room is its own, and is not down.
  show("b", next_view({"b"}));
  send(bob, lobby, "two");
  EXPECT_TRUE(bob.heard(R"("seq":2)"));
  EXPECT_EQ(rooms("b"), 1u);
}

TEST_F(Rooms, AStaleOwnerCanNeitherStoreNorAnswerFromThePast) {
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  join(ann, lobby);
  join(bob, lobby);
  send(ann, lobby, "one");
  show("b", next_view({"b"}));
  send(bob, lobby, "two");
  const auto eve = connect("a", "eve");
  say(eve, R"({"type":"join","room":")" + lobby.value + R"(","after":2})");
  system.advance(milliseconds{200});
  send(ann, lobby, "three");
  show("a", {{version}, next_view({"b"}).nodes});
  EXPECT_EQ(bob.times(R"("text":"three")"), 1u);
  EXPECT_EQ(ann.times(R"("text":"two")"), 1u);
  EXPECT_TRUE(eve.heard(R"("recovered":true)"));
  EXPECT_EQ(eve.times(R"("text":"one")"), 0u);
  EXPECT_EQ(database->rooms.at(lobby)->log.size(), 3u);
}

TEST_F(Rooms, AnOlderViewAsksTheOwnerThatIsWritten) {
  const auto old_home = room_at("b", {"a", "b"});
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  show("a", next_view({"a"}));  // newer than b's
  join(ann, old_home);
  EXPECT_EQ(rooms("a"), 1u);
  at("b").store->written_owner = "a";
  join(bob, old_home);
  send(bob, old_home, "hello");
  EXPECT_TRUE(ann.heard(R"("text":"hello")"));
  EXPECT_EQ(rooms("b"), 0u);
}

TEST_F(Rooms, FindsItsWayThroughViewsThatContradictOneAnother) {
  const auto bob = connect("b", "bob");
  show("b", next_view({"a"}));
  show("a", next_view({"b"}));  // each takes the other one for its home
  join(bob, lobby);
  system.advance(milliseconds{150});
  EXPECT_FALSE(bob.heard(R"("type":"joined")"));
  view({"a", "b"});
  EXPECT_TRUE(bob.heard(R"("type":"joined")"));
}

TEST_F(Rooms, ComparesAllEpochsInOneStatementEveryTwoSecondsAndRetiresWhatIsLost) {
  const auto ann = connect("a", "ann");
  for (unsigned i = 0; i < 5; ++i) join(ann, room_at("a", {"a", "b"}, i));
  const auto before = at("a").store->epoch_statements;
  system.advance(milliseconds{2000});
  EXPECT_EQ(at("a").store->epoch_statements, before + 1);
  EXPECT_EQ(at("a").store->epochs_asked, 5u);
  {
    const auto& lost = database->rooms.at(lobby);
    ++lost->epoch;
    lost->view = {version + 1};
  }
  system.advance(milliseconds{2000});
  EXPECT_EQ(rooms("a"), 4u);
}

TEST_F(Rooms, KeepsItsRoomsWhileTheDatabaseCannotBeAsked) {
  const auto ann = connect("a", "ann");
  join(ann, lobby);
  at("a").store->away = true;
  system.advance(milliseconds{6000});
  EXPECT_EQ(rooms("a"), 1u);
  // But it doesn't let anybody in on its word alone.
  const auto eve = connect("b", "eve");
  join(eve, lobby);
  EXPECT_FALSE(eve.heard(R"("type":"joined")"));
  at("a").store->away = false;
  send(ann, lobby, "back");
  EXPECT_TRUE(ann.heard(R"("text":"back")"));
}

TEST_F(Rooms, LookForALostRoomOnceASecondHoweverLongItTakes) {
  const auto ann = connect("a", "ann");
  join(ann, lobby);
  at("a").store->away = true;
  system.kill(*system.ask<actors::room_actor>(at("a").home, core::find_room{lobby}));
  for (int i = 0; i < 300; ++i) system.advance(milliseconds{100});
  at("a").store->opens = 0;
  for (int i = 0; i < 300; ++i) system.advance(milliseconds{100});
  EXPECT_GE(at("a").store->opens, 29u);
  EXPECT_LE(at("a").store->opens, 46u);  // and at each sweep
  at("a").store->away = false;
  system.advance(milliseconds{1000});
  send(ann, lobby, "back");
  EXPECT_TRUE(ann.heard(R"("text":"back")"));
}

TEST_F(Rooms, LeavesNoGhostOfANodeThatDied) {
  const auto ann = connect("b", "ann"), bob = connect("a", "bob");
  join(ann, lobby);
  join(bob, lobby);
  system.advance(milliseconds{300});
  EXPECT_TRUE(bob.heard(R"("joined":["ann"])") || bob.heard(R"("ann","bob")") || bob.heard(R"("bob","ann")"));
  crash("b");
  system.advance(milliseconds{1900});
  EXPECT_FALSE(bob.heard(R"("left":["ann"])"));
  system.advance(milliseconds{200});
  EXPECT_EQ(bob.times(R"("left":["ann"])"), 1u);
}

TEST_F(Rooms, LeavesNoGhostWhenTheOwnerDiesWithSomebody) {
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  join(ann, lobby);
  join(bob, lobby);
  system.advance(milliseconds{300});
  crash("a");
  view({"b"});
  system.advance(milliseconds{1900});
  EXPECT_FALSE(bob.heard(R"("whole")"));
  system.advance(milliseconds{300});
  EXPECT_EQ(bob.times(R"("joined":["bob"],"left":[],"count":1,"whole":true)"), 1u);
}

TEST_F(Rooms, ShowsNobodyAsGoneWhoMovesWithTheRoom) {
  start("c");
  view({"a", "b", "c"});
  lobby = room_at("a", {"a", "b", "c"});
  const auto ann = connect("b", "ann"), bob = connect("c", "bob");
  join(ann, lobby);
  join(bob, lobby);
  system.advance(milliseconds{300});
  const auto before = bob.socket->sent.size();
  crash("a");
  view({"b", "c"});
  system.advance(milliseconds{3000});
  ASSERT_EQ(bob.socket->sent.size(), before + 1);
  EXPECT_THAT(bob.socket->sent.back(), testing::HasSubstr(R"("left":[],"count":2,"whole":true)"));
}

TEST_F(Rooms, TellsEveryNodeThatARoomIsGone) {
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  join(ann, lobby);
  join(bob, lobby);
  ASSERT_TRUE(system.ask<core::room_gone>(at("b").catalog, core::delete_room{lobby, {"ann"}}));
  system.settle();
  for (const auto* who : {&ann, &bob}) EXPECT_EQ(who->times(R"("type":"gone")"), 1u);
}

TEST_F(Rooms, TakesAFormerMemberOutOnEveryNode) {
  ASSERT_TRUE(system.ask<core::room_entered>(at("a").catalog,
                                             core::create_room{lobby, {"ann"}, core::room_access::secret, {{"bob"}}}));
  const auto bob = connect("b", "bob");
  join(bob, lobby);
  ASSERT_TRUE(bob.heard(R"("type":"joined")"));
  ASSERT_TRUE(remove("a", lobby, "ann", "bob"));
  system.settle();
  EXPECT_EQ(bob.times(R"("type":"gone")"), 1u);
}

TEST_F(Rooms, KeepsNoFormerMemberOnANodeThatLeftTheViewMeanwhile) {
  ASSERT_TRUE(system.ask<core::room_entered>(at("a").catalog,
                                             core::create_room{lobby, {"ann"}, core::room_access::secret, {{"bob"}}}));
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  join(ann, lobby);
  join(bob, lobby);
  show("a", next_view({"a"}));
  ASSERT_TRUE(remove("a", lobby, "ann", "bob"));
  system.settle();
  send(ann, lobby, "just us");
  show("b", next_view({"a", "b"}));
  send(ann, lobby, "still");
  send(bob, lobby, "me too");
  EXPECT_FALSE(bob.heard(R"("text":"still")"));
  EXPECT_FALSE(ann.heard("me too"));
  EXPECT_EQ(bob.times(R"("type":"gone")"), 1u);
}

TEST_F(Rooms, LetsNoFormerMemberWriteThroughAStaleHome) {
  lobby = room_at("b", {"a", "b"});
  ASSERT_TRUE(system.ask<core::room_entered>(at("a").catalog,
                                             core::create_room{lobby, {"ann"}, core::room_access::secret, {{"bob"}}}));
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  join(bob, lobby);
  // The home stands still; the room opens at the other one.
  show("a", next_view({"a"}));
  ASSERT_TRUE(remove("a", lobby, "ann", "bob"));
  join(ann, lobby);
  send(bob, lobby, "me too");
  send(ann, lobby, "just us");
  system.advance(milliseconds{1000});
  EXPECT_FALSE(bob.heard("just us"));
  EXPECT_FALSE(ann.heard("me too"));
  EXPECT_EQ(database->rooms.at(lobby)->log.size(), 2u) << "the removal, and just us";
}

TEST_F(Rooms, ReadsItsMembersAgainWithinTwoSecondsAfterSomebodyElseChangedThem) {
  ASSERT_TRUE(system.ask<core::room_entered>(at("a").catalog,
                                             core::create_room{lobby, {"ann"}, core::room_access::secret, {{"bob"}}}));
  const auto ann = connect("a", "ann"), bob = connect("b", "bob");
  join(ann, lobby);
  join(bob, lobby);
  auto& row = *database->rooms.at(lobby);
  row.members.erase({"bob"});
  ++row.membership;
  system.advance(milliseconds{2000});
  send(ann, lobby, "just us");
  send(bob, lobby, "me too");
  EXPECT_EQ(bob.times(R"("type":"gone")"), 1u);
  EXPECT_FALSE(bob.heard("just us"));
  EXPECT_FALSE(ann.heard("me too"));
  EXPECT_TRUE(ann.heard("just us"));
}

TEST_F(Rooms, TakesAFormerMemberOfAPublicRoomOutOnceAndLetsThemComeBack) {
  ASSERT_TRUE(system.ask<core::room_entered>(at("a").catalog,
                                             core::create_room{lobby, {"ann"}, core::room_access::open, {{"bob"}}}));
  const auto bob = connect("b", "bob");
  join(bob, lobby);
  ASSERT_TRUE(remove("a", lobby, "ann", "bob"));
  system.settle();
  EXPECT_EQ(bob.times(R"("type":"gone")"), 1u);
  join(bob, lobby);
  EXPECT_EQ(bob.times(R"("type":"joined")"), 2u);
}

TEST_F(Rooms, BansSomebodyOnEveryNodeAndSaysWhoDidIt) {
  host_accounts("b");
  const auto ann = connect("a", "ann"), bob = connect("b", "bob"), also = connect("a", "bob");
  join(ann, lobby);
  join(bob, lobby);
  join(also, lobby);
  act(ann, lobby, "a1", R"("kind":"ban","user":"bob","reason":"spam")");
  for (const auto* who : {&bob, &also}) {
    EXPECT_EQ(who->times(R"("reason":"banned","by":"ann","why":"spam")"), 1u);
    send(*who, lobby, "still here");
    join(*who, lobby);
    EXPECT_EQ(who->times(R"("code":"banned")"), 1u);
  }
  EXPECT_FALSE(ann.heard("still here"));
  EXPECT_EQ(ann.times(R"("kind":"ban")"), 1u);
}

TEST_F(Rooms, KeepsWhatWasDoneWhenTheirNodeDies) {
  host_accounts("b");
  const auto ann = connect("b", "ann"), bob = connect("b", "bob");
  join(ann, lobby);
  join(bob, lobby);
  act(ann, lobby, "a1", R"("kind":"mute","user":"bob","reason":"loud")");
  act(ann, lobby, "a2", R"("kind":"settings","settings":{"topic":"tea"})");
  crash("a");
  view({"b"});
  system.advance(milliseconds{700});
  send(bob, lobby, "hello");
  EXPECT_TRUE(bob.heard(R"("code":"muted")"));
  EXPECT_TRUE(bob.heard(R"("why":"loud")"));
  const auto eve = connect("b", "eve");
  join(eve, lobby);
  EXPECT_TRUE(eve.heard(R"("topic":"tea")"));
}

TEST_F(Rooms, DoesAnActOnceThatIsSentAgainBecauseTheRoomMoved) {
  const auto ann = connect("b", "ann");
  join(ann, lobby);
  at("a").store->away = true;
  act(ann, lobby, "a1", R"("kind":"settings","settings":{"topic":"tea"})");
  crash("a");
  view({"b"});
  system.advance(milliseconds{700});
  act(ann, lobby, "a1", R"("kind":"settings","settings":{"topic":"tea"})");
  EXPECT_EQ(database->rooms.at(lobby)->log.size(), 1u);
}

TEST_F(Rooms, ForgetsAnErasedAuthorInTheRingsOfAllNodes) {
  const auto ann = connect("b", "ann");
  join(ann, lobby);
  send(ann, lobby, "mine");
  caf::anon_send(at("b").home, actors::announce{core::author_erased{{"ANN"}}});
  system.settle();
  const auto bob = connect("b", "bob"), again = connect("a", "ann");
  say(bob, R"({"type":"join","room":")" + lobby.value + R"(","after":0})");
  say(again, R"({"type":"join","room":")" + lobby.value + R"(","after":0})");
  EXPECT_TRUE(bob.heard(R"("from":"deleted")") || bob.heard(R"("user":"deleted")") || bob.heard("\"deleted\""));
  EXPECT_FALSE(bob.heard("\"ann\",\"text\":\"mine\""));
  EXPECT_FALSE(again.heard(R"("id":"mine")"));
}

TEST_F(Rooms, TellHeadsFromTheDatabaseThoughTheOwnerIsSilent) {
  const auto bob = connect("b", "bob");
  join(bob, lobby);
  send(bob, lobby, "one");
  database->rooms.at(lobby)->log.push_back({.seq = {2}, .author = {"x"}, .text = "unheard"});
  system.advance(milliseconds{20'000});
  EXPECT_TRUE(bob.heard(R"("type":"heads")"));
  EXPECT_TRUE(bob.heard(R"("head":2)") || bob.heard(R"(:2})"));
}

}  // namespace
}  // namespace greenroom::test
