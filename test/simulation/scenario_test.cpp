#include "test/simulation/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Whole scenarios: those that hold, and those with a step left out on purpose, which the checker must find.
namespace greenroom::simulation {
namespace {

/// Plays seeds, from `first` on, until one of them breaks a promise, and returns what it broke.
std::vector<std::string> first_violations(std::uint64_t seeds, sabotage wrong, std::uint64_t first = 1) {
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    scenario one({seed, 2000, 0, wrong});
    one.run();
    if (!one.violations().empty()) return one.violations();
  }
  return {};
}

TEST(Scenario, HoldsItsPromisesAndPlaysTheSameSeedAlike) {
  scenario one({3, 2000, 0, {}}), again({3, 2000, 0, {}});
  one.run();
  again.run();
  EXPECT_THAT(one.violations(), testing::IsEmpty());
  EXPECT_EQ(one.events(), again.events());
  EXPECT_EQ(one.seen().heard, again.seen().heard);
  EXPECT_GT(one.seen().heard, 0u);
}

TEST(Scenario, IsBrokenWhereRelaysNeverHearOfARemoval) {
  EXPECT_THAT(first_violations(200, {.lose_removals = true}), testing::Not(testing::IsEmpty()));
}

TEST(Scenario, IsBrokenWhereARoomJudgesPostsWhenTheyArrive) {
  EXPECT_THAT(first_violations(300, {.judge_early = true}),
              testing::Contains(testing::AnyOf(testing::HasSubstr("who is muted"), testing::HasSubstr("isn't let in"),
                                               testing::HasSubstr("read_only"))));
}

TEST(Scenario, IsBrokenWhereAnActIsStoredWithoutItsEffect) {
  EXPECT_THAT(first_violations(300, {.lose_effects = true}),
              testing::Contains(testing::HasSubstr("what the log implies")));
}

TEST(Scenario, IsBrokenWhereSessionsNeverHearThatTheirHomesMoved) {
  EXPECT_THAT(first_violations(100, {.lose_moves = true}),
              testing::Contains(testing::AnyOf(testing::HasSubstr("home"), testing::HasSubstr("misses notice"))));
}

TEST(Scenario, IsBrokenWherePagesFoldTooLittle) {
  EXPECT_THAT(first_violations(300, {.fold_late = true}), testing::Contains(testing::HasSubstr("which isn't so")));
}

TEST(Scenario, IsBrokenWhereMarksGetLostNowAndThen) {
  EXPECT_THAT(first_violations(100, {.lose_marks = true}), testing::Contains(testing::HasSubstr("stored")));
}

TEST(Scenario, IsBrokenWhereAFollowerLosesMentions) {
  EXPECT_THAT(first_violations(50, {.lose_mentions = true}), testing::Contains(testing::HasSubstr("the mention of")));
}

TEST(Scenario, IsBrokenWhereAFollowerLosesTheMarksOfThoseWhoWrite) {
  EXPECT_THAT(first_violations(50, {.lose_own_marks = true}),
              testing::Contains(testing::HasSubstr("and their mark is at")));
}

TEST(Scenario, IsBrokenWhereACursorStaysBehind) {
  EXPECT_THAT(first_violations(50, {.lose_cursors = true}), testing::Contains(testing::HasSubstr("is followed up to")));
}

TEST(Scenario, IsBrokenWhereRoomsNeverHearOfBlocks) {
  EXPECT_THAT(first_violations(100, {.lose_blocks = true}),
              testing::Contains(testing::AnyOf(testing::HasSubstr("another opinion"), testing::HasSubstr("blocked"))));
}

TEST(Scenario, IsBrokenWhereABatchIsLostNowAndThen) {
  EXPECT_THAT(first_violations(200, {.lose_batches = true}), testing::Not(testing::IsEmpty()));
}

}  // namespace
}  // namespace greenroom::simulation
