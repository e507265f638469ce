#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/http/session_cookie.hpp"

namespace greenroom::net::http {
namespace {

using cookie_lines = std::vector<std::string>;

std::string token_found(const cookie_lines& cookies, bool https = false) {
  boost::beast::http::fields request;
  for (const auto& line : cookies) request.insert(boost::beast::http::field::cookie, line);
  return token_in_cookie(request, https).value_or("(none)");
}

TEST(SessionCookie, IsFoundAmongOthers) {
  EXPECT_EQ(token_found({"greenroom=gr_a-Z0_9"}), "gr_a-Z0_9");
  EXPECT_EQ(token_found({"a=b; greenroom=gr_1; c=\"d;e\""}), "gr_1");
  EXPECT_EQ(token_found({"a=b", "greenroom=gr_1"}), "gr_1") << "on a line of its own";
  EXPECT_EQ(token_found({" greenroom=gr_1 ;; =x; y"}), "gr_1");
  EXPECT_EQ(token_found({"__Host-greenroom=gr_1"}, true), "gr_1");
}

TEST(SessionCookie, IsNoneWhereItCanBeNoToken) {
  for (const char* const value : {"", " ", "a b", "a,b", "\"gr_1\"", "gr_1%20", "gr=1", "gr_\xc3\xa4", "a\tb", "a\\b"})
    EXPECT_EQ(token_found({"greenroom=" + std::string(value)}), "(none)") << value;
  EXPECT_EQ(token_found({"greenroom=" + std::string(128, 'x')}), std::string(128, 'x'));
  EXPECT_EQ(token_found({"greenroom=" + std::string(129, 'x')}), "(none)");
  EXPECT_EQ(token_found({"greenroom=" + std::string(6000, 'x')}), "(none)");
  for (const char* const line : {"", ";", "=", "greenroom", "greenroom;", "=greenroom", "x-greenroom=gr_1",
                                 "greenroom2=gr_1", "Greenroom=gr_1", "greenroom =gr_1", "x=greenroom=gr_1"})
    EXPECT_EQ(token_found({line}), "(none)") << line;
  EXPECT_EQ(token_found({}), "(none)");
}

TEST(SessionCookie, IsNoneWhereThereAreTwo) {
  EXPECT_EQ(token_found({"greenroom=gr_1; greenroom=gr_2"}), "(none)");
  EXPECT_EQ(token_found({"greenroom=gr_1; greenroom=gr_1"}), "(none)") << "though they are alike";
  EXPECT_EQ(token_found({"greenroom=gr_1", "greenroom=gr_2"}), "(none)");
  EXPECT_EQ(token_found({"greenroom=gr_1; greenroom"}), "(none)");
  EXPECT_EQ(token_found({"greenroom=; greenroom=gr_2"}), "(none)");
}

// Who can write a cookie over http, or from a neighbouring host, can't write one that counts over https.
TEST(SessionCookie, OfHttpCountsForNothingOverHttpsAndTheOtherWayRound) {
  EXPECT_EQ(token_found({"greenroom=gr_1"}, true), "(none)");
  EXPECT_EQ(token_found({"__Host-greenroom=gr_1"}, false), "(none)");
  EXPECT_EQ(token_found({"greenroom=gr_1; __Host-greenroom=gr_2"}, true), "gr_2");
}

TEST(SessionCookie, IsWrittenSoThatNoScriptAndNoOtherSiteHasIt) {
  EXPECT_EQ(session_cookie("gr_1", true, std::chrono::hours{1}),
            "__Host-greenroom=gr_1; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(session_cookie("gr_1", false, std::nullopt), "greenroom=gr_1; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_EQ(no_session_cookie(true), "__Host-greenroom=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
  EXPECT_EQ(no_session_cookie(false), "greenroom=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
}

TEST(SessionCookie, HasAWordThatIsTheTokensOwn) {
  const std::string word = csrf_word("gr_1");
  EXPECT_EQ(word, "1cc98d6c748d364671ee1ee86d0c344c");
  EXPECT_NE(word, csrf_word("gr_2"));
  EXPECT_TRUE(is_csrf_word(word, "gr_1"));
  for (const std::string& said : {std::string{}, std::string{"1"}, csrf_word("gr_2"), word + "0", word.substr(1)})
    EXPECT_FALSE(is_csrf_word(said, "gr_1")) << said;
}

}  // namespace
}  // namespace greenroom::net::http
