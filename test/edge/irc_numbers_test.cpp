#include "edge/irc_numbers.hpp"

#include <gtest/gtest.h>

namespace greenroom::edge {
namespace {

TEST(IrcNumbers, OwnOnesAreOfNowAndOthersAsTheySaid) {
  const auto clients = std::make_shared<std::atomic<std::uint32_t>>(2u);
  irc_numbers numbers(clients, std::make_shared<std::atomic<std::uint32_t>>(1u));
  auto now = numbers.now();
  EXPECT_EQ(now.users, 2u);
  EXPECT_EQ(now.local, 2u);
  EXPECT_EQ(now.servers, 1u);
  numbers.heard({{1, 4, 9}, {10, 3, 2}, 2});
  *clients = 3;
  now = numbers.now();
  EXPECT_EQ(now.local, 3u) << "not as it was when the others were asked";
  EXPECT_EQ(now.users, 13u);
  EXPECT_EQ(now.rooms, 7u);
  EXPECT_EQ(now.operators, 3u);
  EXPECT_EQ(now.servers, 3u);
}

TEST(IrcNumbers, TheMostThatThereWere) {
  const auto clients = std::make_shared<std::atomic<std::uint32_t>>(5u);
  irc_numbers numbers(clients, std::make_shared<std::atomic<std::uint32_t>>(1u));
  numbers.heard({{}, {20, 0, 0}, 1});
  (void)numbers.now();
  *clients = 1;
  numbers.heard({{}, {2, 0, 0}, 1});
  const auto now = numbers.now();
  EXPECT_EQ(now.local_most, 5u);
  EXPECT_EQ(now.users_most, 25u);
  EXPECT_EQ(now.users, 3u);
}

}  // namespace
}  // namespace greenroom::edge
