#include <stdexcept>

#include "actors/relay_actor.hpp"
#include "test/actors/node_fixture.hpp"

/// What a node does for rooms and relays.
namespace greenroom::actors {
namespace {

using core::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const core::room_id lobby{"lobby"};

struct NodeActor : node_fixture {
  local_relay_actor relay(const std::string& room = "lobby") {
    return *system.ask<local_relay_actor>(home, find_relay{{room}});
  }
  /// Somebody in a room, whose connection writes down what its relay says.
  void listen_in(const std::string& room, std::uint64_t connection) {
    audience->clients[{connection}] = socket;
    const auto ann = system.dummy<local_connection_actor>([this](const room_ready& told) {
      log.push_back("ready in " + std::to_string(told.topic.value) + " " +
                    std::string(core::to_string(told.refused.code)) + (told.again ? " again" : ""));
    });
    caf::anon_send(relay(room), listen{{connection}, {"ann"}, test::json_voice, {}}, ann);
    system.settle();
  }
  [[nodiscard]] bool heard(std::string_view part) const {
    return std::any_of(socket->sent.begin(), socket->sent.end(),
                       [&](const std::string& frame) { return frame.find(part) != frame.npos; });
  }
  std::shared_ptr<test::paper_client> socket = std::make_shared<test::paper_client>();
};

TEST_F(NodeActor, OpensARoomThatLivesHereOnceForAllWhoAsk) {
  view(4, {chat("n")});
  const auto found = find("lobby");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(*find("lobby"), *found);
  EXPECT_THAT(take_log(), ElementsAre("open lobby for n in 4"));
  EXPECT_EQ(rooms(), 1u);
  EXPECT_THAT(metrics.text(), HasSubstr(R"(room_opens_total{result="opened"} 1)"));
}

TEST_F(NodeActor, AsksOthersForEveryRoomWithoutTheChatRole) {
  system.kill(home);
  home = a_node("n", {});
  EXPECT_EQ(find("lobby").why(), (core::error{ec::unavailable, {}, 1})) << "no node takes rooms";
  const auto there = system.dummy<room_actor>([](const core::post_batch&) {});
  link("p", a_peer("p", [there](const core::find_room&) { return there; }));
  view(4, {chat("p")});
  EXPECT_EQ(*find("lobby"), there);
  (void)relay();
  system.advance(milliseconds{4000});
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(NodeActor, SaysWhyARoomCannotBeOpenedAndTriesAgainWhenItIsAskedAgain) {
  opening = [](const core::open_room&) { return to_caf({ec::unavailable, {}, 0}); };
  EXPECT_EQ(find("lobby").why(), (core::error{ec::unavailable, {}, 1}));
  EXPECT_THAT(metrics.text(), HasSubstr(R"(room_opens_total{result="failed"} 1)"));
  EXPECT_THAT(take_log(), ElementsAre("open lobby for n in 0"));
  opening = [](const core::open_room&) { return to_caf({ec::fenced, {}, 0}); };
  EXPECT_EQ(find("lobby").code(), ec::fenced);
  EXPECT_THAT(metrics.text(), HasSubstr(R"(room_opens_total{result="fenced"} 1)"));
  EXPECT_THAT(take_log(), ElementsAre("open lobby for n in 0", "newest view")) << "perhaps its view is an old one";
  opening = [](const core::open_room&) -> caf::result<core::room_opened> {
    return caf::delegated<core::room_opened>{};
  };
  const auto found = begin<room_actor>(core::find_room{lobby});
  system.advance(milliseconds{9999});
  EXPECT_FALSE(*found);
  system.advance(milliseconds{1});
  ASSERT_TRUE(*found);
  EXPECT_EQ((*found)->why(), (core::error{ec::unavailable, {}, 1}));
  opening = nullptr;
  EXPECT_TRUE(find("lobby"));
}

TEST_F(NodeActor, OpensARoomAgainWhoseActorEnded) {
  const auto first = *find("lobby");
  system.kill(first);
  EXPECT_EQ(rooms(), 0u);
  const auto second = find("lobby");
  ASSERT_TRUE(second);
  EXPECT_NE(*second, first);
}

TEST_F(NodeActor, RetiresARoomThatAViewGivesToAnotherNode) {
  const auto first = find("lobby");
  view(4, {chat("p")});
  EXPECT_EQ(rooms(), 0u);
  view(3, {chat("n")});
  EXPECT_EQ(find("lobby").code(), ec::unavailable) << "an older view counts no more";
}

TEST_F(NodeActor, AsksTheNodeWhereARoomLives) {
  view(4, {chat("p")});
  EXPECT_EQ(find("lobby").why(), (core::error{ec::unavailable, {}, 1})) << "it isn't linked";
  const auto there = system.dummy<room_actor>([](const core::post_batch&) {});
  link("p", a_peer("p", [&](const core::find_room& asked) -> caf::result<room_actor> {
         log.push_back("p find " + asked.room.value + (asked.forwarded ? " forwarded" : ""));
         if (opening) return to_caf({ec::draining, {}, 1});
         return there;
       }));
  EXPECT_EQ(*find("lobby"), there);
  EXPECT_THAT(take_log(), ElementsAre("p find lobby forwarded"));
  EXPECT_EQ(find("lobby", true).code(), ec::fenced) << "who is asked by a node asks no further";
  EXPECT_THAT(take_log(), IsEmpty());
  opening = [](const core::open_room&) { return to_caf({ec::internal, {}, 0}); };
  EXPECT_EQ(find("lobby").code(), ec::draining);
}

TEST_F(NodeActor, TakesANullHandleForARoomThatIsOutOfReach) {
  view(4, {chat("p")});
  link("p", a_peer("p", [](const core::find_room&) { return room_actor{}; }));
  EXPECT_EQ(find("lobby").why(), (core::error{ec::unavailable, {}, 1}));
}

TEST_F(NodeActor, WaitsThreeSecondsForAnotherNodeAndNotForOneThatIsGone) {
  view(4, {chat("p")});
  const auto p =
      a_peer("p", [](const core::find_room&) -> caf::result<room_actor> { return caf::delegated<room_actor>{}; });
  link("p", p);
  auto found = begin<room_actor>(core::find_room{lobby});
  system.advance(milliseconds{2999});
  EXPECT_FALSE(*found);
  system.advance(milliseconds{1});
  ASSERT_TRUE(*found);
  EXPECT_EQ((*found)->code(), ec::unavailable);
  found = begin<room_actor>(core::find_room{lobby});
  system.kill(p);
  ASSERT_TRUE(*found);
  EXPECT_EQ((*found)->why(), (core::error{ec::unavailable, {}, 1}));
}

TEST_F(NodeActor, HasOneRelayARoomWithATopicOfItsOwn) {
  EXPECT_EQ(relay(), relay("Lobby"));
  EXPECT_NE(relay(), relay("other"));
  listen_in("lobby", 1);
  listen_in("other", 2);
  EXPECT_THAT(take_log(), testing::AllOf(Contains("ready in 1 none"), Contains("ready in 2 none")));
}

TEST_F(NodeActor, LetsAnIdleRelayGo) {
  const auto first = relay();
  const auto stranger = system.spawn(relay_behavior, relay_deps{lobby, {9}, home, audience});
  caf::anon_send(home, relay_idle{lobby}, stranger);
  system.settle();
  EXPECT_EQ(relay(), first) << "that was another one";
  caf::anon_send(home, relay_idle{lobby}, first);
  system.settle();
  EXPECT_FALSE(system.lives(first.address()));
  EXPECT_NE(relay(), first);
}

TEST_F(NodeActor, LetsRelaysGoThatNobodyListensThroughForTwoSweeps) {
  const auto first = relay();
  system.advance(milliseconds{4000});
  EXPECT_FALSE(system.lives(first.address()));
}

TEST_F(NodeActor, ForgetsARelayThatEnds) {
  const auto first = relay();
  system.kill(first);
  EXPECT_NE(relay(), first);
}

TEST_F(NodeActor, ComparesTheEpochsOfAllItsRoomsEveryTwoSeconds) {
  system.advance(milliseconds{2000});
  EXPECT_THAT(log, IsEmpty()) << "there is nothing to compare";
  listen_in("lobby", 1);
  (void)take_log();
  epochs = {storage::room_epoch{{1}, {7}, {}}};
  system.advance(milliseconds{1990});
  EXPECT_THAT(log, IsEmpty());
  system.advance(milliseconds{10});
  EXPECT_THAT(take_log(), ElementsAre("epochs of 1"));
  epochs = {storage::room_epoch{{1}, {8}, {}}};
  system.advance(milliseconds{2000});
  EXPECT_THAT(take_log(), Contains("open lobby for n in 0")) << "another node had opened it";
}

TEST_F(NodeActor, RetiresARoomThatTheDatabaseKnowsNoMore) {
  listen_in("lobby", 1);
  (void)take_log();
  system.advance(milliseconds{2000});
  EXPECT_THAT(take_log(), Contains("ready in 1 gone"));
}

TEST_F(NodeActor, ReadsTheHeadsOfItsRelaysRoomsEveryTwentySeconds) {
  epochs = {storage::room_epoch{{1}, {7}, {}}};
  tell(host_catalog{system.dummy<local_catalog_actor>([this](const core::read_heads& asked) {
    for (const auto& room : asked.rooms) log.push_back("head of " + room.value);
    return core::room_heads{{{lobby, {12}}, {{"other"}, {3}}}};
  })});
  system.advance(milliseconds{20'000});
  EXPECT_THAT(log, IsEmpty()) << "nobody listens";
  listen_in("lobby", 1);
  const auto room = find("lobby");
  caf::send_as(caf::actor_cast<caf::actor>(*room), relay(), core::room_joined{{1}, {99}, {3}, true, {}, {}, ec::none});
  system.advance(milliseconds{19'999});
  EXPECT_THAT(log, Not(Contains(HasSubstr("head of"))));
  system.advance(milliseconds{1});
  EXPECT_THAT(log, Contains("head of lobby"));
  EXPECT_TRUE(heard(R"({"type":"heads","rooms":{"lobby":12}})"));
}

TEST_F(NodeActor, HasRelaysComeBackWhoseNodeLeftTheViewOrBeganAnotherLife) {
  auto p = chat("p");
  p.http = {{"gateway", "127.0.0.1", 5000}};
  link("p", a_peer("p"));
  view(2, {chat("n"), p});
  listen_in("lobby", 1);
  (void)take_log();
  view(3, {chat("n"), p});
  EXPECT_THAT(take_log(), IsEmpty());
  p.incarnation = {2};
  view(4, {chat("n"), p});
  EXPECT_THAT(take_log(), ElementsAre("ready in 1 none again"));
  view(5, {chat("n")});
  EXPECT_THAT(take_log(), IsEmpty()) << "its first life was over before";
}

TEST_F(NodeActor, ListsItsRoomsWithTheirEpochs) {
  opening = [](const core::open_room& asked) -> caf::result<core::room_opened> {
    return core::room_opened{asked.room, {asked.room.value.size()}, {7}, {99}, {}, {}};
  };
  (void)find("bar");
  (void)find("lobby");
  auto listed = system.ask<core::live_rooms>(home, core::list_live_rooms{{"n"}});
  ASSERT_THAT(listed->rooms, SizeIs(2));
  EXPECT_EQ(listed->rooms[0].room.value, "bar");
  EXPECT_EQ(listed->rooms[1].epoch, core::epoch_no{7});
  listed = system.ask<core::live_rooms>(home, core::list_live_rooms{{"n"}, {"bar"}});
  ASSERT_THAT(listed->rooms, SizeIs(1));
  EXPECT_EQ(listed->rooms[0].room, lobby);
}

TEST_F(NodeActor, TellsItsRoomsAndRelaysAndAllPeersWhatIsAnnounced) {
  link("p", a_peer("p"));
  listen_in("lobby", 1);
  (void)take_log();
  tell(announce{core::author_erased{{"eve"}}});
  tell(announce{core::room_gone{lobby}});
  EXPECT_TRUE(heard(R"("type":"gone")"));
  EXPECT_THAT(log, ElementsAre("p erased eve", "p gone lobby", "ready in 1 gone"));
  EXPECT_EQ(rooms(), 0u);
}

TEST_F(NodeActor, HasARoomReadItsRosterAgainWhereverThatWasChanged) {
  link("p", a_peer("p"));
  listen_in("@ada,bob", 1);
  (void)take_log();
  tell(announce{core::roster_changed{{"@ada,bob"}}});
  EXPECT_THAT(take_log(), testing::UnorderedElementsAre("p roster of @ada,bob", "reopen @ada,bob"));
  tell(announce{core::roster_changed{{"@ada,eve"}}});
  EXPECT_THAT(take_log(), ElementsAre("p roster of @ada,eve")) << "which lives nowhere here";
  tell(core::roster_changed{{"@ada,eve"}});
  EXPECT_THAT(take_log(), IsEmpty()) << "a peer told all others itself";
}

TEST_F(NodeActor, KeepsToItselfWhatAPeerTells) {
  link("p", a_peer("p"));
  listen_in("lobby", 1);
  (void)take_log();
  tell(core::author_erased{{"eve"}});
  EXPECT_THAT(take_log(), IsEmpty());
  tell(core::room_gone{{"other"}});
  EXPECT_EQ(rooms(), 1u);
  tell(core::room_gone{lobby});
  EXPECT_THAT(take_log(), ElementsAre("ready in 1 gone"));
  EXPECT_EQ(rooms(), 0u);
}

TEST_F(NodeActor, KnowsWhoExistsWhereRoomsLive) {
  EXPECT_EQ(system.ask<core::users_found>(home, core::find_users{{{"ann"}}}).code(), ec::unavailable);
  tell(host_accounts{system.dummy<accounts_actor>(
      [](const core::find_users& asked) -> caf::result<core::users_found> { return core::users_found{asked.names}; })});
  const auto found = system.ask<core::users_found>(home, core::find_users{{{"ann"}}});
  ASSERT_TRUE(found);
  EXPECT_THAT(found->users, ElementsAre(core::user_id{"ann"}));
  const auto edge = a_node("e", {});
  EXPECT_EQ(system.ask<core::users_found>(edge, core::find_users{{{"ann"}}}).code(), ec::no_upstream);
  system.kill(edge);
}

TEST_F(NodeActor, GivesItsRoomsSomebodyWhoKnowsWhoExists) {
  std::vector<std::string> asked;
  tell(host_accounts{system.dummy<accounts_actor>([&](const core::find_users& who) -> caf::result<core::users_found> {
    asked.push_back(who.names.at(0).value);
    return core::users_found{who.names};
  })});
  opening = [](const core::open_room& of) -> caf::result<core::room_opened> {
    core::room_opened out{of.room, {1}, {7}, {99}, {}, {}};
    out.owner = {"ann"};
    return out;
  };
  core::act what;
  what.subject = {"bob"};
  const core::post ban{
      .client_id = "a1", .kind = core::entry_kind::ban, .act = std::make_shared<const core::act>(what)};
  caf::anon_send(*find("lobby"), core::perform_act{lobby, {"ann"}, ban});
  system.settle();
  EXPECT_THAT(asked, ElementsAre("bob"));
}

TEST_F(NodeActor, EndsItsRoomsAndRelaysWithIt) {
  const auto room = *find("lobby");
  const auto first = relay();
  caf::anon_send_exit(home, caf::exit_reason::user_shutdown);
  system.settle();
  EXPECT_FALSE(system.lives(room.address()));
  EXPECT_FALSE(system.lives(first.address()));
}

TEST_F(NodeActor, LivesOnAfterAnException) {
  opening = [](const core::open_room&) -> caf::result<core::room_opened> {
    core::room_opened bad{lobby, {1}, {7}, {99}, {5}, {}};
    bad.tail.push_back({{9}, {"x"}, {}, "not contiguous", {}, {}});
    return bad;
  };
  (void)find("lobby");
  opening = nullptr;
  EXPECT_TRUE(find("other"));
}

}  // namespace
}  // namespace greenroom::actors
