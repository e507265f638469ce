#include "core/tally.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::core {
namespace {

TEST(Tally, CountsEachKeyUpToItsBound) {
  tally<std::string> counts;
  EXPECT_TRUE(counts.add("a", 2));
  EXPECT_TRUE(counts.add("a", 2));
  EXPECT_FALSE(counts.add("a", 2));
  EXPECT_TRUE(counts.add("b", 2)) << "of its own";
  EXPECT_TRUE(counts.remove("a"));
  EXPECT_TRUE(counts.add("a", 2)) << "there is room again";
}

TEST(Tally, NothingMayBeWhereNoneMay) {
  tally<std::string> counts;
  EXPECT_FALSE(counts.add("a", 0));
  EXPECT_FALSE(counts.remove("a")) << "it was not counted";
}

TEST(Tally, KnowsNoMoreThanThereIs) {
  tally<std::string> counts;
  EXPECT_TRUE(counts.add("a", 1));
  EXPECT_TRUE(counts.remove("a"));
  EXPECT_FALSE(counts.remove("a"));
}

}  // namespace
}  // namespace greenroom::core
