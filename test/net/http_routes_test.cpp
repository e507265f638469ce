#include <gtest/gtest.h>

#include "net/http/probes.hpp"
#include "net/http/routes.hpp"
#include "net/limits.hpp"
#include "test/net/http_fixture.hpp"

namespace greenroom::net::http {
namespace {

using core::limit_class;

routes::handler says(const std::string& name) {
  return [name](const exchange_ptr& ask) { ask->text(200, name); };
}

routes::handler shows(const std::string& param) {
  return [param](const exchange_ptr& ask) { ask->text(200, std::string(ask->param(param))); };
}

struct still_clock final : core::clock {
  core::instant now() const override { return {{}, core::mono_time{} + core::seconds(1000)}; }
};

TEST(Routes, FindTheMostSpecificRowWhateverTheirOrder) {
  routes table;
  table.add("*", "/users/{...}", limit_class::none, says("proxy"))
      .add("DELETE", "/users/{user}", limit_class::none, says("delete"))
      .add("GET", "/{file...}", limit_class::none, says("file"))
      .add("GET", "/room/{room}", limit_class::none, says("room"))
      .add("GET", "/room/lobby", limit_class::none, says("lobby"));
  running_server server{table};
  EXPECT_EQ(body_of(server.get("/room/lobby")), "lobby");
  EXPECT_EQ(body_of(server.get("/room/tea")), "room");
  EXPECT_EQ(body_of(server.get("/room/tea/x")), "file");
  EXPECT_EQ(body_of(server.get("/")), "file");
  EXPECT_EQ(body_of(server.get("/users")), "proxy");
  EXPECT_EQ(body_of(server.get("/users/ann")), "proxy");
  EXPECT_EQ(body_of(server.ask("DELETE /users/ann HTTP/1.1\r\nHost: a\r\n\r\n")), "delete");
  EXPECT_EQ(body_of(server.ask("OPTIONS /users/ann/x HTTP/1.1\r\nHost: a\r\n\r\n")), "proxy");
}

TEST(Routes, DecodeTheParametersOfAPath) {
  routes table;
  table.add("GET", "/room/{room}/messages", limit_class::none, shows("room"))
      .add("GET", "/users/{rest...}", limit_class::none, shows("rest"));
  running_server server{table};
  EXPECT_EQ(body_of(server.get("/room/a%20b%2Fc+d/messages?x=y")), "a b/c+d");
  EXPECT_EQ(body_of(server.get("/users/a/b%20c")), "a/b c");
  EXPECT_EQ(body_of(server.get("/users/")), "");
  EXPECT_EQ(status_of(server.get("/users/")), 200u);
}

TEST(Routes, Answer404WithoutARow) {
  routes table;
  table.add("GET", "/room/{room}", limit_class::none, says("room"));
  running_server server{table};
  for (const auto* path : {"/", "/room", "/room/", "/room/a/", "/rooms/a", "//room/a", "/Room/a", "/room%2Fa"}) {
    const std::string answer = server.get(path);
    EXPECT_EQ(status_of(answer), 404u) << path;
    EXPECT_NE(body_of(answer).find("\"not_found\""), std::string::npos);
  }
}

TEST(Routes, Answer405WithWhatIsAllowed) {
  routes table;
  table.add("GET", "/room/{room}", limit_class::none, says("room"))
      .add("DELETE", "/room/{room}", limit_class::none, says("gone"))
      .add("GET", "/{file...}", limit_class::none, says("file"));
  running_server server{table};
  for (const auto* method : {"POST", "PUT", "PATCH"}) {
    const std::string answer = server.ask(std::string(method) + " /room/a HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(status_of(answer), 405u);
    EXPECT_EQ(field_of(answer, "Allow"), "GET, HEAD, DELETE, OPTIONS");
  }
}

TEST(Routes, SayWhatIsAllowedToOptions) {
  const still_clock clock;
  limits node{core::default_limit_policies(), clock};
  routes table{&node};
  table.add("GET", "/rooms", limit_class::status, says("get"));
  table.add("POST", "/rooms", limit_class::status, says("post"));
  table.add("DELETE", "/room/{room}", limit_class::status, says("delete"));
  table.add("OPTIONS", "/own", limit_class::none, says("my own"));
  running_server server{table};
  const auto ask = [&](const std::string& target) {
    return server.ask("OPTIONS " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  };
  for (const char* const whole : {"*", "/", "http://a"}) {
    for (int i = 0; i < 5; ++i) {
      const auto answer = ask(whole);
      EXPECT_EQ(status_of(answer), 204u) << whole;
      EXPECT_EQ(field_of(answer, "Allow"), "GET, HEAD, POST, OPTIONS, DELETE") << whole;
    }
  }
  const auto rooms = ask("/rooms");
  EXPECT_EQ(status_of(rooms), 204u);
  EXPECT_EQ(field_of(rooms, "Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(field_of(ask("/room/x"), "Allow"), "DELETE, OPTIONS");
  EXPECT_EQ(body_of(ask("/own")), "my own");
  EXPECT_EQ(status_of(ask("/nothing")), 404u);
}

TEST(Routes, RefuseABodyInACodingAndSayWhichIsTaken) {
  running_server server{routes{}.add("POST", "/x", limit_class::none, says("read"))};
  const auto post = [&](const std::string& coding) {
    return server.ask("POST /x HTTP/1.1\r\nHost: a\r\nContent-Encoding: " + coding + "\r\nContent-Length: 2\r\n\r\n{}");
  };
  const auto refused = post("gzip");
  EXPECT_EQ(status_of(refused), 415u);
  EXPECT_EQ(field_of(refused, "Accept-Encoding"), "identity");
  EXPECT_NE(body_of(refused).find("unsupported_media"), std::string::npos);
  EXPECT_EQ(body_of(post("identity")), "read");
}

TEST(Routes, GiveHeadToTheHandlerOfGet) {
  routes table;
  table.add("GET", "/", limit_class::none, says("hello"));
  running_server server{table};
  const std::string answer = server.ask("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(status_of(answer), 200u);
  EXPECT_EQ(field_of(answer, "Content-Length"), "5");
  EXPECT_EQ(body_of(answer), "");
}

TEST(Routes, RefuseTheFourthStatusWithinTenSeconds) {
  const still_clock clock;
  limits node{core::default_limit_policies(), clock};
  routes table{&node};
  table.add("GET", "/status", limit_class::status, says("alive")).add("GET", "/rooms", limit_class::api, says("rooms"));
  running_server server{table};
  for (int left = 2; left >= 0; --left) {
    const std::string passed = server.get("/status");
    EXPECT_EQ(body_of(passed), "alive");
    EXPECT_EQ(field_of(passed, "RateLimit"), "\"status\";r=" + std::to_string(left) + ";t=10");
  }
  const std::string refused = server.get("/status");
  EXPECT_EQ(status_of(refused), 429u);
  EXPECT_EQ(field_of(refused, "Retry-After"), "10");
  EXPECT_EQ(field_of(refused, "RateLimit-Policy"), "\"status\";q=3;w=10");
  EXPECT_EQ(field_of(refused, "RateLimit"), "\"status\";r=0;t=10");
  EXPECT_NE(body_of(refused).find("http-problem-types#quota-exceeded"), std::string::npos);
  EXPECT_NE(body_of(refused).find("\"violated-policies\":[\"status\"]"), std::string::npos);
  EXPECT_EQ(status_of(server.get("/rooms")), 200u);
}

// The two hops may see a request differently: what the gateway counted as something cheaper is counted again.
TEST(Routes, CountOnlyWhatAGatewayHasNotCountedInThatClass) {
  const still_clock clock;
  limits node{core::default_limit_policies(), clock};
  routes table{&node};
  table.add("GET", "/status", limit_class::status, says("alive"));
  table.add("POST", "/login", limit_class::auth, says("hello"));
  server_options options;
  options.forwarded_secret = "secret";
  running_server server{table, options};
  const auto counted_as = [](limit_class which, const signed_request& what = {"GET", "/status"}) {
    field_list fields;
    sign_forwarded(fields, "secret", {"192.0.2.7", "a", "http", "", which}, what);
    return std::string(fields.text());
  };
  const auto log_in = [&](limit_class which) {
    return status_of(server.ask("POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" +
                                counted_as(which, {"POST", "/login"}) + "\r\n"));
  };
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(status_of(server.get("/status", counted_as(limit_class::status))), 200u);
    EXPECT_EQ(status_of(server.get("/status", counted_as(limit_class::auth))), 200u);
    EXPECT_EQ(log_in(limit_class::auth), 200u);
  }
  for (int i = 0; i < 10; ++i) EXPECT_EQ(log_in(i % 2 == 0 ? limit_class::api : limit_class::none), 200u);
  EXPECT_EQ(log_in(limit_class::api), 429u);
  EXPECT_EQ(log_in(limit_class::none), 429u);
  EXPECT_EQ(log_in(limit_class::auth), 200u);
}

TEST(Probes, AreNeverLimitedAndSayWhetherTheRoleIsReady) {
  const still_clock clock;
  limits node{core::default_limit_policies(), clock};
  std::atomic<bool> ready{true};
  routes table{&node};
  add_probes(table, {[&] {
                       return readiness{ready, {{"database", ready}, {"discovery", true}}};
                     },
                     [] { return std::string{"up 1\n"}; }});
  running_server server{table};
  for (int i = 0; i < 200; ++i) EXPECT_EQ(status_of(server.get("/livez")), 200u);
  EXPECT_EQ(body_of(server.get("/readyz")), "ready\n");
  const std::string metrics = server.get("/metrics");
  EXPECT_EQ(field_of(metrics, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(body_of(metrics), "up 1\n");
  const std::string errors = server.get("/docs/errors");
  EXPECT_EQ(field_of(errors, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(body_of(errors).find("id=\"rate_limited\""), std::string::npos);
  ready = false;
  const std::string verbose = server.get("/readyz?verbose");
  EXPECT_EQ(status_of(verbose), 503u);
  EXPECT_EQ(field_of(verbose, "Retry-After"), "1");
  EXPECT_EQ(body_of(verbose), "[-] database\n[+] discovery\nnot ready\n");
  EXPECT_EQ(status_of(server.get("/livez")), 200u);
}

}  // namespace
}  // namespace greenroom::net::http
