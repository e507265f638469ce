#include "protocol/irc/sasl.hpp"

#include <gtest/gtest.h>

#include "protocol/irc/base64.hpp"

namespace greenroom::protocol::irc {
namespace {

using namespace std::string_literals;

// RFC 4648 section 10.
TEST(IrcBase64, ReadsTheVectorsOfTheSpecification) {
  EXPECT_EQ(from_base64(""), "");
  EXPECT_EQ(from_base64("Zg=="), "f");
  EXPECT_EQ(from_base64("Zm8="), "fo");
  EXPECT_EQ(from_base64("Zm9v"), "foo");
  EXPECT_EQ(from_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(from_base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(from_base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(from_base64("+/+/"), "\xfb\xff\xbf");
}

TEST(IrcBase64, IsNothingElse) {
  for (const auto* text :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "=", "Zm9v=", "Zg==Zg==", "Zm-_", "Zm9 ", "!!!!"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

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

}  // namespace
}  // namespace greenroom::protocol::irc
