#include "core/daily.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

constexpr wall_time midnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 30}};

TEST(Daily, IsDueOnceADayAtItsTime) {
  daily three(3h, midnight + 2h);
  EXPECT_FALSE(three.due(midnight + 3h - 1ms));
  EXPECT_TRUE(three.due(midnight + 3h));
  EXPECT_FALSE(three.due(midnight + 3h + 1ms));
  EXPECT_FALSE(three.due(midnight + 27h - 1ms));
  EXPECT_TRUE(three.due(midnight + 27h));
}

TEST(Daily, WaitsForTomorrowWhereItsTimeHasPassed) {
  daily three(3h, midnight + 3h);
  EXPECT_FALSE(three.due(midnight + 23h));
  EXPECT_TRUE(three.due(midnight + 27h));
}

TEST(Daily, IsDueOnceAfterDaysOfSleep) {
  daily three(3h, midnight);
  EXPECT_TRUE(three.due(midnight + 24h * 9 + 4h));
  EXPECT_FALSE(three.due(midnight + 24h * 9 + 5h));
  EXPECT_TRUE(three.due(midnight + 24h * 10 + 3h));
}

}  // namespace
}  // namespace greenroom::core
