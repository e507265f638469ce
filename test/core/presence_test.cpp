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

TEST(Presence, KeepsQuietAboutThoseWhomAMoveBrought) {
  presence who({250ms, 500, 100});
  who.hush(at(0ms));
  who.told({{"ann"}, {"bob"}});
  who.join({"bob"}, at(100ms));
  who.join({"ann"}, at(1900ms));
  EXPECT_FALSE(who.take(at(1999ms)));
  EXPECT_FALSE(who.take(at(2000ms)));
  EXPECT_EQ(who.members().count, 2u);
}

TEST(Presence, SaysTwoSecondsAfterAMoveWhoDidNotComeBack) {
  presence who({250ms, 500, 100});
  who.hush(at(0ms));
  who.told({{"ann"}, {"bob"}});
  who.join({"bob"}, at(100ms));
  EXPECT_FALSE(who.take(at(1999ms)));
  const auto change = who.take(at(2000ms));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->left, std::vector<user_id>{{"ann"}});
  EXPECT_TRUE(change->joined.empty());
}

TEST(Presence, SaysAfterAMoveWhoOnlySomeKnewOf) {
  presence who({250ms, 500, 100});
  who.hush(at(0ms));
  who.told({{"ann"}, {"bob"}});
  who.told({{"ann"}});
  for (const auto* name : {"ann", "bob", "eve"}) who.join({name}, at(100ms));
  const auto change = who.take(at(2000ms));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->joined, (std::vector<user_id>{{"bob"}, {"eve"}}));
  EXPECT_TRUE(change->left.empty());
}

TEST(Presence, DoesNotShowWhoComesBackByAnotherNodeAsGone) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  ASSERT_TRUE(who.take(at(300ms)));
  (void)who.members();
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
