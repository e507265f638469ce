#include "core/journal.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::core {
namespace {

using small_journal = journal<std::string, int>;

TEST(Journal, AsksForOneFlushForAllThatQueuesUp) {
  small_journal j(10);
  EXPECT_TRUE(j.add("a", 1, 1));
  EXPECT_FALSE(j.add("b", 2, 1));
  const auto group = j.take();
  EXPECT_EQ(group.appends, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(group.askers, (std::vector<int>{1, 2}));
  EXPECT_FALSE(j.flushed());
  EXPECT_TRUE(j.add("c", 3, 1));
}

TEST(Journal, LeavesForTheNextCommitWhatDoesNotFit) {
  small_journal j(10);
  (void)j.add("a", 1, 6);
  (void)j.add("b", 2, 6);
  EXPECT_EQ(j.take().appends, std::vector<std::string>{"a"});
  EXPECT_TRUE(j.flushed());
  EXPECT_EQ(j.take().appends, std::vector<std::string>{"b"});
  EXPECT_FALSE(j.flushed());
}

TEST(Journal, TakesOneThatIsTooBigAlone) {
  small_journal j(10);
  (void)j.add("a", 1, 60);
  (void)j.add("b", 2, 1);
  EXPECT_EQ(j.take().appends, std::vector<std::string>{"a"});
}

TEST(Journal, TakesNothingWhereNothingQueuedUp) { EXPECT_TRUE(small_journal(10).take().empty()); }

}  // namespace
}  // namespace greenroom::core
