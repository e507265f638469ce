#include "core/text.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <limits>
#include <random>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace greenroom::core {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using namespace std::chrono;

std::string shown(std::string_view text) { return testing::PrintToString(std::string(text)); }

// ---- ASCII

TEST(Text, CharactersAreClassedAsAsciiHasThem) {
  const auto digits = "0123456789"sv, lower = "abcdefghijklmnopqrstuvwxyz"sv, upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"sv;
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    const auto is_in = [byte](std::string_view all) { return all.find(byte) != all.npos; };
    EXPECT_EQ(is_digit(byte), is_in(digits)) << c;
    EXPECT_EQ(is_letter(byte), is_in(lower) || is_in(upper)) << c;
    EXPECT_EQ(is_control(byte), c < 32 || c == 127) << c;
    EXPECT_EQ(fold(byte), is_in(upper) ? lower[upper.find(byte)] : byte) << c;
  }
}

TEST(Text, OnlyAsciiLettersAreFolded) {
  EXPECT_EQ(folded("\xc3\x84Z[@`{"), "\xc3\x84z[@`{");
  EXPECT_EQ(folded(""), "");
}

TEST(Text, FoldedComparisonIsComparisonOfFoldedCopies) {
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
    EXPECT_EQ(equal_folded(a, b), folded(a) == folded(b)) << a << ' ' << b;
    EXPECT_TRUE(folded(a) != folded(b) || hash_folded(a) == hash_folded(b)) << a << ' ' << b;
  }
  // Bytes above 0x7f come after ASCII, as they do in the databases' byte order.
  EXPECT_LT(compare_folded("z", "\xc3\xa4"), 0);
}

TEST(Text, HashesOfNamesSpread) {
  std::unordered_set<std::size_t> seen;
  for (int i = 0; i < 10000; ++i) seen.insert(hash_folded("room" + std::to_string(i)) % 65536);
  EXPECT_GT(seen.size(), 8000u);  // 9,200 are expected of a perfect hash
}

TEST(Text, APlainNameHasLettersDigitsDotsUnderscoresAndHyphens) {
  for (const auto good : {"a"sv, "Z"sv, "0"sv, "."sv, "_"sv, "-"sv, "chat-1.example_x"sv})
    EXPECT_TRUE(is_plain_name(good)) << good;
  for (const auto bad : {""sv, "a b"sv, "a/b"sv, "a\n"sv, "a\0"sv, "\xc3\xa4"sv, "a:1"sv, "@"sv, "["sv, "`"sv, "{"sv})
    EXPECT_FALSE(is_plain_name(bad)) << shown(bad);
  EXPECT_TRUE(is_plain_name("abc", 3));
  EXPECT_FALSE(is_plain_name("abcd", 3));
  EXPECT_FALSE(is_plain_name("", 3));
}

// ---- hexadecimal

TEST(Text, AHexDigitHasItsValueInEitherCase) {
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    const auto at = "0123456789abcdefABCDEF"sv.find(byte);
    const int expected = at == std::string_view::npos ? -1 : static_cast<int>(at < 16 ? at : at - 6);
    EXPECT_EQ(hex_value(byte), expected) << c;
    EXPECT_EQ(is_hex(byte), expected >= 0) << c;
  }
}

TEST(Text, LowerHexHasSoManyDigitsAndNoCapitals) {
  EXPECT_TRUE(is_lower_hex("0123456789abcdef", 16));
  EXPECT_TRUE(is_lower_hex("", 0));
  for (const auto bad : {""sv, "0"sv, "000"sv, "0A"sv, "0g"sv, "0x"sv, "-1"sv, " 1"sv, "1\0"sv})
    EXPECT_FALSE(is_lower_hex(bad, 2)) << shown(bad);
}

TEST(Text, ANumberInHexHasItsLeadingZeros) {
  std::string out = ">";
  append_hex(out, 0);
  append_hex(out, 0x0123456789abcdef);
  append_hex(out, ~std::uint64_t{0});
  append_hex(out, 0x1f, 4);
  append_hex(out, 0xabc, 2);
  append_hex(out, 0xabc, 1);
  EXPECT_EQ(out, ">00000000000000000123456789abcdefffffffffffffffff001fbcc");
}

TEST(Text, BytesInHexAreReadBack) {
  EXPECT_EQ(to_hex(""), "");
  EXPECT_EQ(to_hex("\x00\x0f\xf0\xff\x7f"sv), "000ff0ff7f");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(from_hex(to_hex(all)), all);
  EXPECT_EQ(from_hex(""), "");
  EXPECT_EQ(from_hex("aBfF"), "\xab\xff");
  for (const auto bad : {"0"sv, "000"sv, "0g"sv, "g0"sv, "0x"sv, "-1"sv, "+1"sv, " 1"sv, "1 "sv, "00 "sv, "00\0"sv})
    EXPECT_EQ(from_hex(bad), std::nullopt) << shown(bad);
}

// ---- in pieces

TEST(Text, BlanksAreTrimmedAndNothingElse) {
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  for (const auto empty : {""sv, " "sv, "\t \t"sv}) EXPECT_EQ(trimmed(empty), "") << shown(empty);
  for (const auto kept : {"a"sv, "\na\r"sv, "\0a\0"sv, "\va\f"sv, "\xa0"sv})
    EXPECT_EQ(trimmed(kept), kept) << shown(kept);
}

TEST(Text, ATextIsTakenInPieces) {
  auto rest = "a,,bc,"sv;
  for (const auto piece : {"a"sv, ""sv, "bc"sv, ""sv, ""sv}) EXPECT_EQ(take_until(rest, ','), piece);
  EXPECT_EQ(rest, "");
  rest = "a=b=c"sv;
  EXPECT_EQ(take_until(rest, '='), "a");
  EXPECT_EQ(rest, "b=c");
  EXPECT_EQ(take_until(rest, ';'), "b=c");
  EXPECT_EQ(rest, "");
}

// ---- percent-encoding

TEST(Text, EscapesAreDecodedAndWhatIsNoneStays) {
  EXPECT_EQ(percent_decoded(""), "");
  EXPECT_EQ(percent_decoded("%41%2f%2F%c3%A4+"), "A//\xc3\xa4+");
  EXPECT_EQ(percent_decoded("%00"), "\0"s);
  EXPECT_EQ(percent_decoded("%2541"), "%41") << "once only";
  for (const auto stays : {"%"sv, "%4"sv, "a%"sv, "%g1"sv, "%1g"sv, "%-1"sv, "%+1"sv, "% 1"sv, "%u0041"sv, "%%%"sv})
    EXPECT_EQ(percent_decoded(stays), stays);
  EXPECT_EQ(percent_decoded("%4%41"), "%4A");
  EXPECT_EQ(percent_decoded("%%41"), "%A");
}

TEST(Text, AWellEscapedTextHasTwoDigitsAfterEachPercentAndNoNul) {
  for (const auto good : {""sv, "a"sv, "%01"sv, "%10%Ff%aF"sv, "%2500"sv}) EXPECT_TRUE(is_well_escaped(good)) << good;
  for (const auto bad :
       {"%"sv, "%4"sv, "a%"sv, "%g1"sv, "%1g"sv, "%-1"sv, "%%41"sv, "%4%41"sv, "%41%"sv, "%00"sv, "a%00b"sv})
    EXPECT_FALSE(is_well_escaped(bad)) << bad;
}

TEST(Text, AQueryHasFieldsInTheirOrder) {
  using fields = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(query_fields(""), fields{});
  EXPECT_EQ(query_fields("a=1&b=2&a=3"), (fields{{"a", "1"}, {"b", "2"}, {"a", "3"}}));
  EXPECT_EQ(query_fields("a&b=&=c&d=e=f"), (fields{{"a", ""}, {"b", ""}, {"", "c"}, {"d", "e=f"}}));
  EXPECT_EQ(query_fields("%61+b=%26+%3d%2B"), (fields{{"a b", "& =+"}})) << "taken apart before it is decoded";
  EXPECT_EQ(query_fields("a=%&b=%4"), (fields{{"a", "%"}, {"b", "%4"}}));
  EXPECT_EQ(query_fields("&a=1&"), (fields{{"", ""}, {"a", "1"}}));
}

// ---- numbers

TEST(Text, ANumberIsTheWholeText) {
  EXPECT_EQ(number_from<std::uint16_t>("0"), 0);
  EXPECT_EQ(number_from<std::uint16_t>("000080"), 80);
  EXPECT_EQ(number_from<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(number_from<std::uint64_t>("18446744073709551615"), ~std::uint64_t{0});
  EXPECT_EQ(number_from<unsigned>("fF", 16), 255u);
  for (const auto bad : {""sv, " 1"sv, "1 "sv, "+1"sv, "-1"sv, "-0"sv, "1.0"sv, "1e3"sv, "0x1"sv, "1a"sv, "1\n"sv,
                         "1\0"sv, "65536"sv, "99999999999999999999"sv, "18446744073709551617"sv})
    EXPECT_EQ(number_from<std::uint16_t>(bad), std::nullopt) << shown(bad);
  EXPECT_EQ(number_from<std::uint64_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(number_from<unsigned>("0x1f", 16), std::nullopt);
}

TEST(Text, OnlyANumberOfASignedTypeMayBeNegative) {
  EXPECT_EQ(number_from<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(number_from<std::int64_t>("-0"), 0);
  for (const auto bad : {"-"sv, "--1"sv, "- 1"sv, "+1"sv, "1-"sv, "-9223372036854775809"sv, "9223372036854775808"sv})
    EXPECT_EQ(number_from<std::int64_t>(bad), std::nullopt) << bad;
}

TEST(Text, ALeadingNumberLeavesWhatFollowsIt) {
  using read = std::pair<std::uint64_t, std::string_view>;
  EXPECT_EQ(leading_number("500ms"), (read{500, "ms"}));
  EXPECT_EQ(leading_number("007"), (read{7, ""}));
  EXPECT_EQ(leading_number("1-2"), (read{1, "-2"}));
  EXPECT_EQ(leading_number("18446744073709551615 "), (read{~std::uint64_t{0}, " "}));
  for (const auto bad : {""sv, "ms"sv, "-1"sv, "+1"sv, " 1"sv, "18446744073709551616s"sv})
    EXPECT_EQ(leading_number(bad), std::nullopt) << bad;
}

TEST(Text, ANumberOfAnySizeIsDigitsOnly) {
  for (const auto good : {"0"sv, "007"sv, "99999999999999999999999999"sv}) EXPECT_TRUE(is_number(good)) << good;
  for (const auto bad : {""sv, "-1"sv, "+1"sv, "1 "sv, "1a"sv, "/"sv, ":"sv, "1\0"sv})
    EXPECT_FALSE(is_number(bad)) << shown(bad);
}

TEST(Text, NumbersAreAppendedInFull) {
  std::string out;
  for (const auto number : {std::int64_t{0}, std::numeric_limits<std::int64_t>::min()})
    append_number(out += ' ', number);
  append_number(out += ' ', ~std::uint64_t{0});
  append_number(out += ' ', 0.1);
  append_number(out += ' ', -std::numeric_limits<double>::denorm_min());
  append_number(out += ' ', -2.2250738585072014e-308);
  EXPECT_EQ(out, " 0 -9223372036854775808 18446744073709551615 0.1 -5e-324 -2.2250738585072014e-308");
}

// ---- times

TEST(Text, TimesAreRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(time_text(wall_time{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(wall_time{milliseconds{1'795'459'440'123}}), "2026-11-23T18:44:00.123Z");
  EXPECT_EQ(time_text(sys_days{year{2024} / 2 / 29} + hours{23} + minutes{59} + seconds{59} + milliseconds{999}),
            "2024-02-29T23:59:59.999Z");
  EXPECT_EQ(time_text(wall_time{milliseconds{-1}}), "1969-12-31T23:59:59.999Z");
}

TEST(Text, TimesBeyondFourDigitsOfYearsAreCut) {
  EXPECT_EQ(time_text(wall_time::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(time_text(wall_time::min()), "0000-01-01T00:00:00.000Z");
}

TEST(Text, ATimeIsReadAsItIsWritten) {
  std::mt19937_64 random{10};
  for (int i = 0; i < 20'000; ++i) {
    const auto day = sys_days{year{static_cast<int>(random() % 10'000)} / 1 / 1} + days{random() % 365};
    const wall_time at = day + milliseconds{static_cast<std::int64_t>(random() % 86'400'000)};
    EXPECT_EQ(time_from(time_text(at)), at);
  }
}

TEST(Text, ATimeMayHaveAnyFractionInUtc) {
  const wall_time second = sys_days{year{2024} / 2 / 29} + hours{23} + minutes{59} + seconds{59};
  EXPECT_EQ(time_from("2024-02-29T23:59:59Z"), second);
  EXPECT_EQ(time_from("2024-02-29T23:59:59+00:00"), second);
  EXPECT_EQ(time_from("2024-02-29T23:59:59.5Z"), second + milliseconds{500});
  EXPECT_EQ(time_from("2024-02-29T23:59:59.0129Z"), second + milliseconds{12});
  EXPECT_EQ(time_from("2024-02-29T23:59:59.123456789+00:00"), second + milliseconds{123});
}

TEST(Text, NothingElseIsATime) {
  for (const auto* text : {"",
                           "Z",
                           "2024-02-29",
                           "2024-02-29T23:59:59",
                           "2023-02-29T00:00:00Z",
                           "2024-13-01T00:00:00Z",
                           "2024-00-01T00:00:00Z",
                           "2024-01-00T00:00:00Z",
                           "2024-04-31T00:00:00Z",
                           "2024-01-01T24:00:00Z",
                           "2024-01-01T00:60:00Z",
                           "2024-06-30T23:59:60Z",
                           "2024-01-01 00:00:00Z",
                           "2024-01-01t00:00:00z",
                           "2024-1-01T00:00:00Z",
                           "24-01-01T00:00:00Z",
                           "12024-01-01T00:00:00Z",
                           "-024-01-01T00:00:00Z",
                           "2024-01-01T00:00:00.Z",
                           "2024-01-01T00:00:00.1234567890Z",
                           "2024-01-01T00:00:00,5Z",
                           "2024-01-01T00:00:00+01:00",
                           "2024-01-01T00:00:00-00:00",
                           "2024-01-01T00:00:00ZZ",
                           " 2024-01-01T00:00:00Z",
                           "2024-01-01T00:00:00Z ",
                           "2024-01-01T0a:00:00Z",
                           "2024-01-01T00:00:00.5"})
    EXPECT_EQ(time_from(text), std::nullopt) << text;
}

TEST(Text, TheCachedSecondIsNeverAnothers) {
  std::mt19937_64 random{9};
  for (int i = 0; i < 20'000; ++i) {
    // Near one another, so that seconds repeat, end and go back.
    const wall_time at{milliseconds{1'700'000'000'000 + static_cast<std::int64_t>(random() % 5000)}};
    const auto ms = at.time_since_epoch().count() % 1000;
    const auto second = static_cast<std::time_t>(at.time_since_epoch().count() / 1000);
    std::tm parts{};
    gmtime_r(&second, &parts);
    char expected[32];
    const auto length = std::strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.", &parts);
    std::snprintf(expected + length, sizeof expected - length, "%03dZ", static_cast<int>(ms));
    ASSERT_EQ(time_text(at), expected);
  }
}

// ---- UTF-8

// The first and the last characters of each size, and those beside the surrogates.
constexpr std::pair<std::string_view, std::size_t> edges[]{{"\0"sv, 1},
                                                           {"\x7f"sv, 1},
                                                           {"\xc2\x80"sv, 2},
                                                           {"\xdf\xbf"sv, 2},
                                                           {"\xe0\xa0\x80"sv, 3},
                                                           {"\xed\x9f\xbf"sv, 3},
                                                           {"\xee\x80\x80"sv, 3},
                                                           {"\xef\xbf\xbf"sv, 3},
                                                           {"\xf0\x90\x80\x80"sv, 4},
                                                           {"\xf3\xbf\xbf\xbf"sv, 4},
                                                           {"\xf4\x8f\xbf\xbf"sv, 4}};

constexpr std::string_view malformed[]{"\x80",
                                       "\xbf",
                                       "\xc0\x80",  // U+0000 in two bytes
                                       "\xc1\xbf",  // U+007F in two
                                       "\xc2\x41",
                                       "\xc2\xc2",
                                       "\xe0\x9f\xbf",  // U+07FF in three
                                       "\xed\xa0\x80",  // the first surrogate
                                       "\xed\xbf\xbf",  // the last
                                       "\xe1\x80\x41",
                                       "\xe1\x41\x80",
                                       "\xf0\x8f\xbf\xbf",  // U+FFFF in four
                                       "\xf1\x41\x80\x80",
                                       "\xf1\x80\x41\x80",
                                       "\xf1\x80\x80\x41",
                                       "\xf4\x90\x80\x80",  // U+110000
                                       "\xf5\x80\x80\x80",
                                       "\xf8\x88\x80\x80\x80",
                                       "\xfe",
                                       "\xff"};

TEST(Text, ACharacterHasTheSizeThatRfc3629Says) {
  for (const auto& [text, size] : edges) {
    EXPECT_EQ(character_size(text), size) << shown(text);
    EXPECT_EQ(character_size(std::string(text) + "\x80"), size) << shown(text);
    for (std::size_t cut = 0; cut < size; ++cut) EXPECT_EQ(character_size(text.substr(0, cut)), 0u) << shown(text);
  }
  for (const auto text : malformed) EXPECT_EQ(character_size(text), 0u) << shown(text);
}

TEST(Text, Utf8IsWellFormedCharactersOnly) {
  EXPECT_TRUE(valid_utf8(""));
  std::string all;
  for (const auto& [text, size] : edges) {
    all += text;
    EXPECT_TRUE(valid_utf8(text)) << shown(text);
    EXPECT_TRUE(valid_utf8(all)) << shown(all);
    for (std::size_t cut = 1; cut < size; ++cut) {
      EXPECT_FALSE(valid_utf8(text.substr(0, cut))) << shown(text);
      EXPECT_FALSE(valid_utf8("12345678" + std::string(text.substr(0, cut)))) << shown(text);
    }
  }
  for (const auto text : malformed) {
    EXPECT_FALSE(valid_utf8(text)) << shown(text);
    EXPECT_FALSE(valid_utf8("12345678" + std::string(text) + "12345678")) << shown(text);
  }
}

TEST(Text, ABadByteIsFoundWhereverItStands) {
  for (std::size_t length = 1; length < 40; ++length)
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      text[at] = '\x80';
      EXPECT_FALSE(valid_utf8(text)) << length << ' ' << at;
      text.replace(at, 1, "\xf0\x9f\x98\x80");
      EXPECT_TRUE(valid_utf8(text)) << length << ' ' << at;
    }
}

// Every code point in its own encoding, and no other sequence of its length.
TEST(Text, EveryThreeByteSequenceIsJudgedByItsCodePoint) {
  for (unsigned lead = 0xe0; lead <= 0xef; ++lead)
    for (unsigned second = 0; second < 256; ++second)
      for (const unsigned third : {0x7fu, 0x80u, 0xbfu, 0xc0u}) {
        const unsigned point = (lead & 15) << 12 | (second & 63) << 6 | (third & 63);
        const bool shaped = (second & 0xc0) == 0x80 && (third & 0xc0) == 0x80;
        const bool expected = shaped && point >= 0x800 && !(point >= 0xd800 && point <= 0xdfff);
        const std::string text{static_cast<char>(lead), static_cast<char>(second), static_cast<char>(third)};
        EXPECT_EQ(valid_utf8(text), expected) << std::hex << point;
        EXPECT_EQ(character_size(text), expected ? 3u : 0u) << std::hex << point;
      }
}

TEST(Text, ATextIsCutBetweenCharacters) {
  for (const auto& [text, size] : edges) {
    for (const auto& before : {""s, "a"s, "\xc3\xa4"s, "\xf0\x9f\x98\x80"s}) {
      for (std::size_t cut = 0; cut < size; ++cut)
        EXPECT_EQ(whole_characters(before + std::string(text.substr(0, cut))), before) << shown(text) << cut;
      EXPECT_EQ(whole_characters(before + std::string(text)), before + std::string(text)) << shown(text);
    }
  }
}

TEST(Text, OnlyACutAtTheEndIsTakenOff) {
  EXPECT_EQ(whole_characters(""), "");
  for (const auto text : {"\x80"sv, "\x80\x80\x80\x80"sv, "a\x80"sv,
                          "\xc3"
                          "a"sv,
                          "\xc0\x80"sv, "\xed\xa0\x80"sv})
    EXPECT_EQ(whole_characters(text), text) << shown(text);
}

}  // namespace
}  // namespace greenroom::core
