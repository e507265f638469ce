#include "users/role.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "actors/system.hpp"
#include "net/http/session_cookie.hpp"
#include "net/limits.hpp"
#include "test/support/accounts.hpp"
#include "test/support/http.hpp"

namespace greenroom::users {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

struct Users : testing::Test {
  net::io_pool pool{1};  // the last to go: what actors owe may refer to its contexts
  actors::system_config config{2};
  caf::actor_system system{config};
  test::breakable_accounts* store = nullptr;
  std::unique_ptr<role> users;
  std::unique_ptr<test::http_caller> call;

  void SetUp() override {
    pool.start();
    start(nullptr);
  }
  void TearDown() override {
    stop();
    pool.stop();
  }
  void start(std::shared_ptr<core::limits> rates, password_settings passwords = {1, 8192, 1, 64}) {
    role_deps deps;
    role_settings settings;
    settings.listen = {boost::asio::ip::address_v4::loopback(), 0};
    settings.passwords = passwords;
    deps.system = &system;
    deps.pool = &pool;
    deps.limits = std::move(rates);
    deps.clock = std::make_shared<actors::system_clock>();
    deps.metrics = telemetry::metrics::live("test");
    deps.node = {"n1"};
    deps.version = "1.2.3";
    auto accounts = std::make_unique<test::breakable_accounts>();
    store = accounts.get();
    deps.store = std::move(accounts);
    users = std::make_unique<role>(std::move(deps), std::move(settings));
    ASSERT_TRUE(users->start(actors::local_node_actor{}));
    call = std::make_unique<test::http_caller>(pool, users->bound().port());
  }
  void stop() {
    call.reset();
    if (users) users->stop();
    users.reset();
  }

  net::http::response post(std::string path, std::string body, std::string token = {}) {
    return (*call)("POST", std::move(path), std::move(body), std::move(token));
  }
  net::http::response get(std::string path, std::string token = {}) {
    return (*call)("GET", std::move(path), {}, std::move(token));
  }
  static std::string field(const net::http::response& from, std::string_view name) {
    const auto begin = from.body.find("\"" + std::string(name) + "\":\"");
    if (begin == std::string::npos) return {};
    const auto at = begin + name.size() + 4;
    return from.body.substr(at, from.body.find('"', at) - at);
  }
  std::string sign_in(const std::string& name, const std::string& password) {
    (void)post("/register", R"({"username":")" + name + R"(","password":")" + password + "\"}");
    return field(post("/login", R"({"username":")" + name + R"(","password":")" + password + "\"}"), "token");
  }
};

TEST_F(Users, RegistersOnceAndWarnsOfAWeakPassword) {
  const auto root = post("/register", R"({"username":"Admin","password":"root"})");
  EXPECT_EQ(root.status, 201u);
  EXPECT_EQ(root.body, R"({"user_id":"Admin","warnings":["weak_password"]})");
  EXPECT_EQ(post("/register", R"({"username":"ann","password":"a long password"})").body, R"({"user_id":"ann"})");
  const auto again = post("/register", R"({"username":"ADMIN","password":"other"})");
  EXPECT_EQ(again.status, 409u);
  EXPECT_EQ(again.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(field(again, "code"), "taken");
}

TEST_F(Users, TellsTheFirstPersonHowToBecomeAnAdmin) {
  const auto first = post("/register", R"({"username":"Ann","password":"a long password","hint":true})");
  EXPECT_EQ(first.status, 201u);
  EXPECT_THAT(field(first, "hint"), HasSubstr("greenroom admin users grant Ann"));
  EXPECT_EQ(post("/register", R"({"username":"bob","password":"a long password","hint":true})").body,
            R"({"user_id":"bob"})");
}

TEST_F(Users, RefusesWhatNobodyCanBeCalledOrKnow) {
  const auto refused = [&](std::string body, unsigned status, std::string code) {
    const auto answer = post("/register", body);
    EXPECT_EQ(answer.status, status) << body;
    EXPECT_EQ(field(answer, "code"), code) << body;
  };
  refused(R"({"username":"1ann","password":"password"})", 422, "bad_name");
  refused(R"({"username":"deleted","password":"password"})", 422, "bad_name");
  refused(R"({"username":"ann","password":"abc"})", 422, "bad_password");
  refused(R"({"username":"ann","password":")" + std::string(1025, 'x') + "\"}", 422, "bad_password");
  refused(R"({"username":"ann"})", 400, "bad_request");
  refused(R"({"username":"ann","password":7})", 400, "bad_request");
  refused("username=ann", 400, "bad_json");
  EXPECT_EQ((*call)("POST", "/register", {}, {}, {{"Content-Type", "text/plain"}}).status, 415u);
  EXPECT_EQ((*call)("GET", "/register").status, 405u);
  EXPECT_EQ(get("/nowhere").status, 404u);
}

TEST_F(Users, GivesAPageItsTokenInACookie) {
  (void)post("/register", R"({"username":"Ann","password":"password"})");
  const auto log_in = [&](const std::string& more, std::string csrf = "login") {
    net::http::field_list fields;
    if (!csrf.empty()) fields.add("Greenroom-CSRF", csrf);
    return (*call)("POST", "/login", R"({"username":"ann","password":"password")" + more + "}", {}, fields);
  };
  const auto in = log_in(R"(,"cookie":true)");
  EXPECT_EQ(in.status, 200u);
  EXPECT_EQ(in.body.find("gr_"), std::string::npos) << "no script reads the token";
  EXPECT_EQ(field(in, "user_id"), "Ann");
  EXPECT_THAT(field(in, "expires_at"), MatchesRegex("20..-..-..T..:..:..\\....Z"));
  const std::string given(in.header("Set-Cookie"));
  EXPECT_THAT(given,
              MatchesRegex("greenroom=gr_[A-Za-z0-9_-]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict"));
  const std::string token = given.substr(10, given.find(';') - 10);
  EXPECT_EQ(get("/verify", token).status, 200u);
  EXPECT_EQ(field(in, "csrf"), net::http::csrf_word(token));
  EXPECT_THAT(std::string(log_in(R"(,"cookie":true,"remember":false)").header("Set-Cookie")),
              MatchesRegex("greenroom=gr_[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict"));
}

TEST_F(Users, GivesACookieToNobodyWhoMayBeAnotherSitesPage) {
  (void)post("/register", R"({"username":"Ann","password":"password"})");
  const auto refused = post("/login", R"({"username":"ann","password":"password","cookie":true})");
  EXPECT_EQ(refused.status, 403u);
  EXPECT_EQ(field(refused, "code"), "origin_refused");
  EXPECT_EQ(refused.header("Set-Cookie"), "");
  for (const char* const body : {R"({"username":"ann","password":"password","cookie":"yes"})",
                                 R"({"username":"ann","password":"password","cookie":1})",
                                 R"({"username":"ann","password":"password","remember":null})"})
    EXPECT_EQ(field(post("/login", body), "code"), "bad_request") << body;
  const auto plain = post("/login", R"({"username":"ann","password":"password","cookie":false})");
  EXPECT_THAT(field(plain, "token"), MatchesRegex("gr_.*"));
  EXPECT_EQ(plain.header("Set-Cookie"), "");
}

TEST_F(Users, LogsInVerifiesAndLogsOut) {
  (void)post("/register", R"({"username":"Ann","password":"password"})");
  const auto in = post("/login", R"({"username":"ann","password":"password"})");
  EXPECT_EQ(in.status, 200u);
  EXPECT_EQ(in.header("Cache-Control"), "no-store");
  EXPECT_EQ(field(in, "token_type"), "Bearer");
  EXPECT_EQ(field(in, "user_id"), "Ann");
  EXPECT_THAT(field(in, "expires_at"), MatchesRegex("20..-..-..T..:..:..\\....Z"));
  const auto token = field(in, "token");
  EXPECT_THAT(token, MatchesRegex("gr_[A-Za-z0-9_-]{43}"));

  const auto good = get("/verify", token);
  EXPECT_EQ(good.status, 200u);
  EXPECT_EQ(good.body, R"({"valid":true,"user_id":"Ann"})");
  EXPECT_EQ(post("/logout", "", token).status, 200u);
  const auto bad = get("/verify", token);
  EXPECT_EQ(bad.status, 401u);
  EXPECT_EQ(bad.body, R"({"valid":false})");
  EXPECT_EQ(bad.header("WWW-Authenticate"), R"(Bearer realm="greenroom", error="invalid_token")");
  EXPECT_EQ(post("/logout", "", token).status, 401u);
}

TEST_F(Users, ChallengesWhoeverShowsNoToken) {
  const auto none = get("/verify");
  EXPECT_EQ(none.status, 401u);
  EXPECT_EQ(none.body, R"({"valid":false})");
  EXPECT_EQ(none.header("WWW-Authenticate"), R"(Bearer realm="greenroom")");
  for (const auto& [method, path] :
       {std::pair{"POST", "/logout"}, {"GET", "/sessions"}, {"DELETE", "/sessions/x"}, {"POST", "/password"}}) {
    const auto answer = (*call)(method, path);
    EXPECT_EQ(answer.status, 401u) << path;
    EXPECT_EQ(answer.header("WWW-Authenticate"), R"(Bearer realm="greenroom")") << path;
    EXPECT_EQ((*call)(method, path, {}, {}, {{"Authorization", "Basic YTpi"}}).status, 401u) << path;
  }
}

TEST_F(Users, SaysTheSameOfAnUnknownUserAndAWrongPassword) {
  (void)post("/register", R"({"username":"ann","password":"password"})");
  auto wrong = post("/login", R"({"username":"ann","password":"passwort"})");
  auto unknown = post("/login", R"({"username":"bob","password":"password"})");
  auto nobody = post("/login", R"({"username":"no one","password":""})");
  EXPECT_EQ(wrong.status, 401u);
  const auto without_id = [](net::http::response& from) {
    const auto at = from.body.find("\"request_id\"");
    return from.body.substr(0, at);
  };
  EXPECT_EQ(without_id(unknown), without_id(wrong));
  EXPECT_EQ(without_id(nobody), without_id(wrong));
  EXPECT_EQ(field(wrong, "code"), "bad_credentials");
}

TEST_F(Users, ListsAndEndsSessions) {
  const auto desk = sign_in("ann", "password");
  const auto phone = sign_in("ann", "password");
  const auto bob = sign_in("bob", "password");
  const auto list = get("/sessions", phone);
  EXPECT_EQ(list.status, 200u);
  EXPECT_THAT(list.body, AllOf(HasSubstr(R"("client":"127.0.0.1)"), HasSubstr(R"("current":true)"),
                               HasSubstr(R"("current":false)")));
  EXPECT_EQ(list.body.find(phone), std::string::npos) << "never a token";
  std::string other;
  for (std::size_t at = 0; (at = list.body.find("{\"id\":\"", at)) != std::string::npos; ++at) {
    const auto one = list.body.substr(at, list.body.find('}', at) - at);
    if (one.find(R"("current":false)") != std::string::npos) other = one.substr(7, one.find('"', 7) - 7);
  }
  EXPECT_EQ((*call)("DELETE", "/sessions/" + other, {}, bob).status, 404u);
  EXPECT_EQ(get("/verify", desk).status, 200u);
  EXPECT_EQ((*call)("DELETE", "/sessions/" + other, {}, phone).status, 204u);
  EXPECT_EQ(get("/verify", desk).status, 401u);
  EXPECT_EQ(get("/verify", phone).status, 200u);
}

TEST_F(Users, SuspendsByAnAdminAndTellsWhyAndUntilWhen) {
  const auto root = sign_in("root", "password");
  const auto ann = sign_in("Ann", "password");
  ASSERT_TRUE(store->set_admin({"root"}, true, {}));
  const std::string wanted = R"({"reason":"spam","until":"2035-01-01T10:00:00Z"})";
  const auto done = post("/accounts/ann/suspend", wanted, root);
  EXPECT_EQ(done.status, 200u);
  EXPECT_EQ(done.body, R"({"suspended":true,"why":"spam","until":"2035-01-01T10:00:00.000Z","sessions":1})");
  EXPECT_EQ(get("/verify", ann).status, 401u);
  const auto refused = post("/login", R"({"username":"ann","password":"password"})");
  EXPECT_EQ(refused.status, 403u);
  EXPECT_EQ(field(refused, "code"), "suspended");
  EXPECT_EQ(field(refused, "why"), "spam");
  EXPECT_EQ(field(refused, "until"), "2035-01-01T10:00:00.000Z");
  EXPECT_EQ(field(refused, "detail"), "This account is suspended. Until 2035-01-01T10:00:00Z: spam");
  EXPECT_EQ(field(post("/login", R"({"username":"ann","password":"passwort"})"), "code"), "bad_credentials");
  EXPECT_EQ(post("/accounts/ann/suspend", {}, root).status, 200u) << "without a body: for good, without a reason";
  const auto again = post("/login", R"({"username":"ann","password":"password"})");
  EXPECT_EQ(field(again, "code"), "suspended");
  EXPECT_THAT(again.body, AllOf(testing::Not(HasSubstr("\"why\"")), testing::Not(HasSubstr("\"until\""))));
  const auto resumed = post("/accounts/ANN/resume", {}, root);
  EXPECT_EQ(resumed.status, 200u);
  EXPECT_EQ(resumed.body, R"({"suspended":false})");
  EXPECT_EQ(post("/accounts/ann/resume", {}, root).status, 200u) << "nothing to do";
  EXPECT_FALSE(sign_in("ann", "password").empty());
  EXPECT_THAT(get("/accounts/ann/sessions", root).body, HasSubstr(R"("client":"127.0.0.1)"));
}

TEST_F(Users, SuspendsNobodyWithoutAnAdmin) {
  const auto root = sign_in("root", "password");
  const auto ann = sign_in("ann", "password");
  ASSERT_TRUE(store->set_admin({"root"}, true, {}));
  for (const auto& [method, path] : {std::pair{"POST", "/accounts/root/suspend"},
                                     {"POST", "/accounts/root/resume"},
                                     {"GET", "/accounts/root/sessions"}}) {
    EXPECT_EQ((*call)(method, path).status, 401u) << path;
    EXPECT_EQ((*call)(method, path, {}, "gr_wrong").status, 401u) << path;
    const auto refused = (*call)(method, path, {}, ann);
    EXPECT_EQ(refused.status, 403u) << path;
    EXPECT_EQ(field(refused, "code"), "forbidden") << path;
  }
  EXPECT_EQ(get("/verify", root).status, 200u);
}

TEST_F(Users, RefusesASuspensionThatCannotBe) {
  const auto root = sign_in("root", "password");
  (void)sign_in("ann", "password");
  ASSERT_TRUE(store->set_admin({"root"}, true, {}));
  const auto refused = [&](const std::string& path, const std::string& body, unsigned status, std::string_view code) {
    const auto answer = post(path, body, root);
    EXPECT_EQ(answer.status, status) << body;
    EXPECT_EQ(field(answer, "code"), code) << body;
    return field(answer, "detail");
  };
  for (const auto* until : {"2020-01-01T10:00:00Z", "2999-01-01T10:00:00Z", "soon"})
    EXPECT_THAT(refused("/accounts/ann/suspend", R"({"until":")" + std::string(until) + "\"}", 400, "bad_request"),
                HasSubstr("`until`"));
  EXPECT_THAT(refused("/accounts/ann/suspend", R"({"reason":")" + std::string(1025, 'x') + "\"}", 400, "bad_request"),
              HasSubstr("`reason`"));
  refused("/accounts/ann/suspend", "soon", 400, "bad_json");
  refused("/accounts/nobody/suspend", "{}", 404, "no_user");
  refused("/accounts/nobody/resume", "", 404, "no_user");
  refused("/accounts/9/suspend", "{}", 422, "bad_name");
  EXPECT_THAT(refused("/accounts/root/suspend", "{}", 409, "conflict"), HasSubstr("last admin"));
  EXPECT_EQ(get("/verify", root).status, 200u);
  EXPECT_EQ((*call)("GET", "/accounts/ann/suspend", {}, root).status, 405u);
  EXPECT_FALSE(sign_in("ann", "password").empty());
}

TEST_F(Users, AChangeOfPasswordEndsTheOtherSessions) {
  const auto other = sign_in("ann", "password");
  const auto mine = sign_in("ann", "password");
  EXPECT_EQ(post("/password", R"({"old_password":"wrong","new_password":"another one"})", mine).status, 401u);
  EXPECT_EQ(post("/password", R"({"old_password":"password","new_password":"abc"})", mine).status, 422u);
  EXPECT_EQ(get("/verify", other).status, 200u);
  EXPECT_EQ(post("/password", R"({"old_password":"password","new_password":"another one"})", mine).status, 200u);
  EXPECT_EQ(get("/verify", other).status, 401u);
  EXPECT_EQ(get("/verify", mine).status, 200u);
  EXPECT_EQ(post("/login", R"({"username":"ann","password":"password"})").status, 401u);
  EXPECT_EQ(post("/login", R"({"username":"ann","password":"another one"})").status, 200u);
}

TEST_F(Users, AnswersWithRetryAfterWhileTheDatabaseIsAway) {
  const auto token = sign_in("ann", "password");
  store->broken = core::ec::unavailable;
  for (const auto& answer : {post("/register", R"({"username":"bob","password":"password"})"),
                             post("/login", R"({"username":"ann","password":"password"})"), get("/verify", token),
                             get("/sessions", token), post("/logout", "", token)}) {
    EXPECT_EQ(answer.status, 503u);
    EXPECT_EQ(answer.header("Retry-After"), "1");
  }
  EXPECT_EQ(get("/status").status, 200u);
  store->broken = core::ec::none;
  EXPECT_EQ(get("/verify", token).status, 200u);
  EXPECT_EQ(post("/login", R"({"username":"bob","password":"password"})").status, 401u) << "nobody was registered";
}

TEST_F(Users, SaysHowItIs) {
  (void)sign_in("ann", "password");
  EXPECT_THAT(get("/status").body, MatchesRegex(R"(\{"status":"Alive","role":"users","node":"n1","version":"1.2.3",)"
                                                R"("uptime_seconds":[0-9]+,"users":1\})"));
  EXPECT_EQ(get("/livez").status, 200u);
  EXPECT_EQ(get("/readyz").status, 200u);
  EXPECT_THAT(get("/metrics").body, HasSubstr("greenroom_logins_total{result=\"ok\"} 1\n"));
  users->leave();
  EXPECT_EQ(get("/readyz").status, 503u);
  EXPECT_EQ(get("/livez").status, 200u);
}

TEST_F(Users, RefusesTheFourthStatusWithinTenSeconds) {
  stop();
  const actors::system_clock clock;
  core::limit_policies policies{};
  policies[static_cast<std::size_t>(core::limit_class::status)] = {3, 10};
  start(std::make_shared<net::limits>(policies, clock));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get("/status").status, 200u);
  const auto fourth = get("/status");
  EXPECT_EQ(fourth.status, 429u);
  EXPECT_GE(std::stoi(std::string(fourth.header("Retry-After"))), 1);
  EXPECT_THAT(std::string(fourth.header("RateLimit-Policy")), HasSubstr("q=3;w=10"));
  EXPECT_EQ(get("/livez").status, 200u);
  stop();
}

TEST_F(Users, StopsWhileRequestsAreUnderWay) {
  store->broken = core::ec::none;
  auto slow = std::async(std::launch::async, [&] {
    try {
      return post("/login", R"({"username":"ann","password":"password"})").status;
    } catch (const std::exception&) {
      return 0u;
    }
  });
  users->stop();
  const auto status = slow.get();
  EXPECT_TRUE(status == 0 || status == 401 || status == 503) << status;
  users.reset();
}

}  // namespace
}  // namespace greenroom::users
