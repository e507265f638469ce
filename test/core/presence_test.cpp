#include "core/presence.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

mono_time at(std::chrono::milliseconds t) { return mono_time{} + t; }

TEST(Presence, HoldsWhatChangedBackForItsInterval) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  EXPECT_FALSE(who.take(at(249ms)));
  const auto change = who.take(at(250ms));
  ASSERT_TRUE(change);
  ASSERT_EQ(change->joined.size(), 1u);
  EXPECT_EQ(change->count, 1u);
  EXPECT_FALSE(who.due());
}

TEST(Presence, DoesNotShowSomebodyWhoReconnects) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  ASSERT_TRUE(who.take(at(300ms)));
  who.leave({"ann"}, at(400ms));
  who.join({"Ann"}, at(500ms));
  EXPECT_FALSE(who.take(at(700ms)));
}

TEST(Presence, CountsAUserOnceWithManyConnections) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  who.join({"ann"}, at(0ms));
  EXPECT_EQ(who.count(), 1u);
  who.leave({"ann"}, at(1ms));
  EXPECT_EQ(who.count(), 1u);
  who.leave({"ann"}, at(2ms));
  EXPECT_EQ(who.count(), 0u);
}

TEST(Presence, SendsOnlyCountsAboveItsLimit) {
  presence who({250ms, 2, 2});
  for (const auto* name : {"a", "b", "c"}) who.join({name}, at(0ms));
  const auto change = who.take(at(250ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->joined.empty());
  EXPECT_EQ(change->count, 3u);
  EXPECT_EQ(who.members().count, 3u);
  EXPECT_EQ(who.members().first.size(), 2u);
}

TEST(Presence, NamesWhoCameBackAtOnceWhereSomebodyWasGivenAListInBetween) {
  presence who({250ms, 500, 100});
  who.join({"bob"}, at(0ms));
  ASSERT_TRUE(who.take(at(250ms)));
  who.leave({"bob"}, at(300ms));
  EXPECT_EQ(who.members().count, 0u);
  who.join({"bob"}, at(400ms));
  const auto change = who.take(at(550ms));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->joined, std::vector<user_id>{{"bob"}});
  EXPECT_TRUE(change->left.empty());
  EXPECT_FALSE(change->whole);
}

TEST(Presence, NamesWhoWentAtOnceWhereSomebodyWasGivenAListInBetween) {
  presence who({250ms, 500, 100});
  who.join({"bob"}, at(0ms));
  EXPECT_EQ(who.members().count, 1u);
  who.leave({"bob"}, at(100ms));
  const auto change = who.take(at(250ms));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->left, std::vector<user_id>{{"bob"}});
  EXPECT_EQ(change->count, 0u);
}

TEST(Presence, KeepsQuietForTwoSecondsAfterAMoveAndThenTellsTheWhole) {
  presence who({250ms, 500, 100});
  who.doubt(at(0ms));
  who.join({"bob"}, at(100ms));
  who.join({"ann"}, at(1900ms));
  EXPECT_FALSE(who.take(at(1999ms)));
  const auto change = who.take(at(2000ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->whole);
  EXPECT_EQ(change->joined.size(), 2u);
  EXPECT_TRUE(change->left.empty());
}

TEST(Presence, TellsTheWholeAfterAMoveAlsoWhereNobodyCameBack) {
  presence who({250ms, 500, 100});
  who.doubt(at(0ms));
  const auto change = who.take(at(2000ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->whole);
  EXPECT_TRUE(change->joined.empty());
  EXPECT_FALSE(who.due());
}

TEST(Presence, TellsTheWholeOnceFewEnoughAreHereToNameThemAgain) {
  presence who({250ms, 2, 2});
  for (const auto* name : {"a", "b", "c"}) who.join({name}, at(0ms));
  EXPECT_FALSE(who.take(at(250ms))->whole);
  who.leave({"c"}, at(300ms));
  const auto change = who.take(at(550ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->whole);
  EXPECT_EQ(change->joined.size(), 2u);
}

TEST(Presence, TellsTheWholeOnceAListThatBeganAsAPartCanBeWhole) {
  presence who({250ms, 500, 1});
  for (const auto* name : {"a", "b"}) who.join({name}, at(0ms));
  EXPECT_EQ(who.members().first.size(), 1u);
  EXPECT_FALSE(who.take(at(250ms))->whole);
  who.leave({"b"}, at(300ms));
  const auto change = who.take(at(550ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->whole);
  EXPECT_EQ(change->joined, std::vector<user_id>{{"a"}});
}

TEST(Presence, DoesNotShowWhoComesBackByAnotherNodeAsGone) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  (void)who.members();
  ASSERT_TRUE(who.take(at(300ms)));
  who.hush(at(400ms));
  who.leave({"ann"}, at(400ms));
  who.join({"ann"}, at(1500ms));
  EXPECT_FALSE(who.take(at(2400ms)));
  who.leave({"ann"}, at(2500ms));
  EXPECT_EQ(who.take(at(2750ms))->left.size(), 1u);
}

TEST(Presence, IgnoresWhoWasNeverHere) {
  presence who({250ms, 500, 100});
  who.leave({"ann"}, at(0ms));
  EXPECT_FALSE(who.due());
}

}  // namespace
}  // namespace greenroom::core
