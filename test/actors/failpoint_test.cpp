#include "actors/failpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace greenroom::actors {
namespace {

using core::ec;

struct Failpoint : testing::Test {
  void TearDown() override { (void)arm_failpoints({}); }
};

TEST_F(Failpoint, DoesNothingUnlessArmed) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(failpoint("saga.after_hide"), ec::none);
}

TEST_F(Failpoint, ActsOnceAndOnlyAtItsName) {
  ASSERT_TRUE(arm_failpoints("saga.after_hide:fail,catalog.before_hide:refuse"));
  EXPECT_EQ(failpoint("saga.before_hide"), ec::none);
  EXPECT_EQ(failpoint("saga.after_hide"), ec::unavailable);
  EXPECT_EQ(failpoint("saga.after_hide"), ec::none);
  EXPECT_EQ(failpoint("catalog.before_hide"), ec::forbidden);
  EXPECT_EQ(failpoint("catalog.before_hide"), ec::none);
}

TEST_F(Failpoint, KillsTheProcess) {
  EXPECT_EXIT(
      {
        (void)arm_failpoints("accounts.before_delete:kill");
        (void)failpoint("accounts.before_delete");
      },
      testing::KilledBySignal(SIGKILL), "failpoint");
}

TEST_F(Failpoint, NamesAllThatThereAreWhereOneIsUnknown) {
  for (const auto* const wrong : {"saga.nowhere:kill", "saga.after_hide", "saga.after_hide:", "saga.after_hide:explode",
                                  ":kill", "saga.after_hide:kill,,saga.before_hide:kill"}) {
    const auto armed = arm_failpoints(wrong);
    ASSERT_FALSE(armed) << wrong;
    EXPECT_EQ(armed.code(), ec::bad_request);
    for (const auto name : failpoint_names()) EXPECT_THAT(armed.why().detail, testing::HasSubstr(name));
  }
  EXPECT_EQ(failpoint("saga.after_hide"), ec::none) << "nothing is armed by half";
}

TEST_F(Failpoint, HasEachNameOnce) {
  const auto names = failpoint_names();
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(names[i], names[j]);
}

}  // namespace
}  // namespace greenroom::actors
