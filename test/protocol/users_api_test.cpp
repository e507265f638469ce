#include "protocol/users_api.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::protocol {
namespace {

const core::wall_time noon{std::chrono::milliseconds{1'795'459'440'123}};

TEST(UsersApi, RegisterTakesANameAndAPassword) {
  const auto request = read_register(R"({"username":"Admin","password":"root"})", 4);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->user.value, "Admin");
  EXPECT_EQ(request->password, "root");
}

TEST(UsersApi, RegisterRefusesWhatNobodyMayHave) {
  EXPECT_EQ(read_register(R"({"username":"1","password":"root"})", 4).code(), core::ec::bad_name);
  EXPECT_EQ(read_register(R"({"username":"System","password":"root"})", 4).code(), core::ec::bad_name);
  EXPECT_EQ(read_register(R"({"username":"a","password":"roo"})", 4).code(), core::ec::bad_password);
  EXPECT_EQ(read_register(R"({"username":"a","password":"rooted-tree"})", 12).code(), core::ec::bad_password);
  EXPECT_EQ(read_register(R"({"username":"a","password":"ro\u0000ot"})", 4).code(), core::ec::bad_password);
  EXPECT_EQ(read_register(R"({"username":"a","password":")" + std::string(1025, 'x') + "\"}", 4).code(),
            core::ec::bad_password);
}

TEST(UsersApi, BodiesThatAreNoneNameWhatIsWrong) {
  EXPECT_EQ(read_register("", 4).code(), core::ec::bad_json);
  EXPECT_EQ(read_register("username=admin", 4).code(), core::ec::bad_json);
  EXPECT_EQ(read_register("[]", 4).code(), core::ec::bad_json);
  const auto missing = read_register(R"({"username":"ada"})", 4);
  EXPECT_EQ(missing.why(), (core::error{core::ec::bad_request, "`password` is missing: a string.", 0}));
  const auto number = read_login(R"({"username":5,"password":"x"})", "");
  EXPECT_EQ(number.why(), (core::error{core::ec::bad_request, "`username` must be a string.", 0}));
}

TEST(UsersApi, LoginKeepsTheClientForTheListOfSessions) {
  const auto request = read_login(R"({"username":"ada","password":"x"})", "127.0.0.1 curl");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->user.value, "ada");
  EXPECT_EQ(request->password, "x");
  EXPECT_EQ(request->client, "127.0.0.1 curl");
}

TEST(UsersApi, LoginSaysWhereItsTokenGoes) {
  const auto wish = [](std::string_view body) { return read_token_wish(body); };
  EXPECT_FALSE(wish(R"({"username":"ada","password":"x"})")->in_cookie);
  EXPECT_TRUE(wish(R"({"cookie":true})")->in_cookie);
  EXPECT_TRUE(wish(R"({"cookie":true})")->remember);
  EXPECT_FALSE(wish(R"({"cookie":true,"remember":false})")->remember);
  EXPECT_EQ(wish(R"({"cookie":"true"})").code(), core::ec::bad_request);
  EXPECT_EQ(wish(R"({"cookie":true,"remember":0})").code(), core::ec::bad_request);
  core::logged_in answer;
  answer.token = "gr_secret";
  answer.user = {"Ada"};
  EXPECT_EQ(to_json(answer, "word"), R"({"csrf":"word","expires_at":"1970-01-01T00:00:00.000Z","user_id":"Ada"})");
}

TEST(UsersApi, AnImpossibleLoginIsOneOfAnUnknownUser) {
  const std::string bodies[]{R"({"username":"","password":"root"})",
                             R"({"username":"no such\u0000","password":"root"})",
                             R"({"username":"deleted","password":"root"})",
                             R"({"username":"ada","password":""})",
                             R"({"username":"ada","password":"ro\u0000ot"})",
                             R"({"username":"ada","password":")" + std::string(1025, 'x') + "\"}"};
  for (const auto& body : bodies) {
    const auto request = read_login(body, "");
    ASSERT_TRUE(request) << body;
    EXPECT_EQ(request->user.value, "") << body;
    EXPECT_EQ(request->password, "") << body;
  }
}

TEST(UsersApi, AChangeOfPasswordNeedsTheOldOne) {
  const auto request = read_password_change(R"({"old_password":"root","new_password":"tree"})", 4);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->old_password, "root");
  EXPECT_EQ(request->new_password, "tree");
  EXPECT_EQ(request->token.value, "");
  EXPECT_EQ(read_password_change(R"({"new_password":"tree"})", 4).code(), core::ec::bad_request);
  EXPECT_EQ(read_password_change(R"({"old_password":"root","new_password":"tre"})", 4).code(), core::ec::bad_password);
  EXPECT_EQ(read_password_change(R"({"old_password":"","new_password":"tree"})", 4).code(), core::ec::bad_credentials);
}

TEST(UsersApi, ASuspensionMayHaveAReasonAndAnEnd) {
  const auto both = read_suspend(R"({"reason":"spam","until":"2026-11-23T18:44:00.123Z"})", {"ada"});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->act, core::account_act::suspend);
  EXPECT_EQ(both->user.value, "ada");
  EXPECT_EQ(both->text, "spam");
  EXPECT_EQ(both->until, noon);
  for (const auto* none : {"", "{}", R"({"reason":""})"}) {
    const auto request = read_suspend(none, {"ada"});
    ASSERT_TRUE(request) << none;
    EXPECT_EQ(request->text, "");
    EXPECT_EQ(request->until, core::wall_time{});
  }
  EXPECT_TRUE(read_suspend(R"({"reason":")" + std::string(1024, 'x') + "\"}", {"ada"}));
  const auto refused = [](const std::string& body, const std::string& field) {
    const auto request = read_suspend(body, {"ada"});
    EXPECT_EQ(request.code(), core::ec::bad_request) << body;
    EXPECT_TRUE(request.why().detail.starts_with("`" + field + "`")) << request.why().detail;
  };
  refused(R"({"reason":")" + std::string(1025, 'x') + "\"}", "reason");
  refused(R"({"reason":"a\u0000b"})", "reason");
  refused(R"({"reason":7})", "reason");
  refused(R"({"until":"tomorrow"})", "until");
  refused(R"({"until":"1970-01-01T00:00:00Z"})", "until");
  refused(R"({"until":null})", "until");
  refused(R"({"untill":"2026-11-23T18:44:00Z"})", "untill");
  EXPECT_EQ(read_suspend("[]", {"ada"}).code(), core::ec::bad_json);
}

TEST(UsersApi, ASuspensionIsAnsweredWithWhatHolds) {
  core::administer what{core::account_act::suspend, {"ada"}};
  core::administered done;
  EXPECT_EQ(suspended(what, done), R"({"suspended":true,"sessions":0})");
  what.text = "spam";
  what.until = noon;
  done.ended = 2;
  EXPECT_EQ(suspended(what, done),
            R"({"suspended":true,"why":"spam","until":"2026-11-23T18:44:00.123Z","sessions":2})");
  EXPECT_EQ(resumed(), R"({"suspended":false})");
}

TEST(UsersApi, AnswersAreWhatTheContractSays) {
  EXPECT_EQ(to_json(core::user_registered{{"Ada"}, false}), R"({"user_id":"Ada"})");
  EXPECT_EQ(to_json(core::user_registered{{"Ada"}, true}), R"({"user_id":"Ada","warnings":["weak_password"]})");
  EXPECT_EQ(to_json(core::user_registered{{"Ada"}, false, true}), R"({"user_id":"Ada"})")
      << "who doesn't ask isn't told";
  EXPECT_EQ(to_json(core::user_registered{{"Ada"}, false, false}, true), R"({"user_id":"Ada"})");
  const auto hinted = to_json(core::user_registered{{"Ada"}, false, true}, true);
  EXPECT_NE(hinted.find("greenroom admin users grant Ada\""), std::string::npos) << hinted;
  EXPECT_TRUE(wants_hint(R"({"username":"Ada","password":"x","hint":true})"));
  for (const char* const body : {R"({"username":"Ada","hint":false})", R"({"hint":"yes"})", "{}", ""})
    EXPECT_FALSE(wants_hint(body)) << body;
  EXPECT_EQ(to_json(core::logged_in{"t0ken", {"Ada"}, {"s1"}, noon}),
            R"({"token":"t0ken","token_type":"Bearer","expires_at":"2026-11-23T18:44:00.123Z","user_id":"Ada"})");
  EXPECT_EQ(to_json(core::token_checked{{"Ada"}, {"s1"}, noon, true}), R"({"valid":true,"user_id":"Ada"})");
  EXPECT_EQ(token_refused(), R"({"valid":false})");
  EXPECT_EQ(logged_out(), R"({"logged_out":true})");
  EXPECT_EQ(to_json(core::password_changed{false}), R"({"changed":true})");
  EXPECT_EQ(to_json(core::password_changed{true}), R"({"changed":true,"warnings":["weak_password"]})");
}

TEST(UsersApi, SessionsAreListedWithWhateverTheClientCalledItself) {
  const core::session_list list{{{{"s1"}, "Mozilla \"5\"", noon, noon, true}, {{"s2"}, "\xff", noon, noon, false}}};
  EXPECT_EQ(to_json(list),
            R"({"sessions":[{"id":"s1","client":"Mozilla \"5\"","created_at":"2026-11-23T18:44:00.123Z",)"
            R"("expires_at":"2026-11-23T18:44:00.123Z","current":true},)"
            R"({"id":"s2","client":"","created_at":"2026-11-23T18:44:00.123Z",)"
            R"("expires_at":"2026-11-23T18:44:00.123Z","current":false}]})");
  EXPECT_EQ(to_json(core::session_list{}), R"({"sessions":[]})");
}

}  // namespace
}  // namespace greenroom::protocol
