#include <gtest/gtest.h>

#include "core/relay.hpp"

/// A relay of a private room: who may hear, whatever message got lost.
namespace greenroom::core {
namespace {

constexpr connection_id ann{1}, bob{2};

room_batch batch(std::uint64_t seq) { return {{"den"}, {9}, {{.seq = {seq}, .author = {"x"}, .text = "t"}}}; }
room_joined joined(connection_id who, std::uint64_t roster = 1, ec refused = ec::none) {
  return {who, {9}, {3}, true, {}, {}, refused, {roster}};
}
member_removed removed(std::string who, std::uint64_t roster) { return {{"den"}, {std::move(who)}, {roster}}; }
std::vector<connection_id> taken_out(const relay_effects& out) {
  std::vector<connection_id> connections;
  for (const auto& [connection, why] : out.removed) connections.push_back(connection);
  return connections;
}
room_rejoined rejoined(part_no part, std::uint64_t roster, std::vector<connection_id> outsiders = {},
                       std::vector<room_entry> missed = {}) {
  return {{9}, {3 + missed.size()}, true, std::move(missed), ec::none, part, {roster}, std::move(outsiders)};
}

struct RelayMembers : ::testing::Test {
  relay subject;
  void SetUp() override {
    (void)subject.listen({ann, {"ann"}}, {});
    (void)subject.listen({bob, {"bob"}}, {});
    (void)subject.found();
    (void)subject.joined(joined(ann));
    (void)subject.joined(joined(bob));
  }
};

TEST_F(RelayMembers, SaysOnceWhichRosterItsListenersStandOn) {
  relay fresh;
  (void)fresh.listen({ann, {"ann"}}, {});
  (void)fresh.listen({bob, {"bob"}}, {});
  (void)fresh.found();
  EXPECT_EQ(fresh.joined(joined(ann, 4)).compared->roster, roster_no{4});
  EXPECT_FALSE(fresh.joined(joined(bob, 4)).compared);
}

TEST_F(RelayMembers, LeaveAtTheRoomsWord) {
  const auto out = subject.removed(removed("Bob", 2));
  EXPECT_EQ(taken_out(out), std::vector<connection_id>{bob});
  EXPECT_EQ(out.compared->roster, roster_no{2});
  EXPECT_TRUE(out.rejoin.empty());
  EXPECT_EQ(subject.batch(batch(4)).deliver.size(), 1u);
}

TEST_F(RelayMembers, RejoinWhereARemovalIsMissing) {
  for (int way = 0; way < 3; ++way) {
    SetUp();
    (void)subject.unlisten({7});
    relay_effects out;
    if (way == 0) out = subject.removed(removed("carl", 3));
    if (way == 1) out = subject.compare({{2}});
    if (way == 2) {
      (void)subject.listen({{7}, {"dora"}}, {});
      out = subject.joined(joined({7}, 2));
    }
    ASSERT_EQ(out.rejoin.size(), 1u) << way;
    EXPECT_FALSE(out.compared);
    EXPECT_TRUE(subject.batch(batch(4)).deliver.empty()) << "nobody hears before it is known who may";
    const auto known = subject.rejoined(rejoined(out.rejoin[0].part, 3, {bob}, batch(4).entries));
    EXPECT_EQ(taken_out(known), std::vector<connection_id>{bob});
    EXPECT_EQ(known.compared->roster, roster_no{3});
    EXPECT_EQ(known.deliver.size(), 1u);
    subject = relay{};
  }
}

TEST_F(RelayMembers, AnswerAgainWhereTheirAnswerGotLost) {
  const auto out = subject.compare({{1}});
  EXPECT_EQ(out.compared->roster, roster_no{1});
  EXPECT_TRUE(out.rejoin.empty());
}

TEST_F(RelayMembers, HearNothingAfterAMoveUntilTheRoomAnswered) {
  (void)subject.lost();
  const auto part = subject.found().rejoin.at(0).part;
  EXPECT_FALSE(subject.hears());
  EXPECT_TRUE(subject.batch(batch(4)).deliver.empty());
  EXPECT_TRUE(subject.rejoined(rejoined(part + 7, 1)).deliver.empty()) << "of another rejoin";
  EXPECT_FALSE(subject.hears());
  const auto out = subject.rejoined(rejoined(part, 1, {ann}, batch(4).entries));
  EXPECT_EQ(taken_out(out), std::vector<connection_id>{ann});
  EXPECT_EQ(out.deliver.size(), 1u);
  EXPECT_TRUE(subject.hears());
}

TEST_F(RelayMembers, HearNothingBeforeTheLastPartIsAnswered) {
  for (std::uint64_t i = 10; i < 2100; ++i) {
    (void)subject.listen({{i}, {"u" + std::to_string(i)}}, {});
    (void)subject.joined(joined({i}));
  }
  (void)subject.lost();
  auto parts = subject.found().rejoin;
  ASSERT_EQ(parts.size(), 2u);
  const auto first = subject.rejoined(rejoined(parts[0].part, 1, {}, batch(4).entries));
  EXPECT_TRUE(first.deliver.empty());
  EXPECT_FALSE(first.compared);
  const auto second = subject.rejoined(rejoined(parts[1].part, 1, {}, batch(4).entries));
  EXPECT_EQ(second.deliver.size(), 1u);
  EXPECT_EQ(second.compared->roster, roster_no{1});
}

TEST_F(RelayMembers, RejoinAgainWhereARemovalIsMissingBetweenTwoParts) {
  for (std::uint64_t i = 10; i < 2100; ++i) {
    (void)subject.listen({{i}, {"u" + std::to_string(i)}}, {});
    (void)subject.joined(joined({i}));
  }
  (void)subject.lost();
  const auto parts = subject.found().rejoin;
  (void)subject.rejoined(rejoined(parts.at(0).part, 1));
  EXPECT_EQ(subject.rejoined(rejoined(parts.at(1).part, 2)).rejoin.size(), 2u);
  EXPECT_FALSE(subject.hears());
}

TEST_F(RelayMembers, RejoinAgainAtTheSecondSweepWithoutAnAnswer) {
  (void)subject.lost();
  (void)subject.found();
  EXPECT_TRUE(subject.sweep().rejoin.empty());
  EXPECT_EQ(subject.sweep().rejoin.size(), 1u);
}

TEST_F(RelayMembers, LookAgainAfterAPauseWhereTheRoomCannotReadThem) {
  (void)subject.lost();
  const auto part = subject.found().rejoin.at(0).part;
  auto refused = rejoined(part, 0);
  refused.refused = ec::unavailable;
  const auto out = subject.rejoined(std::move(refused));
  EXPECT_FALSE(out.find);
  EXPECT_EQ(out.find_in, milliseconds{100});
  EXPECT_FALSE(subject.hears());
  EXPECT_TRUE(subject.tick().find);
}

TEST_F(RelayMembers, LeaveWhereTheyAskAgainAndAreRefused) {
  (void)subject.listen({bob, {"bob"}}, {});
  const auto out = subject.joined(joined(bob, 1, ec::not_found));
  EXPECT_EQ(taken_out(out), std::vector<connection_id>{bob});
  EXPECT_TRUE(out.turned_away.empty());
  EXPECT_EQ(subject.user_of(bob), nullptr);
}

TEST_F(RelayMembers, LoseTheJoinThatTheyAskedForWhenTheyAreTakenOut) {
  (void)subject.listen({bob, {"bob"}}, {});
  EXPECT_EQ(taken_out(subject.removed(removed("bob", 2))), std::vector<connection_id>{bob});
  const auto out = subject.joined(joined(bob, 3));
  EXPECT_TRUE(out.open.empty());
  EXPECT_EQ(out.leave, std::vector<connection_id>{bob}) << "or the room counts who isn't there";
}

TEST_F(RelayMembers, HearWhoTookThemOutAndWhy) {
  auto ban = removed("Bob", 2);
  ban.reason = ec::banned;
  ban.because = {{"bob"}, {"ann"}, "spam", wall_time{milliseconds{9}}};
  const auto out = subject.removed(ban);
  ASSERT_EQ(out.removed.size(), 1u);
  EXPECT_EQ(out.removed[0].second.reason, ec::banned);
  EXPECT_EQ(out.removed[0].second.because, ban.because);
}

TEST_F(RelayMembers, HearWhyTheyAreNotLetIn) {
  (void)subject.listen({{7}, {"eve"}}, {});
  auto refused = joined({7}, 1, ec::banned);
  refused.because = {{"eve"}, {"ann"}, "spam", {}};
  const auto out = subject.joined(std::move(refused));
  ASSERT_EQ(out.turned_away.size(), 1u);
  EXPECT_EQ(out.turned_away[0].second.code, ec::banned);
  ASSERT_TRUE(out.turned_away[0].second.because);
  EXPECT_EQ(out.turned_away[0].second.because->why, "spam");
}

}  // namespace
}  // namespace greenroom::core
