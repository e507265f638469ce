#include "core/names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::core {
namespace {

using namespace std::string_view_literals;

TEST(Names, AUserNameBeginsWithALetter) {
  for (const auto name : {"a", "Z", "ada", "a1", "a-_9", "deleted_", "systems"})
    EXPECT_TRUE(check_user_name(name)) << name;
  for (const auto name : {"", "1a", "_a", "-a", " a", "a b", "a.b", "a/b", "a\n", "\xc3\xa4", "a\xc3\xa4"})
    EXPECT_EQ(check_user_name(name).code(), ec::bad_name) << name;
}

TEST(Names, AUserNameHasAtMost32Characters) {
  EXPECT_TRUE(check_user_name(std::string(32, 'a')));
  EXPECT_EQ(check_user_name(std::string(33, 'a')).code(), ec::bad_name);
}

TEST(Names, ReservedUserNamesAreRefusedInAnyCase) {
  for (const auto name : {"deleted", "Deleted", "DELETED", "system", "sYstem"})
    EXPECT_EQ(check_user_name(name).code(), ec::bad_name) << name;
}

TEST(Names, ARoomNameMayBeginWithADigit) {
  for (const auto name : {"lobby", "1", "9-9", "deleted", "A_b"}) EXPECT_TRUE(check_room_name(name)) << name;
  for (const auto name : {"", "-a", "_a", "#a", "a b", "..", "a%2f", "a\x7f"})
    EXPECT_EQ(check_room_name(name).code(), ec::bad_name) << name;
}

TEST(Names, ARoomNameHasAtMost64Characters) {
  EXPECT_TRUE(check_room_name(std::string(64, '0')));
  EXPECT_EQ(check_room_name(std::string(65, '0')).code(), ec::bad_name);
}

TEST(Names, ANulHidesNothingInAName) {
  EXPECT_FALSE(check_user_name("ada\0x"sv));
  EXPECT_FALSE(check_room_name("lobby\0"sv));
}

TEST(Names, TextHas1To4096Bytes) {
  EXPECT_EQ(check_text("").code(), ec::bad_text);
  EXPECT_TRUE(check_text("x"));
  EXPECT_TRUE(check_text(std::string(4096, 'x')));
  EXPECT_EQ(check_text(std::string(4097, 'x')).code(), ec::bad_text);
}

TEST(Names, OfControlCharactersATextMayHaveTabNewlineAndIrcsFormatting) {
  constexpr std::string_view allowed = "\t\n\x02\x03\x0f\x11\x16\x1d\x1e\x1f";
  for (char c = 0; c < ' '; ++c) {
    const bool good = allowed.find(c) != allowed.npos;
    EXPECT_EQ(check_text(std::string("a") + c + "b").code(), good ? ec::none : ec::bad_text) << int{c};
    EXPECT_EQ(check_text(std::string(1, c)).code(), good ? ec::none : ec::bad_text) << int{c};
  }
  EXPECT_TRUE(check_text(" ~"));
}

TEST(Names, U0001StandsOnlyAtBothEndsOfAnAction) {
  for (const auto good : {"\x01"
                          "ACTION waves\x01",
                          "\x01"
                          "ACTION \x02waves\x02\x01",
                          "\x01"
                          "ACTION\x01"})
    EXPECT_TRUE(check_text(good)) << good;
  for (const auto bad : {"\x01", "\x01\x01",
                         "\x01"
                         "ACTION",
                         "\x01"
                         "ACTION waves",
                         "ACTION waves\x01",
                         "\x01"
                         "ACTIONS\x01",
                         "\x01"
                         "ACTION a\x01"
                         "b\x01",
                         "\x01VERSION\x01",
                         " \x01"
                         "ACTION waves\x01",
                         "\x01"
                         "ACTION \x1b[2J\x01"})
    EXPECT_EQ(check_text(bad).code(), ec::bad_text) << bad;
}

TEST(Names, TextMayHaveNewlinesAndAnyScriptButNoNul) {
  EXPECT_TRUE(check_text("two\nlines\t"));
  EXPECT_TRUE(check_text("gr\xc3\xbc\xc3\x9f \xe4\xbd\xa0 \xf0\x9f\x98\x80"));
  EXPECT_EQ(check_text("a\0b"sv).code(), ec::bad_text);
  EXPECT_EQ(check_text("\xff").code(), ec::bad_text);
}

TEST(Names, AClientIdHas1To64PrintableAsciiCharacters) {
  EXPECT_TRUE(check_client_id("1"));
  EXPECT_TRUE(check_client_id(std::string(64, '}')));
  EXPECT_TRUE(check_client_id("a b\"\\"));
  EXPECT_TRUE(check_client_id("~1"));
  EXPECT_EQ(check_given_id("~1").code(), ec::bad_id) << "an edge's";
  EXPECT_TRUE(check_given_id("1"));
  for (const auto id : {""sv, "a\0"sv, "a\n"sv, "\x7f"sv, "\xc3\xa4"sv})
    EXPECT_EQ(check_client_id(id).code(), ec::bad_id) << testing::PrintToString(std::string(id));
  EXPECT_EQ(check_client_id(std::string(65, 'a')).code(), ec::bad_id);
}

TEST(Names, APasswordHasTheMinimumTo1024Bytes) {
  EXPECT_TRUE(check_password("root", 4));
  EXPECT_EQ(check_password("roo", 4).code(), ec::bad_password);
  EXPECT_EQ(check_password("root", 12).code(), ec::bad_password);
  EXPECT_TRUE(check_password(std::string(1024, 'x'), 4));
  EXPECT_EQ(check_password(std::string(1025, 'x'), 4).code(), ec::bad_password);
  EXPECT_EQ(check_password("ro\0ot"sv, 4).code(), ec::bad_password);
  EXPECT_EQ(check_password("roo", 4).why().detail, "A password has 4 to 1024 bytes and no NUL.");
}

TEST(Names, UnderTwelveBytesAPasswordIsWeak) {
  EXPECT_TRUE(weak_password("12345678901"));
  EXPECT_FALSE(weak_password("123456789012"));
}

}  // namespace
}  // namespace greenroom::core
