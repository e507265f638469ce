#include "edge/irc_crowd.hpp"

#include <gtest/gtest.h>

namespace greenroom::edge {
namespace {

std::shared_ptr<std::atomic<std::uint32_t>> nobody() { return std::make_shared<std::atomic<std::uint32_t>>(0u); }

TEST(IrcCrowd, AnAccountHasSoManyConnectionsHoweverItIsWritten) {
  irc_crowd crowd{nobody()};
  EXPECT_TRUE(crowd.count_in({"ada"}, 2));
  EXPECT_TRUE(crowd.count_in({"Ada"}, 2));
  EXPECT_FALSE(crowd.count_in({"ada"}, 2));
  EXPECT_TRUE(crowd.count_in({"bob"}, 2)) << "somebody else";
  crowd.count_out({"ada"});
  EXPECT_TRUE(crowd.count_in({"ada"}, 2)) << "the one that was refused isn't counted";
  EXPECT_FALSE(crowd.count_in({"ada"}, 2));
}

TEST(IrcCrowd, ACountThatNobodyMadeIsNone) {
  irc_crowd crowd{nobody()};
  crowd.count_out({"ada"});
  EXPECT_TRUE(crowd.count_in({"ada"}, 1));
  EXPECT_FALSE(crowd.count_in({"ada"}, 1));
}

TEST(IrcCrowd, CountsThoseWhoActAsAdminsUntilTheyGo) {
  const auto opers = nobody();
  const auto crowd = std::make_shared<irc_crowd>(opers);
  irc_neighbour ada{crowd, {1}, {}, {{"ada"}}}, bob{crowd, {2}, {}, {{"bob"}}};
  ada.is_oper(true);
  ada.is_oper(true);
  bob.is_oper(true);
  EXPECT_EQ(opers->load(), 2u);
  bob.is_oper(false);
  ada.leave({});
  EXPECT_EQ(opers->load(), 0u);
  ada.is_oper(true);
  EXPECT_EQ(opers->load(), 0u) << "gone";
}

}  // namespace
}  // namespace greenroom::edge
