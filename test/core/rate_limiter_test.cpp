#include "core/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

const mono_time start = mono_time{} + 1h;

TEST(RateLimiter, PassesTheQuotaAndRefusesTheNextWithinTheWindow) {
  rate_limiter limiter{{3, 10}};
  EXPECT_TRUE(limiter.take("a", 1, start).allowed);
  EXPECT_TRUE(limiter.take("a", 1, start + 3s).allowed);
  EXPECT_TRUE(limiter.take("a", 1, start + 9s).allowed);
  EXPECT_FALSE(limiter.take("a", 1, start + 9999ms).allowed);
  EXPECT_TRUE(limiter.take("a", 1, start + 10s).allowed);
  EXPECT_FALSE(limiter.take("a", 1, start + 12s).allowed);
  EXPECT_TRUE(limiter.take("a", 1, start + 13s).allowed);
}

TEST(RateLimiter, PassesTheWholeQuotaAgainOnceTheWindowIsOver) {
  rate_limiter limiter{{3, 10}};
  for (int round = 0; round < 3; ++round) {
    const auto now = start + round * 10s;
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.take("a", 1, now).allowed);
    EXPECT_FALSE(limiter.take("a", 1, now).allowed);
  }
}

TEST(RateLimiter, TakesBackWhatTurnedOutNotToCount) {
  rate_limiter limiter{{3, 10}};
  EXPECT_TRUE(limiter.take("a", 1, start).allowed);
  EXPECT_TRUE(limiter.take("a", 2, start + 1s).allowed);
  limiter.give_back("a", 1);
  limiter.give_back("b", 1);
  EXPECT_EQ(limiter.take("a", 1, start + 2s).remaining, 0u);
  EXPECT_FALSE(limiter.take("a", 1, start + 2s).allowed);
  limiter.give_back("a", 99);
  EXPECT_EQ(limiter.take("a", 0, start + 2s).remaining, 3u);
}

TEST(RateLimiter, SaysWhatIsLeftAndWhenToComeBackRoundedUp) {
  rate_limiter limiter{{3, 10}};
  const auto first = limiter.take("a", 1, start);
  EXPECT_EQ(first.quota, 3u);
  EXPECT_EQ(first.window_s, 10u);
  EXPECT_EQ(first.remaining, 2u);
  EXPECT_EQ(first.retry_after_s, 0u);
  (void)limiter.take("a", 2, start);
  EXPECT_EQ(limiter.take("a", 1, start).retry_after_s, 10u);
  EXPECT_EQ(limiter.take("a", 1, start + 2500ms).retry_after_s, 8u);
  EXPECT_EQ(limiter.take("a", 1, start + 9999ms).retry_after_s, 1u);
  EXPECT_EQ(limiter.take("a", 1, start + 9999ms).remaining, 0u);
}

TEST(RateLimiter, ComingBackWhenToldToIsNeverTooEarly) {
  rate_limiter limiter{{100, 10}};
  std::mt19937 random{7};
  auto now = start;
  for (int i = 0; i < 2000; ++i) {
    const auto verdict = limiter.take("a", 1 + static_cast<std::uint32_t>(random() % 30), now);
    if (verdict.allowed) {
      now += milliseconds(random() % 300);
    } else {
      now += seconds(verdict.retry_after_s);
      EXPECT_TRUE(limiter.take("a", 1, now).allowed);
    }
  }
}

TEST(RateLimiter, TakesAllOrNothing) {
  rate_limiter limiter{{5, 10}};
  EXPECT_TRUE(limiter.take("a", 3, start).allowed);
  EXPECT_FALSE(limiter.take("a", 3, start).allowed);
  EXPECT_TRUE(limiter.take("a", 2, start).allowed);
  EXPECT_FALSE(limiter.take("b", 6, start).allowed);
  EXPECT_EQ(limiter.take("b", 6, start).retry_after_s, 10u);
  EXPECT_EQ(limiter.take("b", 0, start).remaining, 5u);
}

TEST(RateLimiter, CountsEachKeyForItself) {
  rate_limiter limiter{{1, 10}};
  EXPECT_TRUE(limiter.take("a", 1, start).allowed);
  EXPECT_TRUE(limiter.take("b", 1, start).allowed);
  EXPECT_FALSE(limiter.take("a", 1, start).allowed);
}

TEST(RateLimiter, ForgetsTheStalestKeyAboveItsBound) {
  rate_limiter limiter{{1, 10}, 2};
  (void)limiter.take("a", 1, start);
  (void)limiter.take("b", 1, start);
  EXPECT_FALSE(limiter.take("a", 1, start).allowed);  // now b is the stalest
  (void)limiter.take("c", 1, start);
  EXPECT_EQ(limiter.keys(), 2u);
  EXPECT_FALSE(limiter.take("a", 1, start).allowed);
  EXPECT_TRUE(limiter.take("b", 1, start).allowed);
}

TEST(RateLimiter, WithoutAQuotaLimitsNothingAndRemembersNobody) {
  rate_limiter limiter{{}};
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(limiter.take("a", 100, start).allowed);
  EXPECT_EQ(limiter.take("a", 1, start).quota, 0u);
  EXPECT_EQ(limiter.keys(), 0u);
}

// The oracle remembers every single request.
TEST(RateLimiter, NeverPassesMoreThanTheQuotaInAnyWindowAndRefusesAtMostASixteenthTooLong) {
  for (const limit_policy policy : {limit_policy{3, 10}, limit_policy{16, 7}, limit_policy{50, 10}}) {
    std::mt19937 random{42};
    rate_limiter limiter{policy};
    std::deque<mono_time> passed;
    const auto count_since = [&](mono_time since) {
      return static_cast<std::uint32_t>(std::count_if(passed.begin(), passed.end(), [&](auto t) { return t > since; }));
    };
    auto now = start;
    for (int i = 0; i < 5000; ++i) {
      now += milliseconds(random() % (1500 * policy.window_s / policy.quota));
      const seconds window{policy.window_s};
      const std::uint32_t in_window = count_since(now - window);
      if (limiter.take("a", 1, now).allowed) {
        EXPECT_LT(in_window, policy.quota);
        passed.push_back(now);
      } else {
        const auto slack = policy.quota <= 16 ? milliseconds(0) : milliseconds(window) / 16;
        EXPECT_GE(count_since(now - window - slack - 1ms), policy.quota);
      }
      if (passed.size() > 200) passed.pop_front();
    }
  }
}

// As docs/operations.md lists them, in the order of the classes.
TEST(LimitPolicy, HasTheDocumentedDefaults) {
  EXPECT_EQ(
      default_limit_policies(),
      (limit_policies{{{0, 0}, {3, 10}, {10, 60}, {100, 10}, {50, 10}, {20, 3600}, {10, 60}, {30, 60}, {30, 10}}}));
}

}  // namespace
}  // namespace greenroom::core
