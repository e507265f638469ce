#include "core/breaker.hpp"

#include <gtest/gtest.h>

#include <random>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

constexpr mono_time start{100s};

TEST(Breaker, OpensAtTheSecondFailureOnEnd) {
  breaker one;
  one.begin(start);
  one.failed(start);
  EXPECT_EQ(one.state(), circuit::closed);
  one.failed(start);
  EXPECT_EQ(one.state(), circuit::open);
  EXPECT_FALSE(one.allows(start));
}

TEST(Breaker, ForgetsAFailureAfterASuccess) {
  breaker one;
  one.failed(start);
  one.succeeded();
  one.failed(start);
  EXPECT_EQ(one.state(), circuit::closed);
}

TEST(Breaker, LetsOneRequestThroughWhenItHasRested) {
  breaker one;
  one.failed(start);
  one.failed(start);
  EXPECT_FALSE(one.allows(start + 19999ms));
  EXPECT_TRUE(one.allows(start + 20s));
  one.begin(start + 20s);
  EXPECT_EQ(one.state(), circuit::half_open);
  EXPECT_FALSE(one.allows(start + 21s));
}

TEST(Breaker, ClosesWhenThatRequestSucceedsAndRestsAgainWhenItFails) {
  breaker one;
  one.failed(start);
  one.failed(start);
  one.begin(start + 20s);
  one.failed(start + 21s);
  EXPECT_EQ(one.state(), circuit::open);
  EXPECT_FALSE(one.allows(start + 40s));
  one.begin(start + 41s);
  one.succeeded();
  EXPECT_EQ(one.state(), circuit::closed);
  EXPECT_TRUE(one.allows(start + 41s));
}

TEST(Breaker, TriesAgainWhereTheOneRequestSaysNothing) {
  breaker one;
  one.failed(start);
  one.failed(start);
  one.begin(start + 20s);
  EXPECT_FALSE(one.allows(start + 39s));
  EXPECT_TRUE(one.allows(start + 40s));
}

TEST(Breaker, NeverSendsMoreThanOneRequestARestWhileNotClosed) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 dice(seed);
    breaker one{2s};
    mono_time now = start;
    mono_time last_probe{};
    for (int step = 0; step < 300; ++step) {
      now += milliseconds(dice() % 500);
      const bool closed = one.state() == circuit::closed;
      if (one.allows(now)) {
        if (!closed) {
          ASSERT_GE(now - last_probe, 2s) << "seed " << seed;
          last_probe = now;
        }
        one.begin(now);
        const auto ending = dice() % 4;
        if (ending == 0) one.succeeded();
        if (ending == 1 || ending == 2) one.failed(now);
      } else {
        ASSERT_NE(one.state(), circuit::closed);
      }
      if (closed && one.state() == circuit::open) last_probe = now;
    }
  }
}

}  // namespace
}  // namespace greenroom::core
