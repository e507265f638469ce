#include "net/unsent.hpp"

#include <gtest/gtest.h>

namespace greenroom::net {
namespace {

TEST(Unsent, CountsByClientAndInAll) {
  const auto subject = unsent::make({100, 150});
  const auto ann = subject->of("198.51.100.1"), bob = subject->of("198.51.100.2");
  EXPECT_EQ(subject->of("198.51.100.1"), ann) << "one for all connections of an address";
  EXPECT_TRUE(ann->take(100));
  EXPECT_FALSE(ann->take(1)) << "its own bound";
  EXPECT_TRUE(bob->fits(50));
  EXPECT_FALSE(bob->fits(51)) << "the bound of all";
  EXPECT_FALSE(bob->take(51));
  EXPECT_TRUE(bob->take(50));
  EXPECT_EQ(subject->bytes(), 150u);
  ann->remove(100);
  EXPECT_TRUE(bob->take(50));
  EXPECT_EQ(subject->bytes(), 100u);
}

TEST(Unsent, CountsAlsoWhatDoesNotFit) {
  const auto subject = unsent::make({100, 100});
  const auto ann = subject->of("a");
  ann->add(500);
  EXPECT_FALSE(ann->fits(0));
  ann->remove(450);
  EXPECT_TRUE(ann->fits(50));
}

TEST(Unsent, ForgetsAClientWithItsLastConnection) {
  const auto subject = unsent::make({100, 100});
  {
    const auto ann = subject->of("a");
    ann->add(80);
    EXPECT_EQ(subject->bytes(), 80u);
  }
  EXPECT_EQ(subject->bytes(), 0u);
  EXPECT_TRUE(subject->of("a")->take(100));
}

}  // namespace
}  // namespace greenroom::net
