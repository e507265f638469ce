#include <gtest/gtest.h>

#include <string>

#include "net/http/answer_text.hpp"

namespace greenroom::net::http {
namespace {

using namespace std::chrono_literals;

std::string head_of(const answer& what, framing how) {
  std::string out;
  write_head(out, what, how);
  return out;
}

TEST(AnswerText, TellsBrowsersToUseHttpsAloneForAsLongAsItIsTold) {
  const answer what{200, "text/plain", {}, "x"};
  EXPECT_NE(head_of(what, {true, false, 24h}).find("\r\nStrict-Transport-Security: max-age=86400\r\n"),
            std::string::npos);
  EXPECT_EQ(head_of(what, {true, false, 0h}).find("Strict-Transport-Security"), std::string::npos);
  EXPECT_EQ(head_of(what, {true}).find("Strict-Transport-Security"), std::string::npos);
}

}  // namespace
}  // namespace greenroom::net::http
