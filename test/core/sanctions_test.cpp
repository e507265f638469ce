#include "core/sanctions.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

TEST(Sanctions, EndNeverOrInTheFutureAndWithinTenYears) {
  const wall_time now{milliseconds{1000}};
  const std::chrono::days ten_years{3653};
  EXPECT_TRUE(may_end({}, now));
  EXPECT_FALSE(may_end(now, now));
  EXPECT_FALSE(may_end(now - milliseconds{1}, now));
  EXPECT_TRUE(may_end(now + milliseconds{1}, now));
  EXPECT_TRUE(may_end(now + ten_years, now));
  EXPECT_FALSE(may_end(now + ten_years + milliseconds{1}, now));
  EXPECT_FALSE(may_end(wall_time::max(), now));
}

}  // namespace
}  // namespace greenroom::core
