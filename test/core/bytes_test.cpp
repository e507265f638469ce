#include "core/bytes.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using namespace std::string_literals;

TEST(Bytes, AreNumbersInBigEndianAndTextsBehindTheirSize) {
  std::string out;
  put_number(out, 0x0102030405060708, 8);
  put_number(out, 0x1ff, 1);
  put_text(out, "hi", 2);
  EXPECT_EQ(out, "\1\2\3\4\5\6\7\10\xff\0\2hi"s);
}

TEST(Bytes, AreReadAsTheyWereWritten) {
  std::string out;
  put_number(out, 0xfedcba9876543210, 8);
  put_number(out, 0x80, 1);
  put_text(out, "", 1);
  put_text(out, std::string(300, 'x'), 2);
  byte_reader from{out};
  EXPECT_EQ(from.number(8), 0xfedcba9876543210u);
  EXPECT_EQ(from.number(1), 0x80u);
  EXPECT_EQ(from.text(1), "");
  EXPECT_FALSE(from.empty());
  EXPECT_EQ(from.text(2), std::string(300, 'x'));
  EXPECT_TRUE(from.empty());
  EXPECT_FALSE(from.failed());
}

TEST(Bytes, ThatAreMissingFailTheReaderForGood) {
  byte_reader number{"\1\2\3"};
  EXPECT_EQ(number.number(4), 0u);
  EXPECT_TRUE(number.failed());
  EXPECT_EQ(number.number(1), 0u);
  EXPECT_EQ(number.text(1), "");
  byte_reader text{"\3hi"};
  EXPECT_EQ(text.text(1), "");
  EXPECT_TRUE(text.failed());
}

TEST(Bytes, OfATextAreNoMoreThanTheyMayBe) {
  byte_reader fits{"\2hi"};
  EXPECT_EQ(fits.text(1, 2), "hi");
  EXPECT_FALSE(fits.failed());
  byte_reader longer{"\2hi"};
  EXPECT_EQ(longer.text(1, 1), "");
  EXPECT_TRUE(longer.failed());
}

}  // namespace
}  // namespace greenroom::core
