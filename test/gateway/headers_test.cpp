#include "gateway/headers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace greenroom::gateway {
namespace {

bool has(const net::http::field_list& fields, const std::string& name) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
}

struct dropped_field {
  const char* name;
  const char* value;
};

TEST(GatewayHeaders, DropEveryFieldThatIsForOneHopOnly) {
  constexpr dropped_field table[] = {
      {"Connection", "keep-alive"},
      {"Keep-Alive", "timeout=5"},
      {"Proxy-Connection", "keep-alive"},
      {"TE", "trailers"},
      {"Trailer", "X-Sum"},
      {"Transfer-Encoding", "chunked"},
      {"Upgrade", "h2c"},
      {"HTTP2-Settings", "AAMAAABkAAQ"},
      {"Proxy-Authenticate", "Basic"},
      {"Proxy-Authorization", "Basic x"},
      {"Host", "talk.example"},
      {"Content-Length", "5"},
      {"Expect", "100-continue"},
      {"eXPECT", "100-continue"},
  };
  for (const auto& [name, value] : table) {
    const auto out = end_to_end(net::http::field_list{{name, value}, {"Accept", "*/*"}});
    ASSERT_EQ(out.size(), 1u) << name;
    EXPECT_EQ(out.begin()->first, "Accept");
  }
}

TEST(GatewayHeaders, DropWhatConnectionNamesInAnyOfItsLines) {
  const auto out = end_to_end(net::http::field_list{{"Connection", "close, X-One ,\tx-two"},
                                                    {"X-ONE", "1"},
                                                    {"Connection", ",,X-Three"},
                                                    {"X-Two", "2"},
                                                    {"X-Three", "3"},
                                                    {"X-Four", "4"}});
  EXPECT_EQ(out, (net::http::field_list{{"X-Four", "4"}}));
}

TEST(GatewayHeaders, DropWhatOnlyAGatewayMaySay) {
  const auto out = end_to_end(net::http::field_list{{"x-forwarded-for", "1.2.3.4"},
                                                    {"X-Forwarded-Host", "evil"},
                                                    {"X-Forwarded-Proto", "https"},
                                                    {"X-Forwarded-Prefix", "/x"},
                                                    {"X-Forwarded-Class", "auth"},
                                                    {"X-Forwarded-Signature", "00"},
                                                    {"Forwarded", "for=1.2.3.4"},
                                                    {"X-Real-IP", "1.2.3.4"}});
  EXPECT_TRUE(out.empty());
}

TEST(GatewayHeaders, KeepTheOthersInOrderAndTwice) {
  const net::http::field_list kept{{"Set-Cookie", "a=1"}, {"ETag", "\"x\""}, {"Set-Cookie", "b=2"}};
  EXPECT_EQ(end_to_end(kept), kept);
}

TEST(GatewayHeaders, SignWhereARequestCameIn) {
  struct nobody : net::http::answerer {
    void send(std::shared_ptr<answerer>, net::http::answer) override {}
    std::optional<net::http::upgraded> give_away(net::http::request) override { return std::nullopt; }
  };
  net::http::request raw{boost::beast::http::verb::get, "/chat/rooms?limit=3", 11};
  raw.set("Host", "talk.example");
  raw.set("X-Forwarded-For", "6.6.6.6");
  raw.set("X-Request-Id", "mine-1");
  raw.set("Connection", "Authorization");
  raw.set("Cookie", "a=b");
  net::http::exchange ask{
      raw, {nullptr, 0, boost::asio::ip::make_address("10.1.2.3"), {}, true}, std::make_shared<nobody>()};
  ask.count_as(core::limit_class::api);
  const auto out = request_fields(ask, "/chat", "secret", "GET", "/rooms?limit=3");
  boost::beast::http::fields sent;
  for (const auto& [name, value] : out) sent.insert(std::string(name), std::string(value));
  const auto seen = net::http::believe_forwarded("secret", sent, {"GET", "/rooms?limit=3"});
  ASSERT_TRUE(seen);
  EXPECT_EQ(*seen, (net::http::forwarded{"10.1.2.3", "talk.example", "https", "/chat", core::limit_class::api}));
  EXPECT_FALSE(net::http::believe_forwarded("another", sent, {"GET", "/rooms?limit=3"}));
  EXPECT_FALSE(net::http::believe_forwarded("secret", sent, {"GET", "/chat/rooms?limit=3"}));
  EXPECT_EQ(std::string(sent["X-Request-Id"]), "mine-1");
  EXPECT_EQ(sent.count("X-Request-Id"), 1u);
  EXPECT_TRUE(has(out, "Cookie"));
}

TEST(GatewayHeaders, TakeThePrefixAwayFromTheTarget) {
  EXPECT_EQ(stripped_target("/chat/rooms?a=/chat", "/chat"), "/rooms?a=/chat");
  EXPECT_EQ(stripped_target("/chat", "/chat"), "/");
  EXPECT_EQ(stripped_target("/chat/", "/chat"), "/");
  EXPECT_EQ(stripped_target("/chat?x=1", "/chat"), "/?x=1");
  EXPECT_EQ(stripped_target("/users/%2e%2e/x", "/users"), "/%2e%2e/x");
}

TEST(GatewayHeaders, PassAnAnswerOnWithItsTypeOnce) {
  const auto out =
      passed_on(201, {{"content-type", "application/json"}, {"Connection", "close"}, {"Location", "/x"}}, "{}");
  EXPECT_EQ(out.status, 201u);
  EXPECT_EQ(out.content_type, "application/json");
  EXPECT_EQ(out.fields, (net::http::field_list{{"Location", "/x"}}));
  EXPECT_EQ(out.body, "{}");
}

}  // namespace
}  // namespace greenroom::gateway
