#include "core/relay.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

constexpr connection_id ann{1}, bob{2};

room_batch batch(std::uint64_t from, std::uint64_t to, std::uint64_t generation = 9) {
  room_batch out{{"r"}, {generation}, {}};
  for (auto n = from; n <= to; ++n) out.entries.push_back({.seq = {n}, .author = {"x"}, .text = "t"});
  return out;
}
room_joined joined(connection_id who, std::uint64_t head) { return {who, {9}, {head}, true, {}, {}, ec::none}; }

relay following(std::uint64_t head = 3) {
  relay r;
  (void)r.listen({ann, {"ann"}}, {});
  (void)r.found();
  (void)r.joined(joined(ann, head));
  return r;
}

TEST(Relay, LooksForItsRoomWithTheFirstListenerAndOnlyOnce) {
  relay r;
  EXPECT_TRUE(r.listen({ann, {"ann"}}, {}).find);
  EXPECT_FALSE(r.listen({bob, {"bob"}}, {}).find);
  EXPECT_EQ(r.found().join.size(), 2u);
}

// The room's answer to the only part of a rejoin.
room_rejoined answer_to(const relay_effects& asked, room_rejoined answer) {
  answer.part = asked.rejoin.at(0).part;
  return answer;
}

TEST(Relay, OpensAListenerWithTheRoomsAnswer) {
  relay r;
  (void)r.listen({ann, {"ann"}}, {});
  (void)r.found();
  EXPECT_EQ(r.joined(joined(ann, 3)).open.size(), 1u);
  EXPECT_EQ(r.head(), seq_no{3});
}

TEST(Relay, DeliversEachEntryOnceAndInOrder) {
  auto r = following();
  EXPECT_EQ(r.batch(batch(4, 6)).deliver.size(), 3u);
  EXPECT_EQ(r.batch(batch(5, 7)).deliver.size(), 1u);
  EXPECT_EQ(r.batch(batch(6, 8)).deliver.size(), 1u);
}

TEST(Relay, SaysWhatItCannotDeliver) {
  auto r = following();
  const auto out = r.batch(batch(6, 7));
  EXPECT_EQ(out.skip, seq_no{5});
  EXPECT_EQ(out.deliver.size(), 2u);
}

TEST(Relay, TakesNothingOfAnotherLog) {
  auto r = following();
  EXPECT_TRUE(r.batch(batch(4, 4, 10)).deliver.empty());
}

TEST(Relay, ComesBackAfterAMoveWithItsOwnPlace) {
  auto r = following();
  (void)r.batch(batch(4, 5));
  EXPECT_TRUE(r.lost().find);
  const auto out = r.found();
  ASSERT_EQ(out.rejoin.size(), 1u);
  EXPECT_EQ(out.rejoin[0].after, seq_no{5});
  EXPECT_EQ(out.rejoin[0].listeners.size(), 1u);
  EXPECT_TRUE(out.join.empty());
  const auto again = r.rejoined(answer_to(out, {{9}, {7}, true, batch(6, 7).entries, ec::none}));
  EXPECT_EQ(again.deliver.size(), 2u);
  EXPECT_FALSE(again.skip);
}

TEST(Relay, HandsOutARoomThatWasFoundAgainOnlyOnceItsLogIsTheSame) {
  auto r = following();
  (void)r.lost();
  auto found = r.found();
  EXPECT_FALSE(found.resumed) << "it may be another room of that name";
  EXPECT_TRUE(r.rejoined(answer_to(found, {{9}, {3}, true, {}, ec::none})).resumed);
  EXPECT_FALSE(r.rejoined(answer_to(found, {{9}, {3}, true, {}, ec::none})).resumed) << "they have it";

  (void)r.lost();
  found = r.found();
  const auto other = r.rejoined(answer_to(found, {{10}, {3}, true, {}, ec::none}));
  EXPECT_FALSE(other.resumed);
  EXPECT_EQ(other.turned_away.size(), 1u);
  (void)r.listen({bob, {"bob"}}, {});
  (void)r.lost();
  (void)r.found();
  EXPECT_FALSE(r.rejoined({{10}, {3}, true, {}, ec::none}).resumed) << "nobody listens yet";
}

TEST(Relay, HandsOutNoRoomAgainToThoseWhoJoinedAfterAllOthersWereTurnedAway) {
  auto r = following();
  (void)r.lost();
  ASSERT_EQ(r.rejoined(answer_to(r.found(), {{10}, {3}, true, {}, ec::none})).turned_away.size(), 1u);
  (void)r.listen({bob, {"bob"}}, {});
  auto let_in = joined(bob, 3);
  let_in.roster = {1};
  ASSERT_EQ(r.joined(std::move(let_in)).open.size(), 1u);
  auto again = r.compare({{2}});  // they rejoin the room that they have
  ASSERT_EQ(again.rejoin.size(), 1u);
  room_rejoined answer{{9}, {3}, true, {}, ec::none};
  answer.part = again.rejoin[0].part;
  answer.roster = {2};
  EXPECT_FALSE(r.rejoined(std::move(answer)).resumed) << "posts in flight would be sent again";
}

TEST(Relay, SaysWhatAMoveLost) {
  auto r = following();
  (void)r.lost();
  const auto out = r.rejoined(answer_to(r.found(), {{9}, {900}, false, batch(500, 900).entries, ec::none}));
  EXPECT_EQ(out.skip, seq_no{499});
  EXPECT_EQ(out.deliver.size(), 401u);
}

TEST(Relay, TurnsAwayOnlyThoseWhoWaitWhenTheRoomCannotBeHad) {
  auto r = following();
  (void)r.lost();
  (void)r.listen({bob, {"bob"}}, {});
  for (const auto pause : {100, 200, 400, 800, 1000}) {
    const auto out = r.not_found(ec::unavailable);
    EXPECT_TRUE(out.turned_away.empty());
    EXPECT_EQ(out.find_in, milliseconds{pause});
  }
  const auto out = r.not_found(ec::unavailable);
  ASSERT_EQ(out.turned_away.size(), 1u);
  EXPECT_EQ(out.turned_away[0].first, bob);
  EXPECT_TRUE(r.tick().find);
}

TEST(Relay, JoinsAgainWhomARetiringRoomRefused) {
  relay r;
  (void)r.listen({ann, {"ann"}}, {});
  (void)r.found();
  auto refused = joined(ann, 0);
  refused.refused = ec::draining;
  EXPECT_TRUE(r.joined(std::move(refused)).turned_away.empty());
  EXPECT_TRUE(r.lost().find);
  EXPECT_EQ(r.found().join.size(), 1u);
}

TEST(Relay, LeavesForAListenerWhoWentBeforeTheAnswer) {
  relay r;
  (void)r.listen({ann, {"ann"}}, {});
  (void)r.found();
  EXPECT_EQ(r.unlisten(ann).leave.size(), 1u);
  const auto late = r.joined(joined(ann, 3));
  EXPECT_TRUE(late.open.empty());
  EXPECT_EQ(late.leave.size(), 1u);
}

TEST(Relay, EndsEverybodyWhenTheRoomIsGone) {
  auto r = following();
  EXPECT_TRUE(r.gone().ended);
  EXPECT_TRUE(r.empty());
}

room_joined refused(connection_id who, ec why) { return {who, {}, {}, true, {}, {}, why}; }

// Those who listen are told by the hub, and those who wait by their connection: somebody who does both by the hub.
TEST(Relay, TurnsNobodyAwayFromARoomThatIsGoneWhoListens) {
  auto r = following();
  (void)r.listen({ann, {"ann"}}, {});
  (void)r.listen({bob, {"bob"}}, {});
  const auto out = r.gone();
  EXPECT_TRUE(out.ended);
  ASSERT_EQ(out.turned_away.size(), 1u);
  EXPECT_EQ(out.turned_away[0].first, bob);
}

TEST(Relay, EndsEverybodyWhenTheRoomRefusesAListenerBecauseItIsGone) {
  auto r = following();
  (void)r.listen({ann, {"ann"}}, {});
  const auto out = r.joined(refused(ann, ec::gone));
  EXPECT_TRUE(out.ended);
  EXPECT_TRUE(out.turned_away.empty());
  EXPECT_TRUE(r.empty());
}

TEST(Relay, EndsThoseWhoWaitWhenTheRoomRefusesOneBecauseItIsGone) {
  relay r;
  (void)r.listen({ann, {"ann"}}, {});
  (void)r.listen({bob, {"bob"}}, {});
  (void)r.found();
  EXPECT_EQ(r.joined(refused(ann, ec::gone)).turned_away.size(), 2u);
  EXPECT_TRUE(r.empty());
}

// Else it would be brought into the room again as somebody whom nobody can take out.
TEST(Relay, ForgetsAListenerThatAskedAgainAndIsTurnedAway) {
  auto r = following();
  (void)r.listen({ann, {"ann"}}, {});
  (void)r.lost();
  EXPECT_EQ(r.not_found(ec::forbidden).turned_away.size(), 1u) << "no retry helps";
  EXPECT_TRUE(r.empty());
}

TEST(Relay, BringsManyListenersBackInParts) {
  relay r;
  for (std::uint64_t i = 1; i <= 4001; ++i) {
    (void)r.listen({{i}, {"u" + std::to_string(i)}}, {});
    if (i == 1) (void)r.found();
    (void)r.joined(joined({i}, 3));
  }
  (void)r.lost();
  const auto out = r.found();
  ASSERT_EQ(out.rejoin.size(), 3u);
  EXPECT_EQ(out.rejoin[0].listeners.size() + out.rejoin[1].listeners.size() + out.rejoin[2].listeners.size(), 4001u);
}

TEST(Relay, LeavesTheRoomThatItLooksForElsewhere) {
  auto r = following();
  const auto out = r.lost();
  ASSERT_EQ(out.rejoin.size(), 1u);
  EXPECT_TRUE(out.rejoin[0].listeners.empty());
  EXPECT_TRUE(out.rejoin[0].first);
}

TEST(Relay, TurnsItsListenersAwayWhereTheLogWentBack) {
  auto r = following(8);
  (void)r.lost();
  const auto out = r.rejoined(answer_to(r.found(), {{9}, {5}, false, {}, ec::none}));
  EXPECT_EQ(out.turned_away, (std::vector<std::pair<connection_id, error>>{{ann, {ec::unavailable, {}, 0}}}));
  EXPECT_EQ(out.leave, std::vector<connection_id>{ann});
  EXPECT_FALSE(out.ended);
  (void)r.listen({ann, {"ann"}}, {true, {8}, {9}, 0});
  EXPECT_EQ(r.joined({ann, {9}, {5}, false, {}, {}, ec::none}).open.size(), 1u);
  EXPECT_EQ(r.batch(batch(6, 6)).deliver.size(), 1u);
}

TEST(Relay, EndsWhereTheRoomItComesBackToIsGone) {
  auto r = following(8);
  (void)r.lost();
  (void)r.found();
  const auto out = r.rejoined({{9}, {8}, false, {}, ec::gone});
  EXPECT_TRUE(out.ended);
  EXPECT_FALSE(out.find);
}

TEST(Relay, TurnsItsListenersAwayWhereTheLogIsAnotherOne) {
  auto r = following(8);
  (void)r.lost();
  (void)r.listen({bob, {"bob"}}, {});
  const auto out = r.rejoined(answer_to(r.found(), {{10}, {9}, false, {}, ec::gone}));
  EXPECT_EQ(out.turned_away, (std::vector<std::pair<connection_id, error>>{{ann, {ec::unavailable, {}, 0}}}));
  EXPECT_EQ(r.joined({bob, {10}, {9}, true, {}, {}, ec::none}).open.size(), 1u);
  EXPECT_EQ(r.batch(batch(10, 10, 10)).deliver.size(), 1u);
}

TEST(Relay, TurnsItsListenersAwayWhereOneWhoComesIsAnsweredFromALogThatWentBack) {
  auto r = following(8);
  (void)r.listen({bob, {"bob"}}, {});
  const auto out = r.joined(joined(bob, 5));
  EXPECT_EQ(out.turned_away, (std::vector<std::pair<connection_id, error>>{{ann, {ec::unavailable, {}, 0}}}));
  EXPECT_EQ(out.open.size(), 1u);
  EXPECT_EQ(r.listeners(), std::vector<connection_id>{bob});
}

// The hubs hold entries for those who wait: of the log that was delivered from, not of the one that answers.
TEST(Relay, LetsThoseWhoWaitBeginAfreshWhereTheLogIsAnotherOne) {
  auto r = following(8);
  (void)r.listen({bob, {"bob"}}, {});
  (void)r.batch(batch(9, 9));
  (void)r.lost();
  EXPECT_EQ(r.rejoined(answer_to(r.found(), {{10}, {1}, false, {}, ec::gone})).afresh, std::vector<connection_id>{bob});
  EXPECT_TRUE(r.joined({bob, {10}, {1}, true, {}, {}, ec::none}).afresh.empty()) << "and only once";
}

TEST(Relay, LetsThoseWhoWaitBeginAfreshWhereNobodyIsLeftWhoWasInTheOldLog) {
  for (const auto& [generation, head] : {std::pair{10u, 9u}, {9u, 5u}}) {
    auto r = following(8);
    (void)r.listen({bob, {"bob"}}, {});
    (void)r.batch(batch(9, 9));
    (void)r.unlisten(ann);
    (void)r.lost();
    (void)r.found();
    EXPECT_EQ(r.joined({bob, {generation}, {head}, true, {}, {}, ec::none}).afresh, std::vector<connection_id>{bob});
  }
}

TEST(Relay, KeepsWhatIsHeldForThoseWhoWaitWhileTheLogGoesOn) {
  auto r = following(8);
  (void)r.listen({bob, {"bob"}}, {});
  (void)r.batch(batch(9, 9));
  (void)r.unlisten(ann);
  EXPECT_TRUE(r.joined(joined(bob, 9)).afresh.empty());
}

TEST(Relay, ForgetsTheJoinOfAListenerThatIsTurnedAway) {
  auto r = following(8);
  (void)r.listen({ann, {"ann"}}, {});
  EXPECT_EQ(r.batch(batch(6, 7)).turned_away.size(), 1u);
  EXPECT_TRUE(r.empty());
  EXPECT_EQ(r.joined(joined(ann, 7)).leave, std::vector<connection_id>{ann}) << "or the room counts who isn't there";
}

TEST(Relay, GivesAuthorsWhatTheyWroteBelowTheOldHeadBeforeItTurnsThemAway) {
  auto r = following(8);
  const auto out = r.batch(batch(6, 7));
  EXPECT_EQ(out.owed.size(), 2u);
  EXPECT_EQ(out.turned_away.size(), 1u);
  EXPECT_TRUE(out.deliver.empty());
}

TEST(Relay, LooksAgainWhenItsRoomTookItForDeadOrStops) {
  auto r = following();
  (void)r.lost();
  (void)r.found();
  EXPECT_TRUE(r.rejoined({{}, {}, false, {}, ec::fenced}).find);
}

TEST(Relay, TurnsAwayAtOnceWhereNoRetryHelps) {
  relay r;
  (void)r.listen({ann, {"ann"}}, {});
  EXPECT_EQ(r.not_found(ec::gone).turned_away.size(), 1u);
  EXPECT_TRUE(r.listen({bob, {"bob"}}, {}).find);
}

TEST(Relay, IsPatientAgainAfterItFoundItsRoom) {
  auto r = following();
  (void)r.lost();
  (void)r.not_found(ec::unavailable);
  (void)r.not_found(ec::unavailable);
  (void)r.found();
  (void)r.lost();
  EXPECT_EQ(r.not_found(ec::unavailable).find_in, milliseconds{100});
}

}  // namespace
}  // namespace greenroom::core
