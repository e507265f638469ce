#include "protocol/irc/sasl.hpp"

#include <gtest/gtest.h>

#include "core/base64.hpp"

namespace greenroom::protocol::irc {
namespace {

using core::from_base64;
using core::to_base64;
using namespace std::string_literals;

TEST(IrcCredentials, AnAccountMayNameItsDevice) {
  EXPECT_EQ(account_from("ada")->user, "ada");
  EXPECT_EQ(account_from("ada")->device, "");
  EXPECT_EQ(account_from("ada@phone.1")->user, "ada");
  EXPECT_EQ(account_from("ada@phone.1")->device, "phone.1");
  for (const auto* text : {"", "@phone", "ada@", "1ada", "ada@a b", "ada@a@b", "system", "ada!"})
    EXPECT_EQ(account_from(text), std::nullopt) << text;
  EXPECT_EQ(account_from("ada@" + std::string(33, 'x')), std::nullopt);
}

TEST(IrcCredentials, PassHasANameOrOnlyAPassword) {
  const auto named = credentials_from_pass("ada@phone:se:same");
  EXPECT_EQ(named.user, "ada");
  EXPECT_EQ(named.device, "phone");
  EXPECT_EQ(named.password, "se:same");
  const auto alone = credentials_from_pass("sesame");
  EXPECT_EQ(alone.user, "");
  EXPECT_EQ(alone.password, "sesame");
  EXPECT_EQ(credentials_from_pass("no name:sesame").password, "no name:sesame");
}

TEST(IrcCredentials, PlainIsThreeFieldsOfOnePerson) {
  const auto ada = credentials_from_plain("ada\0ada\0sesame"s);
  ASSERT_TRUE(ada);
  EXPECT_EQ(ada->user, "ada");
  EXPECT_EQ(ada->password, "sesame");
  EXPECT_EQ(credentials_from_plain("\0ada@phone\0sesame"s)->device, "phone");
  EXPECT_TRUE(credentials_from_plain("ada@phone\0Ada@phone\0sesame"s));
  EXPECT_TRUE(credentials_from_plain("ada\0ada@phone\0sesame"s));
  for (const auto& wrong : {"bob\0ada\0sesame"s, "ada\0sesame"s, "ada"s, ""s, "\0\0sesame"s, "\0ada\0"s,
                            "\0ada\0se\0same"s, "\0a da\0sesame"s, "\0ada\0"s + std::string(1025, 'x')})
    EXPECT_FALSE(credentials_from_plain(wrong)) << wrong.size();
}

TEST(IrcCredentials, ATokenHasItsForm) {
  EXPECT_TRUE(is_token("gr_" + std::string(43, 'x')));
  EXPECT_FALSE(is_token("gr_" + std::string(42, 'x')));
  EXPECT_FALSE(is_token("gr_" + std::string(42, 'x') + "!"));
  EXPECT_FALSE(is_token("sesame"));
}

// "jilles\0jilles\0sesame"
constexpr auto jilles = "amlsbGVzAGppbGxlcwBzZXNhbWU=";

TEST(IrcSasl, PlainIsOneExchange) {
  sasl exchange;
  EXPECT_TRUE(exchange.authenticate("plain").go_on);
  EXPECT_TRUE(exchange.under_way());
  const auto done = exchange.authenticate(jilles);
  ASSERT_TRUE(done.whom);
  EXPECT_EQ(done.whom->user, "jilles");
  EXPECT_EQ(done.whom->password, "sesame");
  EXPECT_FALSE(exchange.under_way());
}

// 97 times "bar" behind "foo\0foo\0": 400 characters of base64, a chunk that another one must follow.
TEST(IrcSasl, AChunkOf400IsNotTheLast) {
  sasl exchange;
  (void)exchange.authenticate("PLAIN");
  const std::string chunk = "Zm9vAGZvbwBi" + std::string(388, 'Y');
  EXPECT_FALSE(exchange.authenticate(chunk).whom);
  EXPECT_TRUE(exchange.under_way());
  const auto done = exchange.authenticate("+");
  ASSERT_TRUE(done.whom);
  EXPECT_EQ(done.whom->user, "foo");
  EXPECT_EQ(done.whom->password.size(), 292u);
}

TEST(IrcSasl, EndsWithTheNumericOfItsFault) {
  sasl exchange;
  EXPECT_EQ(exchange.authenticate("*").refused, numeric::err_saslaborted);
  const auto unknown = exchange.authenticate("FOO");
  EXPECT_EQ(unknown.refused, numeric::err_saslfail);
  EXPECT_TRUE(unknown.list_mechanisms);
  for (const auto& [parameter, number] : {std::pair{std::string("*"), numeric::err_saslaborted},
                                          {std::string(401, 'A'), numeric::err_sasltoolong},
                                          {"!!!", numeric::err_saslfail},
                                          {"+", numeric::err_saslfail},
                                          {"", numeric::err_saslfail},
                                          {"Zm9v", numeric::err_saslfail}}) {
    EXPECT_TRUE(exchange.authenticate("PLAIN").go_on);
    const auto wrong = exchange.authenticate(parameter);
    EXPECT_EQ(wrong.refused, number) << parameter;
    EXPECT_FALSE(wrong.list_mechanisms);
    EXPECT_FALSE(exchange.under_way());
  }
  EXPECT_TRUE(exchange.authenticate("PLAIN").go_on) << "it can be tried again";
  EXPECT_TRUE(exchange.authenticate(jilles).whom);
}

TEST(IrcSasl, AResponseWithoutAnEndIsRefused) {
  sasl exchange;
  (void)exchange.authenticate("PLAIN");
  const std::string chunk(400, 'A');
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(exchange.authenticate(chunk).refused);
  EXPECT_EQ(exchange.authenticate(chunk).refused, numeric::err_saslfail);
}

// RFC 7677 section 3.
struct IrcScram : testing::Test {
  const std::string first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  const core::scram_found found{"W22ZaJ0SNY7soEsUEjb6gQ==", 4096, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"};
  const std::string challenge =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  const std::string last = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const std::string proof = ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
};

TEST_F(IrcScram, IsTheExchangeOfTheSpecification) {
  scram exchange;
  EXPECT_EQ(exchange.begin(first)->user, "user");
  EXPECT_EQ(exchange.challenge(found), challenge);
  const auto proved = exchange.prove(last + proof);
  ASSERT_TRUE(proved);
  EXPECT_EQ(proved->message, first.substr(3) + "," + challenge + "," + last);
  EXPECT_EQ(to_base64(proved->proof), proof.substr(3));
  EXPECT_EQ(scram_verdict(*from_base64("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")),
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_F(IrcScram, BeginsWithAnAccountAndWithoutABinding) {
  for (const auto* good :
       {"n,,n=ada,r=x", "y,,n=ada@phone,r=x,ext=1", "n,a=ada,n=ada,r=x", "n,a=ada,n=ada@phone,r=x"}) {
    scram exchange;
    EXPECT_TRUE(exchange.begin(good)) << good;
  }
  for (const auto& wrong : {std::string("p=tls-unique,,n=ada,r=x"), std::string("n,a=bob,n=ada,r=x"),
                            std::string("n,,n=a da,r=x"), std::string("n,,r=x,n=ada"), std::string("n,,n=ada"),
                            std::string("n,,n=ada,r="), std::string("n,,m=x,n=ada,r=x"), std::string("n,,n=ada,r=x y"),
                            std::string(), std::string("n"), "n,,n=ada,r=" + std::string(129, 'x')}) {
    scram exchange;
    EXPECT_FALSE(exchange.begin(wrong)) << wrong;
  }
}

TEST_F(IrcScram, EndsWithWhatWasSaidBefore) {
  scram exchange;
  ASSERT_TRUE(exchange.begin(first));
  (void)exchange.challenge(found);
  EXPECT_TRUE(exchange.prove(last + proof));
  EXPECT_FALSE(exchange.prove(last));
  EXPECT_FALSE(exchange.prove(last + ",p="));
  EXPECT_FALSE(exchange.prove(last + ",p=!!!!"));
  EXPECT_FALSE(exchange.prove("c=biws,r=rOprNGfwEbeRWgbNEkqO" + proof)) << "the client's nonce alone";
  EXPECT_FALSE(exchange.prove("c=eSws" + last.substr(6) + proof)) << "another header";
}

TEST_F(IrcScram, IsOneOfTheMechanismsWhereItIsOffered) {
  constexpr std::string_view both = "PLAIN,SCRAM-SHA-256";
  sasl exchange;
  EXPECT_TRUE(exchange.authenticate("SCRAM-SHA-256").list_mechanisms);
  EXPECT_TRUE(exchange.authenticate("SCRAM-SHA-25", both).list_mechanisms);
  EXPECT_TRUE(exchange.authenticate("scram-sha-256", both).go_on);
  EXPECT_EQ(exchange.authenticate(to_base64(first), both).find, core::user_id{"user"});
  EXPECT_EQ(exchange.found(found), to_base64(challenge));
  const auto proved = exchange.authenticate(to_base64(last + proof), both);
  ASSERT_TRUE(proved.proof);
  EXPECT_EQ(proved.whom->user, "user");
  EXPECT_EQ(exchange.proved("bytes"), to_base64("v=Ynl0ZXM="));
  EXPECT_TRUE(exchange.under_way());
  EXPECT_TRUE(exchange.authenticate("+", both).accepted);
  EXPECT_FALSE(exchange.under_way());
  EXPECT_TRUE(exchange.authenticate("PLAIN", both).go_on) << "and it is over";
}

TEST_F(IrcScram, AMalformedMessageEndsTheExchange) {
  constexpr std::string_view both = "PLAIN,SCRAM-SHA-256";
  sasl exchange;
  (void)exchange.authenticate("SCRAM-SHA-256", both);
  EXPECT_EQ(exchange.authenticate("+", both).refused, numeric::err_saslfail);
  (void)exchange.authenticate("SCRAM-SHA-256", both);
  (void)exchange.authenticate(to_base64(first), both);
  (void)exchange.found(found);
  EXPECT_EQ(exchange.authenticate(to_base64(last), both).refused, numeric::err_saslfail);
  EXPECT_FALSE(exchange.under_way());
  EXPECT_EQ(exchange.authenticate("*", both).refused, numeric::err_saslaborted);
}

}  // namespace
}  // namespace greenroom::protocol::irc
