#include "gateway/routes.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "test/gateway/fixture.hpp"

namespace greenroom::gateway {
namespace {

/// Remembers what was counted as which class, and refuses on demand.
class counting_limits final : public core::limits {
 public:
  core::limit_verdict take(core::limit_class which, std::string_view key, std::uint32_t count) override {
    const std::lock_guard guard{lock_};
    taken_[which] += count;
    keys_[std::string(key)] += count;
    const bool allowed = which != refused_;
    return {allowed, 3, 10, allowed ? 2u : 0u, allowed ? 0u : 7u};
  }
  void refuse(core::limit_class which) {
    const std::lock_guard guard{lock_};
    refused_ = which;
  }
  std::uint32_t taken(core::limit_class which) {
    const std::lock_guard guard{lock_};
    return taken_[which];
  }
  std::uint32_t keyed(const std::string& key) {
    const std::lock_guard guard{lock_};
    return keys_[key];
  }

 private:
  std::mutex lock_;
  core::limit_class refused_ = core::limit_class::none;
  std::map<core::limit_class, std::uint32_t> taken_;
  std::map<std::string, std::uint32_t> keys_;
};

TEST(GatewayRoutes, CountEachRequestOnceAndInItsClass) {
  using core::limit_class;
  struct expected {
    const char* method;
    const char* target;
    const char* fields;
    limit_class which;
  };
  constexpr expected table[] = {
      {"POST", "/users/register", "", limit_class::auth},
      {"POST", "/users/login?x=1", "", limit_class::auth},
      {"POST", "/users/password", "", limit_class::api},
      {"POST", "/users/accounts/ada/suspend", "", limit_class::api},
      {"GET", "/users/verify", "", limit_class::api},
      {"GET", "/users/status", "", limit_class::status},
      {"GET", "/chat/status", "", limit_class::status},
      {"GET", "/status", "", limit_class::status},
      {"POST", "/chat/room", "", limit_class::auth},
      {"POST", "/chat/room", "Authorization: Bearer abc\r\n", limit_class::api},
      {"GET", "/chat/rooms", "", limit_class::api},
      {"DELETE", "/chat/room/x", "", limit_class::api},
      {"DELETE", "/users/ann", "", limit_class::api},
      {"GET", "/livez", "", limit_class::none},
      {"GET", "/readyz", "", limit_class::none},
      {"GET", "/metrics", "", limit_class::api},
      {"GET", "/chat/ws", "", limit_class::api},
      {"GET", "/chat/room/x", "", limit_class::api},
      {"PATCH", "/chat/room/x", "", limit_class::act},
      {"POST", "/chat/room/x/acts", "", limit_class::act},
      {"PUT", "/chat/room/x/members/ann", "", limit_class::act},
      {"DELETE", "/chat/room/x/members/ann", "", limit_class::act},
      {"PUT", "/chat/room/x/bans/ann", "", limit_class::act},
      {"DELETE", "/chat/room/x/bans/ann", "", limit_class::act},
      {"PUT", "/chat/room/x/mutes/ann", "", limit_class::act},
      {"DELETE", "/chat/room/x/mutes/ann", "", limit_class::act},
      {"GET", "/chat/room/x/bans", "", limit_class::api},
      {"POST", "/chat/room/x/invites", "", limit_class::act},
      {"GET", "/chat/room/x/invites", "", limit_class::api},
      {"DELETE", "/chat/room/x/invites/0a", "", limit_class::act},
      {"POST", "/chat/invites/secret", "", limit_class::act},
      {"GET", "/chat/room/x/mutes", "", limit_class::api},
      {"GET", "/chat/room/x/audit", "", limit_class::api},
      {"GET", "/chat/room/x/members", "", limit_class::api},
  };
  scripted_upstream both{always(answer("200 OK", "x"))};
  for (const auto& [method, target, fields, which] : table) {
    const auto limits = std::make_shared<counting_limits>();
    running_gateway gateway{
        {{"u", "users", both.port()}, {"c", "chat", both.port()}}, running_gateway::quick(), limits};
    gateway.ask(std::string(method) + ' ' + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    EXPECT_EQ(limits->taken(which), which == limit_class::none ? 0u : 1u) << target;
    EXPECT_EQ(limits->keyed("127.0.0.1"), which == limit_class::none ? 0u : 1u) << target;
  }
}

TEST(GatewayRoutes, RefuseOverTheLimitWithoutAskingAnInstance) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  const auto limits = std::make_shared<counting_limits>();
  running_gateway gateway{{{"c", "chat", chat.port()}, {"u", "users", chat.port()}}, running_gateway::quick(), limits};
  limits->refuse(core::limit_class::auth);
  for (const char* const target : {"/users/login", "/chat/room"}) {
    const auto got = gateway.post(target, "{}");
    EXPECT_EQ(status_of(got), 429u);
    EXPECT_EQ(field_of(got, "Retry-After"), "7");
  }
  EXPECT_TRUE(chat.requests().empty());
}

TEST(GatewayRoutes, ShowEachInstanceAndItsCircuit) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  running_gateway gateway{{{"mars", "chat", chat.port()}, {"venus", "users", refusing_port(), 1, true}}};
  const auto body = body_of(gateway.get_as_operator("/status"));
  EXPECT_TRUE(body.starts_with(R"({"status":"Alive","role":"gateway","node":"earth","version":"1.2.3")")) << body;
  EXPECT_NE(body.find("mars"), std::string::npos);
  EXPECT_NE(body.find(R"("circuit":"closed")"), std::string::npos);
  EXPECT_NE(body.find(R"("draining":true)"), std::string::npos);
}

// An instance's name, an address, a count are for operators; that admins are some is in operations_test.
TEST(GatewayRoutes, TellStrangersOnlyThatItIsAlive) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  running_gateway gateway{{{"mars", "chat", chat.port()}}};
  const auto status = gateway.get("/status", "Authorization: Bearer gr_abc\r\n");
  EXPECT_EQ(status_of(status), 200u);
  EXPECT_TRUE(body_of(status).starts_with(R"({"status":"Alive","role":"gateway",)")) << status;
  for (const char* const detail : {"mars", "127.0.0.1", "upstreams", "websockets"})
    EXPECT_EQ(body_of(status).find(detail), std::string::npos) << detail;
  const auto metrics = gateway.get("/metrics");
  EXPECT_EQ(status_of(metrics), 401u);
  EXPECT_EQ(body_of(metrics).find("greenroom_"), std::string::npos);
  EXPECT_EQ(status_of(gateway.get_as_operator("/metrics")), 200u);
  EXPECT_EQ(status_of(gateway.get_as_operator("/livez")), 200u);
  EXPECT_EQ(status_of(gateway.get_as_operator("/chat/rooms")), 404u) << "nothing else is served there";
}

// 160 KB in answer to an upgrade counted as garbage, twice opened the circuit for everybody.
TEST(GatewayRoutes, LetNoClientOpenACircuitByAskingForAnUpgrade) {
  scripted_upstream chat{always(answer("200 OK", std::string(160'000, 'x')))};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  const std::string upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  for (int i = 0; i < 3; ++i) {
    const auto page = gateway.get("/chat/room/big/messages?limit=500", upgrade);
    EXPECT_EQ(status_of(page), 200u) << "an upgrade where there is none is ignored (RFC 9110 section 7.8)";
    EXPECT_EQ(body_of(page).size(), 160'000u);
  }
  for (const auto& request : chat.requests()) EXPECT_EQ(field_of(request, "Upgrade"), "(none)");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status_of(gateway.get("/chat/room/big", upgrade)), 503u) << "it has no edge";
  EXPECT_NE(gateway.get_as_operator("/status").find(R"("circuit":"closed")"), std::string::npos);
}

TEST(GatewayRoutes, BringActsAndDescriptionsOfRoomsToTheChatRole) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  running_gateway gateway{{{"c", "chat", chat.port()}}};
  const std::string key = "Idempotency-Key: \"a1\"\r\nIf-None-Match: \"t\"\r\n";
  const auto ask = [&](const std::string& what) {
    return status_of(gateway.ask(what + " HTTP/1.1\r\nHost: a\r\n" + key + "\r\n"));
  };
  EXPECT_EQ(ask("GET /chat/room/x"), 200u);
  EXPECT_EQ(ask("PATCH /chat/room/x"), 200u);
  EXPECT_EQ(ask("PUT /chat/room/x/bans/ann"), 200u);
  std::vector<std::string> lines;
  for (const auto& request : chat.requests()) {
    lines.push_back(request.substr(0, request.find(" HTTP")));
    EXPECT_EQ(field_of(request, "Idempotency-Key"), "\"a1\"");
    EXPECT_EQ(field_of(request, "If-None-Match"), "\"t\"");
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"GET /room/x", "PATCH /room/x", "PUT /room/x/bans/ann"}));
}

TEST(GatewayRoutes, BringWhatAdminsDoToAccountsToTheUsersRole) {
  scripted_upstream users{always(answer("200 OK", "x"))};
  running_gateway gateway{{{"u", "users", users.port()}}};
  for (const std::string what :
       {"POST /users/accounts/ada/suspend", "POST /users/accounts/ada/resume", "GET /users/accounts/ada/sessions"})
    EXPECT_EQ(status_of(gateway.ask(what + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n")), 200u);
  std::vector<std::string> lines;
  for (const auto& request : users.requests()) {
    lines.push_back(request.substr(0, request.find(" HTTP")));
    EXPECT_EQ(field_of(request, "Authorization"), "Bearer x");
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"POST /accounts/ada/suspend", "POST /accounts/ada/resume",
                                             "GET /accounts/ada/sessions"}));
}

// 60 of 60 passwords were tried so: the gateway counted a request with a Bearer, and sent on one without.
TEST(GatewayRoutes, RefuseAConnectionFieldThatWouldChangeWhatIsCounted) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  const auto limits = std::make_shared<counting_limits>();
  running_gateway gateway{{{"c", "chat", chat.port()}}, running_gateway::quick(), limits};
  const auto got = gateway.post("/chat/room", "{}", "Connection: close, Authorization\r\nAuthorization: Bearer x\r\n");
  EXPECT_EQ(status_of(got), 400u);
  EXPECT_TRUE(chat.requests().empty());
  EXPECT_EQ(limits->taken(core::limit_class::api), 0u);
}

TEST(GatewayRoutes, TellInstancesInWhichClassARequestWasCounted) {
  scripted_upstream both{always(answer("200 OK", "x"))};
  const auto limits = std::make_shared<counting_limits>();
  running_gateway gateway{{{"c", "chat", both.port()}, {"u", "users", both.port()}}, running_gateway::quick(), limits};
  gateway.post("/chat/room", "{}");
  gateway.post("/chat/room", "{}", "Authorization: Bearer x\r\n");
  gateway.post("/users/login", "{}");
  gateway.get("/users/status");
  std::vector<std::string> classes;
  for (const auto& request : both.requests()) classes.push_back(field_of(request, "X-Forwarded-Class"));
  EXPECT_EQ(classes, (std::vector<std::string>{"auth", "api", "auth", "status"}));
}

// Names of people and words of the server stand in one place there.
TEST(GatewayRoutes, DeleteAPersonWhoseNameIsAWordOfTheServer) {
  scripted_upstream users{always(answer("200 OK", "x"))};
  running_gateway gateway{{{"u", "users", users.port()}}};
  for (const std::string name : {"metrics", "livez", "readyz", "status", "login", "register", "password", "sessions",
                                 "verify", "logout", "docs", "operations", "chat", "users"}) {
    const auto got = gateway.ask("DELETE /users/" + name + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(body_of(got).find("no_upstream"), std::string::npos) << name << ": the deletion's own answer here";
    EXPECT_EQ(status_of(got), 503u) << name;
  }
  EXPECT_TRUE(users.requests().empty());
}

TEST(GatewayRoutes, CountTheClientThatATrustedProxyNames) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  const auto limits = std::make_shared<counting_limits>();
  auto options = running_gateway::quick();
  auto proxies = std::make_shared<net::http::proxy_trust>();
  ASSERT_TRUE(proxies->from.add("127.0.0.1"));
  options.http.proxies = proxies;
  running_gateway gateway{{{"c", "chat", chat.port()}}, options, limits};
  gateway.post("/chat/room", "{}", "X-Forwarded-For: 6.6.6.6, 192.0.2.7\r\nX-Forwarded-Proto: https\r\n");
  EXPECT_EQ(limits->keyed("192.0.2.7"), 1u);
  EXPECT_EQ(limits->keyed("127.0.0.1"), 0u);
  ASSERT_EQ(chat.requests().size(), 1u);
  EXPECT_EQ(field_of(chat.requests()[0], "X-Forwarded-For"), "192.0.2.7");
  EXPECT_EQ(field_of(chat.requests()[0], "X-Forwarded-Proto"), "https");
  EXPECT_EQ(field_of(chat.requests()[0], "X-Forwarded-Host"), "talk.example");
}

TEST(GatewayRoutes, NeverProxyTheProbesOfAnInstance) {
  scripted_upstream both{always(answer("200 OK", "secret"))};
  running_gateway gateway{{{"u", "users", both.port()}, {"c", "chat", both.port()}}};
  for (const std::string prefix : {"/users", "/chat"})
    for (const std::string own : {"/metrics", "/livez", "/readyz", "/metrics?x=1"})
      EXPECT_EQ(status_of(gateway.get(prefix + own)), 404u) << prefix << own;
  EXPECT_TRUE(both.requests().empty());
}

TEST(GatewayRoutes, DoNotDeleteUsersYetNorKnowAnyOperation) {
  scripted_upstream users{always(answer("200 OK", "x"))};
  running_gateway gateway{{{"u", "users", users.port()}}};
  const auto got = gateway.ask("DELETE /users/ann HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(got), 503u);
  EXPECT_NE(body_of(got).find("no_upstream"), std::string::npos);
  EXPECT_EQ(status_of(gateway.get("/operations/0123")), 404u);
  EXPECT_TRUE(users.requests().empty());
  EXPECT_EQ(status_of(gateway.ask("DELETE /users/sessions/1 HTTP/1.1\r\nHost: a\r\n\r\n")), 200u)
      << "is the role's own";
}

TEST(GatewayRoutes, AreReadyWithALiveInstanceOfBothRoles) {
  running_gateway gateway{{}};
  EXPECT_EQ(status_of(gateway.get("/readyz")), 503u);
  gateway.see({{"u", "users", 1}});
  EXPECT_EQ(status_of(gateway.get("/readyz")), 503u);
  gateway.see({{"u", "users", 1}, {"c", "chat", 1}});
  EXPECT_EQ(status_of(gateway.get("/readyz")), 200u);
  gateway.see({{"u", "users", 1}, {"c", "chat", 1, 1, true}});
  EXPECT_EQ(status_of(gateway.get("/readyz")), 503u);
  gateway.see({{"u", "users", 1}, {"c", "chat", 1}});
  gateway->leave();
  EXPECT_EQ(status_of(gateway.get("/readyz")), 503u);
  EXPECT_EQ(status_of(gateway.get("/livez")), 200u);
}

TEST(GatewayRoutes, ServeTheWebClientAndItsDescriptions) {
  const auto folder = std::filesystem::path{testing::TempDir()} / "greenroom_gateway_web";
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "index.html"} << "<!doctype html>";
  std::ofstream{folder / "openapi.json"} << "{}";
  auto options = running_gateway::quick();
  options.web = folder;
  const auto shared = std::filesystem::path{testing::TempDir()} / "greenroom_gateway_client";
  std::filesystem::create_directories(shared);
  std::ofstream{shared / "text.js"} << "export {}";
  options.client = shared;
  running_gateway gateway{{}, options};
  const auto page = gateway.get("/");
  EXPECT_EQ(status_of(page), 200u);
  EXPECT_EQ(body_of(page), "<!doctype html>");
  EXPECT_EQ(field_of(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(field_of(gateway.get("/openapi.json"), "Content-Type"), "application/json");
  EXPECT_EQ(body_of(gateway.get("/clients/js/src/text.js")), "export {}");
  EXPECT_EQ(field_of(gateway.get("/clients/js/src/text.js"), "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(status_of(gateway.get("/clients/js/src/nothing.js")), 404u);
  EXPECT_EQ(status_of(gateway.get("/nothing.js")), 404u);
  EXPECT_EQ(status_of(gateway.post("/index.html", "x")), 405u);
  std::filesystem::remove_all(folder);
  std::filesystem::remove_all(shared);
}

TEST(GatewayRoutes, SayWhyTheRoleCannotStart) {
  net::io_pool pool{1};
  auto options = running_gateway::quick();
  options.web = "/nonexistent/greenroom";
  role without_web{{nullptr, &pool, nullptr, std::make_shared<actors::system_clock>(), {}, {}, {}}, options};
  EXPECT_EQ(without_web.start().code(), core::ec::unavailable);
  options.web = std::filesystem::path{testing::TempDir()} / "greenroom_gateway_alone";
  std::filesystem::create_directories(options.web);
  options.client = "/nonexistent/greenroom";
  role without_client{{nullptr, &pool, nullptr, std::make_shared<actors::system_clock>(), {}, {}, {}}, options};
  EXPECT_EQ(without_client.start().code(), core::ec::unavailable);
  running_gateway taken{{}};
  options.web.clear();
  options.listen = taken->bound();
  role without_port{{nullptr, &pool, nullptr, std::make_shared<actors::system_clock>(), {}, {}, {}}, options};
  EXPECT_EQ(without_port.start().code(), core::ec::unavailable);
}

}  // namespace
}  // namespace greenroom::gateway
