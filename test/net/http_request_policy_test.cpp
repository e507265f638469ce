#include <gtest/gtest.h>

#include "net/http/request_policy.hpp"
#include "test/net/http_fixture.hpp"
#include "test/support/http_policy_table.hpp"

namespace greenroom::net::http {
namespace {

unsigned judged(std::string_view bytes) {
  const request_limits limits;
  const head_scan found = scan_head(bytes, 0, limits);
  if (found.wrong != core::ec::none) return core::describe(found.wrong).http_status;
  if (found.size == 0) return 0;
  return core::describe(judge_head(bytes.substr(found.skip, found.size), limits).wrong).http_status;
}

TEST(RequestPolicy, JudgesEveryRowOfTheTable) {
  for (const auto& row : policy_table()) {
    EXPECT_EQ(judged(row.bytes), row.head_alone_decides ? row.status : 200) << row.name;
  }
}

TEST(RequestPolicy, FindsTheHeadHoweverTheBytesAreCut) {
  const request_limits limits;
  for (const auto& row : policy_table()) {
    const head_scan whole = scan_head(row.bytes, 0, limits);
    head_scan found;
    std::size_t seen = 0;
    for (std::size_t size = 1; size <= row.bytes.size() && found.size == 0 && found.wrong == core::ec::none; ++size) {
      found = scan_head(std::string_view{row.bytes}.substr(0, size), seen, limits);
      seen = size;
    }
    EXPECT_EQ(found.size, whole.size) << row.name;
    EXPECT_EQ(found.skip, whole.skip) << row.name;
    EXPECT_EQ(found.wrong == core::ec::none, whole.wrong == core::ec::none) << row.name;
  }
}

TEST(RequestPolicy, SaysHowTheConnectionGoesOn) {
  const auto judge = [](const std::string& version, const std::string& fields) {
    return judge_head("GET / HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n", {});
  };
  EXPECT_TRUE(judge("1.1", "").keep_alive);
  EXPECT_FALSE(judge("1.1", "Connection: close\r\n").keep_alive);
  EXPECT_FALSE(judge("1.1", "Connection: Upgrade, Close\r\n").keep_alive);
  EXPECT_FALSE(judge("1.1", "Connection: Upgrade\r\nConnection: close\r\n").keep_alive);
  EXPECT_FALSE(judge("1.0", "Connection: keep-alive\r\n").keep_alive);
  EXPECT_TRUE(judge("1.1", "Expect: 100-continue\r\n").expects_continue);
  EXPECT_FALSE(judge("1.0", "Expect: 100-continue\r\n").expects_continue);
  EXPECT_EQ(judge("1.1", "Content-Length: 12\r\n").content_length, 12u);
  EXPECT_TRUE(judge("1.1", "Transfer-Encoding: chunked\r\n").chunked);
}

// RFC 9112 section 3.2.4.
TEST(RequestPolicy, TakesAnAsteriskForTheWholeServerFromOptionsOnly) {
  const auto judge = [](const std::string& method, const std::string& target) {
    return judge_head(method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n", {});
  };
  EXPECT_EQ(judge("OPTIONS", "*").wrong, core::ec::none);
  EXPECT_EQ(judge("OPTIONS", "**").wrong, core::ec::bad_request);
  EXPECT_EQ(judge("GET", "*").wrong, core::ec::bad_request);
  const std::string everything = "OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(judge_head(everything, {}).target, "*");
  EXPECT_EQ(judge_head(everything, {}).authority, "b");
}

// Over a socket, with Beast behind the policy. A smuggled second request would bring a second answer.
TEST(RequestPolicy, HoldsOverASocketAndClosesAfterARefusal) {
  running_server server{[](const exchange_ptr& ask) { ask->text(200, "fine"); }};
  for (const auto& row : policy_table()) {
    raw_client client = server.connect();
    client.write(row.bytes);
    const std::string answer = client.read_answer();
    EXPECT_EQ(status_of(answer), row.status) << row.name;
    if (row.status == 200) continue;
    EXPECT_EQ(field_of(answer, "Content-Type"), "application/problem+json") << row.name;
    EXPECT_EQ(field_of(answer, "Connection"), "close") << row.name;
    client.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send);
    EXPECT_EQ(client.read_to_end(), "") << row.name;
  }
}

}  // namespace
}  // namespace greenroom::net::http
