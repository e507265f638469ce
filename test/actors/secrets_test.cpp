#include "actors/secrets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace greenroom::actors {
namespace {

using testing::MatchesRegex;

TEST(Secrets, ATokenHas256BitsInBase64Url) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto token = new_token();
    ASSERT_THAT(token, MatchesRegex("gr_[A-Za-z0-9_-]{43}"));
    ASSERT_TRUE(seen.insert(token).second);
  }
}

TEST(Secrets, AnIdHas128BitsAndNoDot) { EXPECT_THAT(random_id(), MatchesRegex("[A-Za-z0-9_-]{22}")); }

TEST(Secrets, AHashIsBlake2bOf256Bits) {
  // BLAKE2b-256 of nothing and of "abc", as `b2sum -l 256` has them.
  EXPECT_EQ(core::to_hex(token_hash_of("").value), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  EXPECT_EQ(core::to_hex(token_hash_of("abc").value),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Secrets, NamesOfInvitesRiseWithTheTime) {
  const auto made = [](std::int64_t ms) { return new_invite_id(core::wall_time{core::milliseconds{ms}}); };
  EXPECT_THAT(made(0).value, MatchesRegex("000000000000[0-9a-f]{12}"));
  EXPECT_NE(made(7), made(7));
  EXPECT_LT(made(1'795'000'000'000), made(1'795'000'000'001));
  EXPECT_EQ(invite_hash_of("abc").value, token_hash_of("abc").value);
}

TEST(Secrets, ANumberHas63BitsAndIsNeverNone) {
  std::uint64_t all = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto number = random_number();
    ASSERT_NE(number, 0u);
    all |= number;
  }
  EXPECT_EQ(all, ~std::uint64_t{0} >> 1);
}

TEST(Secrets, TellsSecretsApart) {
  EXPECT_TRUE(same_secret("", ""));
  EXPECT_TRUE(same_secret("secret", "secret"));
  EXPECT_FALSE(same_secret("secret", "secreT"));
  EXPECT_FALSE(same_secret("secret", "secrets"));
}

}  // namespace
}  // namespace greenroom::actors
