#include "gateway/cookie.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "net/http/session_cookie.hpp"
#include "test/gateway/fixture.hpp"

namespace greenroom::gateway {
namespace {

const std::string ann_token = "gr_token-of-ann";
const std::string ann_cookie = "Cookie: greenroom=" + ann_token + "\r\n";
const std::string ann_word = "Greenroom-CSRF: " + net::http::csrf_word(ann_token) + "\r\n";

/// A gateway before an instance that answers everything, and notes with which credentials it came.
struct behind_cookies {
  scripted_upstream both{always(answer("200 OK", "x"))};
  running_gateway gateway;

  explicit behind_cookies(role_settings settings = running_gateway::quick())
      : gateway{{{"u", "users", both.port()}, {"c", "chat", both.port()}}, std::move(settings)} {}

  std::string ask(const std::string& line, const std::string& fields) {
    return gateway.ask(line + " HTTP/1.1\r\nHost: talk.example\r\n" + fields + "\r\n");
  }
  /// What came behind the gateway: its Authorization; `(refused)` where nothing did.
  std::string credentials(const std::string& line, const std::string& fields) {
    const auto before = both.requests().size();
    const auto got = ask(line, fields);
    if (both.requests().size() == before) {
      EXPECT_EQ(status_of(got), 403u) << line << ' ' << fields;
      EXPECT_NE(body_of(got).find("origin_refused"), std::string::npos) << got;
      return "(refused)";
    }
    EXPECT_EQ(status_of(got), 200u);
    return field_of(both.requests().back(), "Authorization");
  }
};

TEST(GatewayCookie, BecomesTheBearerThatInstancesKnow) {
  behind_cookies it;
  EXPECT_EQ(it.credentials("POST /chat/ticket", ann_cookie + ann_word), "Bearer " + ann_token);
  EXPECT_EQ(field_of(it.both.requests().back(), "Cookie"), "(none)");
  EXPECT_EQ(it.credentials("DELETE /users/sessions/1", ann_cookie + ann_word + "Origin: http://talk.example\r\n"),
            "Bearer " + ann_token);
  EXPECT_EQ(it.credentials("GET /chat/rooms", ann_cookie + ann_word), "Bearer " + ann_token);
}

TEST(GatewayCookie, NeedsItsWordForWhatChangesSomething) {
  behind_cookies it;
  const std::string others = "Greenroom-CSRF: " + net::http::csrf_word("gr_token-of-bob") + "\r\n";
  for (const std::string method : {"POST", "PUT", "PATCH", "DELETE"}) {
    const std::string line = method + " /chat/room/x";
    EXPECT_EQ(it.credentials(line, ann_cookie), "(refused)");
    EXPECT_EQ(it.credentials(line, ann_cookie + "Greenroom-CSRF: 1\r\n"), "(refused)");
    EXPECT_EQ(it.credentials(line, ann_cookie + "Greenroom-CSRF: \r\n"), "(refused)");
    EXPECT_EQ(it.credentials(line, ann_cookie + others), "(refused)");
    EXPECT_EQ(it.credentials(line, ann_cookie + "Origin: http://talk.example\r\n"), "(refused)")
        << "from the page, but without the word";
    EXPECT_EQ(it.credentials(line, ann_cookie + ann_word), "Bearer " + ann_token);
  }
}

TEST(GatewayCookie, ReadsWithoutTheWordButNotWithAnotherSessions) {
  behind_cookies it;
  EXPECT_EQ(it.credentials("GET /chat/rooms", ann_cookie), "Bearer " + ann_token);
  EXPECT_EQ(it.credentials("GET /chat/rooms", ann_cookie + "Greenroom-CSRF: 1\r\n"), "(refused)")
      << "the page is another person's by now";
}

TEST(GatewayCookie, IsRefusedToPagesOfOtherOrigins) {
  auto settings = running_gateway::quick();
  settings.allowed_origins = {"https://friend.example"};
  behind_cookies it{settings};
  for (const char* const origin : {"http://evil.example", "https://talk.example", "http://talk.example:81",
                                   "http://talk.example.evil.example", "http://evil.example/http://talk.example",
                                   "null", "http://talk.example, http://evil.example", "talk.example"}) {
    const std::string field = "Origin: " + std::string(origin) + "\r\n";
    EXPECT_EQ(it.credentials("POST /chat/ticket", ann_cookie + ann_word + field), "(refused)") << origin;
    EXPECT_EQ(it.credentials("GET /chat/rooms", ann_cookie + field), "(refused)") << origin;
  }
  for (const char* const origin : {"http://talk.example", "HTTP://Talk.Example:80", "https://friend.example"})
    EXPECT_EQ(it.credentials("POST /chat/ticket", ann_cookie + ann_word + "Origin: " + std::string(origin) + "\r\n"),
              "Bearer " + ann_token)
        << origin;
}

TEST(GatewayCookie, CountsForNothingBesideABearer) {
  behind_cookies it;
  const std::string bearer = "Authorization: Bearer gr_program\r\n";
  EXPECT_EQ(it.credentials("POST /chat/ticket", ann_cookie + bearer), "Bearer gr_program");
  EXPECT_EQ(it.credentials("POST /chat/ticket", ann_cookie + ann_word + bearer), "Bearer gr_program");
  EXPECT_EQ(it.credentials("POST /chat/ticket", ann_cookie + ann_word + "Authorization: Basic YTpi\r\n"), "Basic YTpi");
}

TEST(GatewayCookie, CountsForNothingWhereItIsNoneOrTwo) {
  behind_cookies it;
  for (const std::string& line :
       {"greenroom=" + ann_token + "; greenroom=gr_other", "greenroom=" + ann_token + "\r\nCookie: greenroom=gr_other",
        std::string{"greenroom="}, std::string{"greenroom=a b"}, "greenroom=" + std::string(2000, 'x'),
        "__Host-greenroom=" + ann_token, "other=" + ann_token})
    EXPECT_EQ(it.credentials("POST /chat/ticket", "Cookie: " + line + "\r\n" + ann_word), "(none)") << line;
  EXPECT_EQ(status_of(it.ask("POST /chat/ticket", "Cookie: greenroom=" + std::string(9000, 'x') + "\r\n")), 431u);
}

TEST(GatewayCookie, HasItsOwnNameWhereAProxySpeaksHttps) {
  auto settings = running_gateway::quick();
  auto proxies = std::make_shared<net::http::proxy_trust>();
  ASSERT_TRUE(proxies->from.add("127.0.0.1"));
  settings.http.proxies = proxies;
  behind_cookies it{settings};
  const std::string https = "X-Forwarded-Proto: https\r\nOrigin: https://talk.example\r\n";
  EXPECT_EQ(it.credentials("POST /chat/ticket", "Cookie: __Host-greenroom=" + ann_token + "\r\n" + ann_word + https),
            "Bearer " + ann_token);
  EXPECT_EQ(it.credentials("POST /chat/ticket", ann_cookie + ann_word + https), "(none)");
}

TEST(GatewayCookie, CountsForNothingWhereASessionBegins) {
  behind_cookies it;
  for (const char* const path : {"/users/login", "/users/register"})
    EXPECT_EQ(it.credentials("POST " + std::string(path), ann_cookie), "(none)") << "a stale cookie is in nobody's way";
}

TEST(GatewayCookie, OpensNoWebsocket) {
  behind_cookies it;
  const std::string upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  EXPECT_EQ(it.credentials("GET /chat/rooms", ann_cookie + ann_word + upgrade), "(none)");
}

TEST(GatewayCookie, EndsWithItsSession) {
  behind_cookies it;
  const auto ended = it.ask("POST /users/logout", ann_cookie + ann_word);
  EXPECT_EQ(status_of(ended), 200u);
  EXPECT_EQ(field_of(ended, "Set-Cookie"), net::http::no_session_cookie(false));
  EXPECT_EQ(field_of(it.ask("POST /users/logout", ann_cookie), "Set-Cookie"), "(none)") << "who was refused keeps it";
  EXPECT_EQ(field_of(it.ask("POST /users/logout", "Authorization: Bearer x\r\n"), "Set-Cookie"), "(none)");
  EXPECT_EQ(field_of(it.ask("GET /users/verify", ann_cookie), "Set-Cookie"), "(none)");
}

// Also where nobody behind the gateway can be told: a browser that is shared must not stay signed in.
TEST(GatewayCookie, EndsThoughTheSessionsServerIsAway) {
  running_gateway gateway{{}};
  const auto got = gateway.post("/users/logout", "", ann_cookie + ann_word);
  EXPECT_EQ(status_of(got), 503u);
  EXPECT_EQ(field_of(got, "Set-Cookie"), net::http::no_session_cookie(false));
}

}  // namespace
}  // namespace greenroom::gateway
