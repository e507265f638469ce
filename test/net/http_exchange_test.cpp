#include <gtest/gtest.h>

#include "net/http/exchange.hpp"
#include "test/net/http_fixture.hpp"

namespace greenroom::net::http {
namespace {

// Takes the answer, where a connection would send it.
struct mailbox final : answerer {
  void send(std::shared_ptr<answerer>, answer what) override { answers.push_back(std::move(what)); }
  std::optional<upgraded> give_away(request) override { return std::nullopt; }
  std::vector<answer> answers;
};

struct asked {
  explicit asked(const std::string& target, const field_list& fields = {}, const char* peer = "192.0.2.1") {
    request message{boost::beast::http::verb::get, target, 11};
    for (const auto& [name, value] : fields) message.insert(std::string(name), std::string(value));
    it = std::make_shared<exchange>(std::move(message),
                                    exchange::place{nullptr, 0, boost::asio::ip::make_address(peer), {}, false}, box);
  }
  exchange* operator->() { return it.get(); }
  std::string field(const std::string& name) {
    for (const auto& [one, value] : box->answers.at(0).fields)
      if (one == name) return std::string(value);
    return "(none)";
  }

  std::shared_ptr<mailbox> box = std::make_shared<mailbox>();
  exchange_ptr it;
};

// The receiver of an answer may destroy everything that the connection uses, while the answering thread still runs.
TEST(Exchange, LetsGoOfTheConnectionWithItsAnswer) {
  struct fleeting final : answerer {
    explicit fleeting(bool& mark) : gone(mark) {}
    ~fleeting() override { gone = true; }
    void send(std::shared_ptr<answerer> self, answer) override {
      const bool& is_gone = gone;  // which outlives this
      self.reset();
      EXPECT_TRUE(is_gone);
    }
    std::optional<upgraded> give_away(request) override { return std::nullopt; }
    bool& gone;
  };
  bool answered = false, expired = false;
  exchange({}, {}, std::make_shared<fleeting>(answered)).empty(204);
  exchange({}, {}, std::make_shared<fleeting>(expired)).expire();
  EXPECT_TRUE(answered && expired);
}

TEST(Exchange, ReadsPathAndQuery) {
  asked ask{"/a%20b?x=1&y=a+b%26c&x=2&flag&=e&%7A=z"};
  EXPECT_EQ(ask->path(), "/a%20b");
  EXPECT_EQ(ask->query("x"), "1");
  EXPECT_EQ(ask->query("y"), "a b&c");
  EXPECT_EQ(ask->query("flag"), "");
  EXPECT_EQ(ask->query("z"), "z");
  EXPECT_EQ(ask->query("no"), std::nullopt);
  EXPECT_EQ(
      asked { "/a" } -> query("x"), std::nullopt);
}

TEST(Exchange, TakesOnlyWellFormedBearerTokens) {
  const auto bearer = [](const std::string& value) {
    asked ask{"/", {{"Authorization", value}}};
    return std::string(ask->bearer().value_or("(none)"));
  };
  EXPECT_EQ(bearer("Bearer abc-._~+/="), "abc-._~+/=");
  EXPECT_EQ(bearer("bearer  abc"), "abc");
  for (const auto* wrong :
       {"Bearer", "Bearer ", "Basic abc", "Bearerabc", "Bearer a b", "Bearer a\"b", "Bearer \xc3\xa9"})
    EXPECT_EQ(bearer(wrong), "(none)") << wrong;
  EXPECT_EQ(
      asked { "/" } -> bearer(), std::nullopt);
}

TEST(Exchange, KeepsASafeRequestIdAndReplacesAnyOther) {
  const auto id = [](const std::string& wanted) {
    return asked {
      "/", {
        { "X-Request-Id", wanted }
      }
      } -> request_id();
  };
  EXPECT_EQ(id("a-B_1.2"), "a-B_1.2");
  EXPECT_EQ(id(std::string(64, 'x')), std::string(64, 'x'));
  for (const std::string& wrong : {std::string{}, std::string(65, 'x'), std::string{"a b"}, std::string{"a\"b"}}) {
    EXPECT_EQ(id(wrong).size(), 16u);
    EXPECT_NE(id(wrong), id(wrong));
  }
}

TEST(Exchange, KnowsAJsonBodyByItsMediaType) {
  const auto json = [](const std::string& type) {
    return asked {
      "/", {
        { "Content-Type", type }
      }
      } -> has_json();
  };
  EXPECT_TRUE(json("application/json"));
  EXPECT_TRUE(json("Application/JSON; charset=utf-8"));
  EXPECT_TRUE(json("application/json\t;charset=\"a;b\""));
  EXPECT_FALSE(json("application/jsonp"));
  EXPECT_FALSE(json("text/plain"));
  EXPECT_FALSE(asked { "/" } -> has_json());
}

TEST(Exchange, KnowsABodyThatIsCoded) {
  const auto coded = [](const field_list& fields, const char* body = "{}") {
    asked ask{"/", fields};
    request message = ask->raw();
    message.body() = body;
    return exchange{std::move(message), {}, ask.box}.has_coded_body();
  };
  EXPECT_FALSE(coded({}));
  EXPECT_FALSE(coded({{"Content-Encoding", "Identity"}}));
  EXPECT_FALSE(coded({{"Content-Encoding", "gzip"}}, "")) << "there is nothing to decode";
  EXPECT_TRUE(coded({{"Content-Encoding", "gzip"}}));
  EXPECT_TRUE(coded({{"Content-Encoding", "identity"}, {"content-encoding", ",\tbr"}}));
}

TEST(Exchange, ReadsAnUpgradeOverAllLinesOfItsFields) {
  const auto wants = [](const field_list& fields) {
    return asked { "/ws", fields } -> wants_websocket();
  };
  EXPECT_TRUE(wants({{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}));
  EXPECT_TRUE(wants({{"Connection", "keep-alive"}, {"Connection", "Upgrade"}, {"Upgrade", "websocket"}}));
  EXPECT_TRUE(wants({{"Connection", "keep-alive,\tupgrade\t"}, {"Upgrade", "h2c,, \tWebSocket"}}));
  EXPECT_TRUE(wants({{"Connection", "upgrade"}, {"Upgrade", "h2c"}, {"Upgrade", "websocket"}}));
  EXPECT_FALSE(wants({{"Connection", "keep-alive"}, {"Upgrade", "websocket"}}));
  EXPECT_FALSE(wants({{"Connection", "upgrade"}, {"Upgrade", "websockets"}}));
  request old{boost::beast::http::verb::get, "/ws", 10};
  old.insert("Connection", "Upgrade");
  old.insert("Upgrade", "websocket");
  EXPECT_FALSE(exchange(std::move(old), {}, std::make_shared<mailbox>()).wants_websocket()) << "HTTP/1.0 has none";
}

TEST(Exchange, ChallengesAndSaysWhetherTheTokenWasWrong) {
  asked without{"/"};
  without->problem({core::ec::unauthorized, {}, 0});
  EXPECT_EQ(without.field("WWW-Authenticate"), R"(Bearer realm="greenroom")");
  asked with{"/", {{"Authorization", "Bearer x"}}};
  with->problem({core::ec::invalid_token, {}, 0});
  EXPECT_EQ(with.field("WWW-Authenticate"), R"(Bearer realm="greenroom", error="invalid_token")");
}

TEST(Exchange, SaysWhenToComeBackButNeverAtOnce) {
  asked unsaid{"/"};
  unsaid->problem({core::ec::unavailable, {}, 0});
  EXPECT_EQ(unsaid.field("Retry-After"), "1");
  asked said{"/"};
  said->problem({core::ec::overloaded, {}, 7});
  EXPECT_EQ(said.field("Retry-After"), "7");
  asked other{"/"};
  other->problem({core::ec::not_found, {}, 7});
  EXPECT_EQ(other.field("Retry-After"), "(none)");
}

TEST(Exchange, NamesTheProtocolWhereAnUpgradeIsRequired) {
  asked ask{"/"};
  ask->problem({core::ec::upgrade_required, {}, 0});
  EXPECT_EQ(ask.box->answers.at(0).status, 426u);
  EXPECT_EQ(ask.field("Upgrade"), "websocket");
}

TEST(Exchange, LimitsAnIpv6ClientByItsNetwork) {
  EXPECT_EQ(asked("/", {}, "192.0.2.1")->limit_key(), "192.0.2.1");
  EXPECT_EQ(asked("/", {}, "2001:db8::1")->limit_key(), asked("/", {}, "2001:db8::2")->limit_key());
  EXPECT_EQ(asked("/", {}, "2001:db8::1")->client_address(), "2001:db8::1");
}

TEST(Exchange, AnswersOnceEvenIfItHasExpired) {
  asked ask{"/"};
  ask->expire();
  ask->text(200, "late");
  EXPECT_FALSE(ask->take_socket());
  ask.it.reset();
  ASSERT_EQ(ask.box->answers.size(), 1u);
  EXPECT_EQ(ask.box->answers[0].status, 503u);
}

TEST(Exchange, IsAnswered500WhenDropped) {
  asked ask{"/"};
  ask.it.reset();
  ASSERT_EQ(ask.box->answers.size(), 1u);
  EXPECT_EQ(ask.box->answers[0].status, 500u);
}

}  // namespace
}  // namespace greenroom::net::http
