#include "users/scram.hpp"

#include <gtest/gtest.h>

#include "core/base64.hpp"

namespace greenroom::users {
namespace {

// RFC 7677 section 3.
struct Scram : testing::Test {
  scram_keys keys = make_scram_keys("pencil", *core::from_base64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
  core::scram_proof proof{
      "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,"
      "i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
      *core::from_base64("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")};
};

TEST_F(Scram, IsTheExchangeOfTheSpecification) {
  const auto signature = judge(proof, keys);
  ASSERT_TRUE(signature);
  EXPECT_EQ(core::to_base64(*signature), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_F(Scram, AnotherProofMessageOrPasswordIsWrong) {
  auto other = proof;
  other.proof[31] = static_cast<char>(other.proof[31] ^ 1);
  EXPECT_FALSE(judge(other, keys));
  other = proof;
  other.message += "x";
  EXPECT_FALSE(judge(other, keys));
  other = proof;
  other.proof.pop_back();
  EXPECT_FALSE(judge(other, keys));
  EXPECT_FALSE(judge(proof, make_scram_keys("pencils", keys.salt, 4096)));
  EXPECT_FALSE(judge(proof, make_scram_keys("pencil", keys.salt, 4097)));
}

TEST_F(Scram, KeysAreReadAsTheyWereWritten) {
  const auto text = to_text(keys);
  EXPECT_TRUE(text.starts_with("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"));
  const auto read = scram_keys_from(text);
  ASSERT_TRUE(read);
  EXPECT_TRUE(judge(proof, *read));
  for (const auto* wrong : {"", "SCRAM-SHA-256", "SCRAM-SHA-1$4096:AAAA$AAAA:AAAA", "SCRAM-SHA-256$x:AAAA$AAAA:AAAA",
                            "SCRAM-SHA-256$4096:AAAA$AAAA:AAAA"})
    EXPECT_FALSE(scram_keys_from(wrong)) << wrong;
  EXPECT_FALSE(scram_keys_from(text.substr(0, text.size() - 4)));
}

}  // namespace
}  // namespace greenroom::users
