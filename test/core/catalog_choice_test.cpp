#include "core/catalog_choice.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

constexpr mono_time start{1000s};

struct CatalogChoice : testing::Test {
  catalog_choice tested;
};

TEST_F(CatalogChoice, BeginsWithNone) { EXPECT_FALSE(tested.keeps(start)); }

TEST_F(CatalogChoice, KeepsOneForTenSeconds) {
  tested.found(start);
  EXPECT_TRUE(tested.keeps(start + 10s - 1ms));
  EXPECT_FALSE(tested.keeps(start + 10s));
}

TEST_F(CatalogChoice, FindsAnotherWhereOneFailsOrIsLost) {
  tested.found(start);
  EXPECT_TRUE(tested.failed(tested.turn(), 1, ec::unavailable));
  EXPECT_FALSE(tested.keeps(start));
  tested.found(start);
  tested.lost();
  EXPECT_FALSE(tested.keeps(start));
}

TEST_F(CatalogChoice, KeepsTheNewOneWhereTheOldOneFailsLate) {
  tested.found(start);
  const auto old = tested.turn();
  tested.found(start);
  EXPECT_TRUE(tested.failed(old, 1, ec::unavailable));
  EXPECT_TRUE(tested.keeps(start));
}

TEST_F(CatalogChoice, AsksThreeTimesInAll) {
  tested.found(start);
  EXPECT_TRUE(tested.failed(tested.turn(), 2, ec::unavailable));
  EXPECT_FALSE(tested.failed(tested.turn(), 3, ec::unavailable));
}

TEST_F(CatalogChoice, TakesWhatIsSaidOfTheQuestionForTheAnswer) {
  tested.found(start);
  EXPECT_FALSE(tested.failed(tested.turn(), 1, ec::not_found));
  EXPECT_TRUE(tested.keeps(start));
}

}  // namespace
}  // namespace greenroom::core
