#include "protocol/accept_encoding.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace greenroom::protocol {
namespace {

constexpr auto identity = content_coding::identity;
constexpr auto gzip = content_coding::gzip;
constexpr auto br = content_coding::br;

struct accept_case {
  std::string_view accept;
  content_coding of_all;   // there are both
  content_coding of_gzip;  // there is gzip alone
};

TEST(AcceptEncoding, ChoosesWhatTheClientLikesBest) {
  constexpr accept_case table[] = {
      {"", identity, identity},
      {"gzip, deflate, br, zstd", br, gzip},
      {"gzip", gzip, gzip},
      {"x-gzip", gzip, gzip},
      {"BR", br, identity},
      {"deflate", identity, identity},
      {"*", br, gzip},
      {"gzip;q=0.5, br;q=0.4", gzip, gzip},
      {"gzip;q=0.5, br;q=0.500", br, gzip},
      {"br;q=0, gzip", gzip, gzip},
      {"br;q=0.0, *", gzip, gzip},
      {"gzip;q=0, *;q=0.001", br, identity},
      {"identity, gzip;q=0.9", identity, identity},
      {"identity;q=0.2, gzip;q=0.3", gzip, gzip},
      {"identity;q=0, gzip;q=0.001", gzip, gzip},
      {"*;q=0, br", br, identity},
      {" gzip ; q=1 ,, br;q=0.9", gzip, gzip},
      {"gzip;Q=0.001", gzip, gzip},
  };
  for (const auto& [accept, of_all, of_gzip] : table) {
    EXPECT_EQ(choose_coding(accept, true, true), of_all) << accept;
    EXPECT_EQ(choose_coding(accept, true, false), of_gzip) << accept;
    EXPECT_EQ(choose_coding(accept, false, false), identity) << accept;
  }
}

TEST(AcceptEncoding, SendsIdentityToWhomNothingIsGoodEnough) {
  for (const std::string_view accept : {"identity;q=0", "*;q=0", "gzip;q=0, br;q=0, identity;q=0"})
    EXPECT_EQ(choose_coding(accept, true, true), identity) << accept;
}

TEST(AcceptEncoding, PassesOverAMemberWhoseWeightIsNone) {
  for (const std::string_view weight : {"2", "1.1", "1.001", "0.1234", "-1", "0,5", ".5", "x", "0.x", "01", ""})
    EXPECT_EQ(choose_coding("br;q=" + std::string(weight), true, true), identity) << weight;
  EXPECT_EQ(choose_coding("br;level=9", true, true), identity) << "another coding than this";
  EXPECT_EQ(choose_coding("br;q=9, gzip", true, true), gzip);
  for (const std::string_view weight : {"1", "1.", "1.0", "1.000", "0.999", "\"1\""})
    EXPECT_EQ(choose_coding("br;q=" + std::string(weight), true, true), br) << weight;
}

TEST(AcceptEncoding, HasTheNamesOfTheField) {
  EXPECT_EQ(to_string(gzip), "gzip");
  EXPECT_EQ(to_string(br), "br");
  EXPECT_EQ(to_string(identity), "");
}

}  // namespace
}  // namespace greenroom::protocol
