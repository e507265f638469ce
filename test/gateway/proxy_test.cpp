#include "gateway/proxy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "test/gateway/fixture.hpp"

namespace greenroom::gateway {
namespace {

std::size_t whole_requests(const scripted_upstream& a, const scripted_upstream& b) {
  return a.requests().size() + b.requests().size();
}

TEST(Proxy, BringsARequestThereAndItsAnswerBack) {
  scripted_upstream users{always(answer("201 Created", R"({"user_id":"ann"})",
                                        "Content-Type: application/json\r\nX-Kept: yes\r\nConnection: X-Hop\r\n"
                                        "X-Hop: no\r\nKeep-Alive: timeout=3\r\n"))};
  running_gateway gateway{{{"u", "users", users.port()}}};
  const auto got = gateway.post("/users/register?x=%20y", R"({"username":"ann"})",
                                "X-Request-Id: abc-1\r\nContent-Type: application/json\r\nTE: trailers\r\n");
  EXPECT_EQ(status_of(got), 201u);
  EXPECT_EQ(body_of(got), R"({"user_id":"ann"})");
  EXPECT_EQ(field_of(got, "Content-Type"), "application/json");
  EXPECT_EQ(field_of(got, "X-Kept"), "yes");
  EXPECT_EQ(field_of(got, "X-Hop"), "(none)");
  EXPECT_EQ(field_of(got, "Keep-Alive"), "(none)");
  EXPECT_EQ(field_of(got, "X-Request-Id"), "abc-1");

  ASSERT_EQ(users.requests().size(), 1u);
  const auto sent = users.requests()[0];
  EXPECT_TRUE(sent.starts_with("POST /register?x=%20y HTTP/1.1\r\n")) << sent;
  EXPECT_EQ(body_of(sent), R"({"username":"ann"})");
  EXPECT_EQ(field_of(sent, "Host"), "127.0.0.1:" + std::to_string(users.port()));
  EXPECT_EQ(field_of(sent, "X-Forwarded-For"), "127.0.0.1");
  EXPECT_EQ(field_of(sent, "X-Forwarded-Host"), "talk.example");
  EXPECT_EQ(field_of(sent, "X-Forwarded-Proto"), "http");
  EXPECT_EQ(field_of(sent, "X-Forwarded-Prefix"), "/users");
  EXPECT_THAT(field_of(sent, "X-Forwarded-Signature"), testing::MatchesRegex("[0-9]+-[0-9a-f]{64}"));
  EXPECT_EQ(field_of(sent, "X-Request-Id"), "abc-1");
  EXPECT_EQ(field_of(sent, "TE"), "(none)");
}

TEST(Proxy, KeepsItsConnectionsToInstances) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  peer client = gateway.connect();
  for (int i = 0; i < 5; ++i) {
    client.write("GET /chat/rooms HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(status_of(client.read_message()), 200u);
  }
  EXPECT_EQ(chat.requests().size(), 5u);
  EXPECT_EQ(chat.connections(), 1u);
}

TEST(Proxy, GoesRoundTheInstancesOfTheRole) {
  scripted_upstream a{always(answer("200 OK", "a"))};
  scripted_upstream b{always(answer("200 OK", "b"))};
  scripted_upstream other{always(answer("200 OK", "other"))};
  running_gateway gateway{{{"a", "chat", a.port()}, {"b", "chat", b.port()}, {"u", "users", other.port()}}};
  std::string order;
  for (int i = 0; i < 6; ++i) order += body_of(gateway.get("/chat/rooms"));
  EXPECT_TRUE(order == "ababab" || order == "bababa") << order;
}

TEST(Proxy, AnswersAHeadWithTheLengthAndNoBody) {
  scripted_upstream chat{always(answer("200 OK", "twelve bytes"))};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  const auto got = gateway.ask("HEAD /chat/rooms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(status_of(got), 200u);
  EXPECT_EQ(field_of(got, "Content-Length"), "12");
  EXPECT_EQ(body_of(got), "");
}

TEST(Proxy, TakesTheNextInstanceForAnyMethodWhereOneRefusesTheConnection) {
  scripted_upstream good{always(answer("200 OK", "good"))};
  running_gateway gateway{{{"dead", "users", refusing_port()}, {"good", "users", good.port()}}};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(body_of(gateway.post("/users/login", "{}")), "good");
  EXPECT_EQ(good.requests().size(), 4u);
}

TEST(Proxy, NeverSendsAPostTwiceThatMayHaveHadAnEffect) {
  const std::vector<std::pair<std::string, std::string>> endings{
      {"nothing", ""},
      {"half a head", "HTTP/1.1 200 OK\r\nContent-Le"},
      {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!"},
      {"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"},
      {"garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
      {"only an interim answer", "HTTP/1.1 100 Continue\r\n\r\n"},
  };
  for (const auto& [name, text] : endings) {
    scripted_upstream a{once(text)};
    scripted_upstream b{once(text)};
    running_gateway gateway{{{"a", "users", a.port()}, {"b", "users", b.port()}}};
    EXPECT_EQ(status_of(gateway.post("/users/register", "{}")), 502u) << name;
    EXPECT_EQ(whole_requests(a, b), 1u) << name;
  }
}

TEST(Proxy, NeverSendsADeleteOrPutTwiceEither) {
  for (const std::string method : {"DELETE", "PUT"}) {
    scripted_upstream a{once("")};
    scripted_upstream b{once("")};
    running_gateway gateway{{{"a", "chat", a.port()}, {"b", "chat", b.port()}}};
    EXPECT_EQ(status_of(gateway.ask(method + " /chat/room/x/members/y HTTP/1.1\r\nHost: a\r\n\r\n")), 502u);
    EXPECT_EQ(whole_requests(a, b), 1u) << method;
  }
}

TEST(Proxy, TriesAGetTwiceOnTwoInstancesAndNoMore) {
  scripted_upstream a{once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!")};
  scripted_upstream b{once("")};
  scripted_upstream c{once("")};
  running_gateway gateway{{{"a", "chat", a.port()}, {"b", "chat", b.port()}, {"c", "chat", c.port()}}};
  EXPECT_EQ(status_of(gateway.get("/chat/rooms")), 502u);
  EXPECT_EQ(a.requests().size(), 2u);
  EXPECT_EQ(b.requests().size(), 2u);
  EXPECT_EQ(c.requests().size(), 0u);
}

TEST(Proxy, AnswersAGetFromTheSecondInstanceWhereTheFirstCuts) {
  scripted_upstream a{once("HTTP/1.1 200 OK\r\n")};
  scripted_upstream b{always(answer("200 OK", "b"))};
  running_gateway gateway{{{"a", "chat", a.port()}, {"b", "chat", b.port()}}};
  EXPECT_EQ(body_of(gateway.get("/chat/rooms")), "b");
  EXPECT_EQ(a.requests().size(), 2u);
}

TEST(Proxy, SaysLateWhereAnInstanceSaysNothing) {
  const auto wait_for_the_end = [](scripted_upstream& self, peer& from) {
    self.take(from);
    from.more();
  };
  scripted_upstream a{wait_for_the_end};
  scripted_upstream b{wait_for_the_end};
  running_gateway gateway{{{"a", "users", a.port()}, {"b", "users", b.port()}}};
  const auto got = gateway.post("/users/login", "{}");
  EXPECT_EQ(status_of(got), 504u);
  EXPECT_NE(body_of(got).find("upstream_late"), std::string::npos);
  EXPECT_EQ(whole_requests(a, b), 1u);
}

TEST(Proxy, SaysLateWhereAnInstanceDripsItsAnswer) {
  scripted_upstream slow{[](scripted_upstream& self, peer& from) {
    self.take(from);
    from.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (from.write("x") && from.is_silent(50ms)) {
    }
  }};
  running_gateway gateway{{{"a", "users", slow.port()}}};
  EXPECT_EQ(status_of(gateway.post("/users/login", "{}")), 504u);
}

TEST(Proxy, SaysUnavailableWithARetryTimeWhereThereIsNobody) {
  running_gateway gateway{{}};
  const auto none = gateway.get("/users/sessions");
  EXPECT_EQ(status_of(none), 503u);
  EXPECT_NE(field_of(none, "Retry-After"), "(none)");
  EXPECT_NE(body_of(none).find("no_upstream"), std::string::npos);
  gateway.see({{"dead", "users", refusing_port()}});
  EXPECT_EQ(status_of(gateway.get("/users/sessions")), 503u);
  scripted_upstream draining{always(answer("200 OK", "x"))};
  gateway.see({{"going", "users", draining.port(), 1, true}});
  EXPECT_EQ(status_of(gateway.get("/users/sessions")), 503u);
  EXPECT_TRUE(draining.requests().empty());
}

TEST(Proxy, PassesAnErrorOnAndLeavesTheCircuitClosed) {
  scripted_upstream users{always(answer("500 Internal Server Error", "oh"))};
  running_gateway gateway{{{"u", "users", users.port()}}};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(status_of(gateway.get("/users/sessions")), 500u);
  EXPECT_NE(gateway.get_as_operator("/status").find(R"("circuit":"closed")"), std::string::npos);
}

TEST(Proxy, LeavesAnInstanceAloneThatFailedBothTriesUntilItsNextLife) {
  scripted_upstream bad{once("")};
  scripted_upstream good{always(answer("200 OK", "good"))};
  const std::vector<placed> both{{"bad", "chat", bad.port()}, {"good", "chat", good.port()}};
  running_gateway gateway{both};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(body_of(gateway.get("/chat/rooms")), "good");
  EXPECT_EQ(bad.requests().size(), 2u);
  EXPECT_NE(gateway.get_as_operator("/status").find(R"("circuit":"open")"), std::string::npos);
  gateway.see(both);
  for (int i = 0; i < 4; ++i) gateway.get("/chat/rooms");
  EXPECT_EQ(bad.requests().size(), 2u) << "the same life, so the circuit stays";
  gateway.see({{"bad", "chat", bad.port(), 2}, {"good", "chat", good.port()}});
  EXPECT_EQ(gateway.get_as_operator("/status").find(R"("circuit":"open")"), std::string::npos);
  for (int i = 0; i < 2; ++i) gateway.get("/chat/rooms");
  EXPECT_EQ(bad.requests().size(), 4u);
}

TEST(Proxy, AsksTheOneThatIsOpenLongestWhereAllAreOpen) {
  std::atomic<bool> well{false};
  scripted_upstream one{[&well](scripted_upstream& self, peer& from) {
    while (!self.take(from).empty() && well) from.write(answer("200 OK", "back"));
  }};
  running_gateway gateway{{{"one", "users", one.port()}}};
  EXPECT_EQ(status_of(gateway.get("/users/sessions")), 502u);
  EXPECT_NE(gateway.get_as_operator("/status").find(R"("circuit":"open")"), std::string::npos);
  well = true;
  EXPECT_EQ(body_of(gateway.get("/users/sessions")), "back");
  EXPECT_NE(gateway.get_as_operator("/status").find(R"("circuit":"closed")"), std::string::npos);
}

TEST(Proxy, NeverGivesOneClientWhatAnInstanceSaidTooMuch) {
  scripted_upstream chat{[](scripted_upstream& self, peer& from) {
    while (!self.take(from).empty()) from.write(answer("200 OK", "mine") + answer("200 OK", "smuggled"));
  }};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(body_of(gateway.get("/chat/rooms")), "mine");
}

TEST(Proxy, MakesOneRequestOfOneWhateverItsFraming) {
  const std::string smuggled = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string size = std::to_string(smuggled.size());
  const std::vector<std::string> attempts{
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
          smuggled,
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" +
          smuggled,
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n" + smuggled,
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n" + smuggled,
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n" + smuggled,
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: " + size + "\r\n\r\n" + smuggled,
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nContent-Length: 0, " + size + "\r\n\r\n" + smuggled,
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nX: y\n" + smuggled,
      "GET /chat/rooms HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n" + smuggled,
      "GET http://a@evil/chat/rooms HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled,
      "GET /chat/rooms HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" + smuggled,
  };
  for (const auto& attempt : attempts) {
    scripted_upstream chat{always(answer("200 OK", "x"))};
    running_gateway gateway{{{"c", "chat", chat.port()}}};
    peer client = gateway.connect();
    client.write(attempt);
    client.socket().shutdown(tcp::socket::shutdown_send);
    const auto got = client.read_to_end();
    EXPECT_EQ(got.find("HTTP/1.1 ", 1), std::string::npos) << attempt << "\n----\n" << got;
    for (const auto& request : chat.requests()) EXPECT_EQ(request.find("/metrics"), std::string::npos) << attempt;
  }
}

TEST(Proxy, ReframesAChunkedBodyWithItsLength) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  const auto got = gateway.ask(
      "POST /chat/room HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n");
  EXPECT_EQ(status_of(got), 200u);
  ASSERT_EQ(chat.requests().size(), 1u);
  EXPECT_EQ(field_of(chat.requests()[0], "Content-Length"), "7");
  EXPECT_EQ(field_of(chat.requests()[0], "Transfer-Encoding"), "(none)");
  EXPECT_EQ(body_of(chat.requests()[0]), R"({"a":1})");
}

}  // namespace
}  // namespace greenroom::gateway
