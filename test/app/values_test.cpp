#include "app/values.hpp"

#include <gtest/gtest.h>

namespace greenroom::app {
namespace {

TEST(Values, ReadDurationsWithAUnitAndNothingElse) {
  EXPECT_EQ(milliseconds{500}, duration_from("500ms"));
  EXPECT_EQ(milliseconds{3'000}, duration_from("3s"));
  EXPECT_EQ(milliseconds{120'000}, duration_from("2m"));
  EXPECT_EQ(milliseconds{43'200'000}, duration_from("12h"));
  EXPECT_EQ(milliseconds{2'592'000'000}, duration_from("30d"));
  for (const char* wrong : {"", "3", "s", "3 s", "-3s", "+3s", "3.5s", "3sec", "3S", "99999999999999999999s",
                            "9223372036854775807d", "36526d"}) {
    EXPECT_EQ(std::nullopt, duration_from(wrong)) << wrong;
  }
}

TEST(Values, ReadTimesOfDay) {
  EXPECT_EQ(milliseconds{0}, time_of_day_from("00:00"));
  EXPECT_EQ(milliseconds{10'980'000}, time_of_day_from("03:03"));
  EXPECT_EQ(milliseconds{86'340'000}, time_of_day_from("23:59"));
  for (const char* wrong :
       {"", "3:00", "03:0", "24:00", "23:60", "03.00", "03:00 ", "-1:00", "03:-1", "03:00:00", "off"}) {
    EXPECT_EQ(std::nullopt, time_of_day_from(wrong)) << wrong;
  }
  for (const char* text : {"00:00", "03:07", "23:59"}) EXPECT_EQ(text, time_of_day_text(*time_of_day_from(text)));
}

TEST(Values, WriteDurationsInTheirLargestUnit) {
  EXPECT_EQ("0s", duration_text(milliseconds{0}));
  EXPECT_EQ("1500ms", duration_text(milliseconds{1'500}));
  EXPECT_EQ("90s", duration_text(milliseconds{90'000}));
  EXPECT_EQ("30d", duration_text(milliseconds{2'592'000'000}));
}

TEST(Values, ReadAndWriteSizes) {
  EXPECT_EQ(4096U, size_from("4096"));
  EXPECT_EQ(65'536U, size_from("64KiB"));
  EXPECT_EQ(std::uint64_t{3} << 30, size_from("3GiB"));
  for (const char* wrong :
       {"", "KiB", "64KB", "64 KiB", "-1", "1e3", "18446744073709551616", "9223372036854775807KiB"}) {
    EXPECT_EQ(std::nullopt, size_from(wrong)) << wrong;
  }
  EXPECT_EQ("64KiB", size_text(65'536));
  EXPECT_EQ("1MiB", size_text(1'048'576));
  EXPECT_EQ("1000", size_text(1'000));
  EXPECT_EQ("0", size_text(0));
}

TEST(Values, ReadEndpointsOfNamesAndBothFamilies) {
  EXPECT_EQ((endpoint{"127.0.0.1", 5000}), endpoint_from("127.0.0.1:5000"));
  EXPECT_EQ((endpoint{"::1", 0}), endpoint_from("[::1]:0"));
  EXPECT_EQ((endpoint{"chat-1.example", 65'535}), endpoint_from("chat-1.example:65535"));
  EXPECT_EQ("[::1]:80", (endpoint{"::1", 80}.text()));
  for (const char* wrong :
       {"", ":", ":5000", "5000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "::1:5000", "[::1:5000",
        "[]:1", "[127.0.0.1]:1", "[x]:1", "a b:1", "http://a:1", "a\n:1"}) {
    EXPECT_EQ(std::nullopt, endpoint_from(wrong)) << wrong;
  }
}

TEST(Values, ReadRatesAndOff) {
  EXPECT_EQ((rate{3, 10}), rate_from("3/10"));
  EXPECT_EQ(rate{}, rate_from("off"));
  EXPECT_EQ("20/3600", (rate{20, 3600}.text()));
  EXPECT_EQ("off", rate{}.text());
  for (const char* wrong : {"", "3", "3/", "/10", "0/10", "3/0", "3/10s", "-3/10", "OFF", "3/10/2", "9999999999/1"}) {
    EXPECT_EQ(std::nullopt, rate_from(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace greenroom::app
