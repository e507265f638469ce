#include "core/ids.hpp"

#include <gtest/gtest.h>

#include <random>
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

TEST(Ids, OnlyAsciiLettersAreFolded) {
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    const char expected = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : byte;
    EXPECT_EQ(fold(byte), expected) << c;
  }
  EXPECT_EQ(folded("\xc3\x84Z[@`{"), "\xc3\x84z[@`{");
}

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
  // Bytes above 0x7f come after ASCII, as they do in the databases' byte order.
  EXPECT_LT(compare_folded("z", "\xc3\xa4"), 0);
}

TEST(Ids, FoldedComparisonIsComparisonOfFoldedCopies) {
  std::mt19937 random{7};
  const std::string letters = "aAbB_-9";
  const auto name = [&] {
    std::string made(random() % 5, ' ');
    for (char& c : made) c = letters[random() % letters.size()];
    return made;
  };
  const auto sign = [](int n) { return (n > 0) - (n < 0); };
  for (int i = 0; i < 20000; ++i) {
    const auto a = name(), b = name();
    EXPECT_EQ(sign(compare_folded(a, b)), sign(folded(a).compare(folded(b)))) << a << ' ' << b;
    EXPECT_TRUE(folded(a) != folded(b) || hash_folded(a) == hash_folded(b)) << a << ' ' << b;
  }
}

TEST(Ids, CanBeKeysOfBothKindsOfMap) {
  EXPECT_EQ((std::unordered_set<user_id>{{"Ada"}, {"ada"}, {"Bob"}}.size()), 2u);
  EXPECT_EQ((std::set<user_id>{{"Ada"}, {"ada"}, {"Bob"}}.size()), 2u);
  EXPECT_EQ((std::unordered_set<node_name>{{"n"}, {"N"}}.size()), 2u);
  EXPECT_EQ((std::unordered_set<seq_no>{{1}, {2}, {1}}.size()), 2u);
}

TEST(Ids, HashesOfNamesSpread) {
  std::unordered_set<std::size_t> seen;
  for (int i = 0; i < 10000; ++i) seen.insert(hash_folded("room" + std::to_string(i)) % 65536);
  EXPECT_GT(seen.size(), 8000u);  // 9,200 are expected of a perfect hash
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
