#include <gtest/gtest.h>

#include <string>

#include "net/http/field_list.hpp"

namespace greenroom::net::http {
namespace {

std::string read_back(const field_list& list) {
  std::string out;
  for (const auto& [name, value] : list) out.append(name).append("=").append(value).append(";");
  return out;
}

TEST(FieldList, KeepsFieldsInTheirOrderAsTheyGoOverTheWire) {
  field_list list{{"B", "2"}, {"A", "1: x"}, {"b", ""}};
  EXPECT_EQ(list.text(), "B: 2\r\nA: 1: x\r\nb: \r\n");
  EXPECT_EQ(read_back(list), "B=2;A=1: x;b=;");
  EXPECT_EQ(list.size(), 3u);
  list.add(field_list{{"C", "3"}}).add("D", "4");
  EXPECT_EQ(read_back(list), "B=2;A=1: x;b=;C=3;D=4;");
}

TEST(FieldList, LetsNoValueEndItsLine) {
  EXPECT_EQ((field_list{{"X", "y\r\nZ: z\n\x7f"}, {"W", "\r"}}.text()), "X: yZ: z\r\nW: \r\n");
}

TEST(FieldList, FindsTheFirstOfANameWithoutRegardToCase) {
  const field_list list{{"Set-Cookie", "a"}, {"SET-COOKIE", "b"}, {"Set-Cookie2", "c"}};
  EXPECT_EQ(list.find("set-cookie"), "a");
  EXPECT_EQ(list.find("Set-Cookie2"), "c");
  EXPECT_EQ(list.find("Set"), std::nullopt);
}

TEST(FieldList, IsEmptyWithoutAField) {
  const field_list none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.size(), 0u);
  EXPECT_EQ(none.find("X"), std::nullopt);
  EXPECT_EQ(none, field_list{});
}

}  // namespace
}  // namespace greenroom::net::http
