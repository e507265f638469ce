#include "core/ids.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <type_traits>
#include <unordered_set>

namespace greenroom::core {
namespace {

TEST(Ids, NamesAreEqualWithoutRegardToCase) {
  EXPECT_EQ(user_id{"Ada"}, user_id{"aDA"});
  EXPECT_NE(user_id{"Ada"}, user_id{"Adaa"});
  EXPECT_NE(user_id{"a_b"}, user_id{"a-b"});
}

TEST(Ids, NamesAreShownAsFirstWritten) { EXPECT_EQ(room_id{"LoBBy"}.value, "LoBBy"); }

TEST(Ids, AnIdCannotStandForAnother) {
  static_assert(!std::is_convertible_v<room_id, user_id>);
  static_assert(!std::is_convertible_v<seq_no, epoch_no>);
  static_assert(!std::is_convertible_v<seq_no, bool> && !std::is_convertible_v<seq_no, std::uint64_t>);
}

TEST(Ids, OrderAgreesWithEqualityAndIsAscendingByFoldedName) {
  EXPECT_LT(user_id{"abc"}, user_id{"ABD"});
  EXPECT_LT(user_id{"AB"}, user_id{"abc"});
  EXPECT_GT(user_id{"b"}, user_id{"A"});
  EXPECT_TRUE((user_id{"X"} <=> user_id{"x"}) == 0);
}

TEST(Ids, CanBeKeysOfBothKindsOfMap) {
  EXPECT_EQ((std::unordered_set<user_id>{{"Ada"}, {"ada"}, {"Bob"}}.size()), 2u);
  EXPECT_EQ((std::set<user_id>{{"Ada"}, {"ada"}, {"Bob"}}.size()), 2u);
  EXPECT_EQ((std::unordered_set<node_name>{{"n"}, {"N"}}.size()), 2u);
  EXPECT_EQ((std::unordered_set<seq_no>{{1}, {2}, {1}}.size()), 2u);
}

TEST(Ids, NumbersCount) {
  seq_no seq;
  EXPECT_FALSE(seq);
  EXPECT_EQ(++seq, seq_no{1});
  EXPECT_TRUE(seq);
  EXPECT_EQ(seq + 4, seq_no{5});
  EXPECT_EQ(seq_no{5} - seq_no{2}, 3u);
  EXPECT_EQ(seq_no{5} - 2, seq_no{3});
  EXPECT_LT(seq_no{2}, seq_no{10});
}

}  // namespace
}  // namespace greenroom::core
