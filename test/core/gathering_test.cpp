#include "core/gathering.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

constexpr mono_time start{};
constexpr std::size_t most = 256;

struct GatheringTest : ::testing::Test {
  gathering crowd{{.crowd = 8, .least = 1000us, .a_listener = 8us, .longest = 10ms}};
};

TEST_F(GatheringTest, HoldsNothingAtFirst) {
  EXPECT_FALSE(crowd.holds(0, start));
  EXPECT_FALSE(crowd.due());
}

TEST_F(GatheringTest, HoldsUntilNearlyAsManyWaitAsWereUnderWay) {
  crowd.begin(40, 100, most, start);
  EXPECT_TRUE(crowd.holds(37, start + 1ms));
  EXPECT_FALSE(crowd.holds(38, start + 1ms));
  EXPECT_FALSE(crowd.holds(0, start + 1ms)) << "once let go, nothing is held until the next answer";
}

TEST_F(GatheringTest, WaitsLongerTheMoreListen) {
  crowd.begin(40, 100, most, start);
  EXPECT_EQ(crowd.due(), start + 1800us);
  EXPECT_TRUE(crowd.holds(1, start + 1799us));
  EXPECT_FALSE(crowd.holds(1, start + 1800us));
}

TEST_F(GatheringTest, WaitsNeverLongerThanItMay) {
  crowd.begin(40, 1'000'000, most, start);
  EXPECT_EQ(crowd.due(), start + 10ms);
}

TEST_F(GatheringTest, DoesNotWaitForMoreThanAnAppendHolds) {
  crowd.begin(400, 100, most, start);
  EXPECT_TRUE(crowd.holds(255, start));
  EXPECT_FALSE(crowd.holds(256, start));
}

TEST_F(GatheringTest, HoldsNothingWhereLittleIsUnderWay) {
  crowd.begin(7, 1000, most, start);
  EXPECT_FALSE(crowd.holds(0, start));
}

TEST(GatheringDefaults, WaitForEightPosts) {
  gathering usual{gathering::bounds{}};
  usual.begin(8, 1, most, start);
  EXPECT_TRUE(usual.holds(0, start));
}

TEST_F(GatheringTest, ForgetsTheCrowdWithTheNextAnswer) {
  crowd.begin(40, 100, most, start);
  crowd.begin(1, 100, most, start);
  EXPECT_FALSE(crowd.holds(0, start));
}

TEST_F(GatheringTest, HoldsNothingWhereWaitingIsTurnedOff) {
  gathering off{{.longest = 0us}};
  off.begin(40, 100, most, start);
  EXPECT_FALSE(off.holds(0, start));
}

}  // namespace
}  // namespace greenroom::core
