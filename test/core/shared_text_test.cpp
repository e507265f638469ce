#include "core/shared_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace greenroom::core {
namespace {

TEST(SharedText, CopiesShareTheBytes) {
  const shared_text first("a message");
  const shared_text second = first;
  EXPECT_EQ(first.view().data(), second.view().data());
  EXPECT_EQ(second, "a message");
}

TEST(SharedText, OutlivesWhatItWasCopiedFrom) {
  shared_text kept;
  {
    std::string bytes = "here for longer";
    const shared_text original(bytes);
    bytes.assign(bytes.size(), 'x');
    kept = original;
  }
  EXPECT_EQ(kept, "here for longer");
}

TEST(SharedText, AMovedOneIsEmpty) {
  shared_text from("moved");
  const shared_text to = std::move(from);
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the claim
  EXPECT_EQ(to, "moved");
}

TEST(SharedText, ItsOwnCopyMayBeAssignedToIt) {
  shared_text one("itself");
  const auto& same = one;
  one = same;
  EXPECT_EQ(one, "itself");
}

TEST(SharedText, IsEqualByBytes) {
  EXPECT_EQ(shared_text("a"), shared_text(std::string("a")));
  EXPECT_FALSE(shared_text("a") == shared_text("b"));
  EXPECT_EQ(shared_text(), shared_text(""));
  EXPECT_EQ(shared_text("\xf0\x9f\x8c\xb1").size(), 4u);
}

TEST(SharedText, CopiesMayGoOnManyThreads) {
  std::vector<std::thread> threads;
  {
    const shared_text text("everywhere");
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([copy = text] {
        for (int round = 0; round < 10'000; ++round) {
          const auto another = copy;
          ASSERT_EQ(another.size(), 10u);
        }
      });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace greenroom::core
