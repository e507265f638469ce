#include "gateway/routes.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

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
      {"POST", "/users/password", "", limit_class::auth},
      {"GET", "/users/verify", "", limit_class::api},
      {"GET", "/users/status", "", limit_class::status},
      {"GET", "/chat/status", "", limit_class::status},
      {"GET", "/status", "", limit_class::status},
      {"POST", "/chat/room", "", limit_class::auth},
      {"POST", "/chat/room", "Authorization: Bearer abc\r\n", limit_class::api},
      {"GET", "/chat/rooms", "", limit_class::api},
      {"DELETE", "/chat/room/x", "", limit_class::api},
      {"DELETE", "/users/ann", "", limit_class::auth},
      {"GET", "/livez", "", limit_class::none},
      {"GET", "/readyz", "", limit_class::none},
      {"GET", "/metrics", "", limit_class::none},
  };
  scripted_upstream both{always(answer("200 OK", "x"))};
  for (const auto& [method, target, fields, which] : table) {
    counting_limits limits;
    running_gateway gateway{
        {{"u", "users", both.port()}, {"c", "chat", both.port()}}, running_gateway::quick(), &limits};
    gateway.ask(std::string(method) + ' ' + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    EXPECT_EQ(limits.taken(which), which == limit_class::none ? 0u : 1u) << target;
    EXPECT_EQ(limits.keyed("127.0.0.1"), which == limit_class::none ? 0u : 1u) << target;
  }
}

TEST(GatewayRoutes, RefuseOverTheLimitWithoutAskingAnInstance) {
  scripted_upstream chat{always(answer("200 OK", "x"))};
  counting_limits limits;
  running_gateway gateway{{{"c", "chat", chat.port()}, {"u", "users", chat.port()}}, running_gateway::quick(), &limits};
  limits.refuse(core::limit_class::auth);
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
  const auto body = body_of(gateway.get("/status"));
  EXPECT_TRUE(body.starts_with(R"({"status":"Alive","role":"gateway","node":"earth","version":"1.2.3")")) << body;
  EXPECT_NE(body.find("mars"), std::string::npos);
  EXPECT_NE(body.find(R"("circuit":"closed")"), std::string::npos);
  EXPECT_NE(body.find(R"("draining":true)"), std::string::npos);
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
  running_gateway gateway{{}, options};
  const auto page = gateway.get("/");
  EXPECT_EQ(status_of(page), 200u);
  EXPECT_EQ(body_of(page), "<!doctype html>");
  EXPECT_EQ(field_of(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(field_of(gateway.get("/openapi.json"), "Content-Type"), "application/json");
  EXPECT_EQ(status_of(gateway.get("/nothing.js")), 404u);
  EXPECT_EQ(status_of(gateway.post("/index.html", "x")), 405u);
  std::filesystem::remove_all(folder);
}

TEST(GatewayRoutes, SayWhyTheRoleCannotStart) {
  net::io_pool pool{1};
  auto options = running_gateway::quick();
  options.web = "/nonexistent/greenroom";
  role without_web{{&pool, nullptr, std::make_shared<actors::system_clock>(), {}}, options};
  EXPECT_EQ(without_web.start().code(), core::ec::unavailable);
  running_gateway taken{{}};
  options.web.clear();
  options.listen = taken->bound();
  role without_port{{&pool, nullptr, std::make_shared<actors::system_clock>(), {}}, options};
  EXPECT_EQ(without_port.start().code(), core::ec::unavailable);
}

}  // namespace
}  // namespace greenroom::gateway
