#include <string>
#include <utility>
#include <vector>

#include "protocol/json_text.hpp"
#include "test/chat/fixture.hpp"
#include "test/support/captured_log.hpp"

/// Invites over HTTP, to a private room of ann's.
namespace greenroom::chat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Invites : chat_fixture {
  void SetUp() override {
    chat_fixture::SetUp();
    ASSERT_EQ(post("/room", R"({"room":"Den","private":true})", "ann").status, 201u);
  }
  net::http::response erase(std::string path, std::string token) {
    return (*call)("DELETE", std::move(path), {}, std::move(token));
  }
  static std::string field(const net::http::response& of, const char* name) {
    return protocol::json_reader{of.body, ec::bad_json}.text(name);
  }
  /// A new invite, as it is answered.
  net::http::response make(std::string body = {}, std::string by = "ann") {
    return post("/room/den/invites", std::move(body), std::move(by));
  }
  net::http::response accept(const std::string& invite, std::string who) {
    return post("/invites/" + invite, {}, std::move(who));
  }
};

TEST_F(Invites, BringPeopleIntoARoomThatTheyDoNotSee) {
  const auto made = make();
  ASSERT_EQ(made.status, 201u) << made.body;
  const auto invite = field(made, "invite");
  EXPECT_THAT(field(made, "id"), testing::MatchesRegex("[0-9a-f]{24}"));
  EXPECT_THAT(field(made, "url"),
              AllOf(testing::StartsWith("http://127.0.0.1"), testing::EndsWith("/#invite=" + invite)));
  EXPECT_EQ(get("/room/den", "bob").status, 404u);
  const auto accepted = accept(invite, "bob");
  EXPECT_EQ(accepted.status, 200u) << accepted.body;
  EXPECT_EQ(accepted.body, R"({"room":"Den","role":"member"})");
  EXPECT_EQ(get("/room/den", "bob").status, 200u);
  EXPECT_EQ(accept(invite, "bob").body, R"({"room":"Den","role":"member"})") << "again";
  EXPECT_EQ(accept(invite, "ann").body, R"({"room":"Den","role":"owner"})");
  EXPECT_THAT(get("/room/den/audit", "ann").body,
              AllOf(HasSubstr(R"("from":"ann","text":"added bob")"), Not(HasSubstr(invite))));
  const auto list = get("/room/den/invites", "ann");
  EXPECT_EQ(list.status, 200u);
  EXPECT_THAT(list.body, AllOf(HasSubstr(R"({"invites":[{"id":")" + field(made, "id") + R"(","uses_left":9,)"),
                               HasSubstr(R"("by":"ann"}],"more":false})"), Not(HasSubstr(invite))));
}

TEST_F(Invites, ThatAreNotGoodAreAllGoneAlike) {
  const auto used = field(make(R"({"uses":1})"), "invite");
  const auto revoked = make();
  ASSERT_EQ(accept(used, "bob").status, 200u);
  EXPECT_EQ(erase("/room/den/invites/" + field(revoked, "id"), "ann").status, 204u);
  EXPECT_EQ(erase("/room/den/invites/" + field(revoked, "id"), "ann").status, 404u);
  const auto by_bob = [&] {
    EXPECT_EQ(put("/room/den/members/bob", R"({"role":"moderator"})", "ann").status, 200u);
    const auto invite = field(make({}, "bob"), "invite");
    EXPECT_EQ(erase("/room/den/members/bob", "ann").status, 200u);
    return invite;
  }();
  std::vector<std::string> answers;
  for (const auto& invite :
       {used, field(revoked, "invite"), by_bob, std::string("never"), std::string("no%20%C3%A9")}) {
    auto answer = accept(invite, "eve");
    EXPECT_EQ(answer.status, 410u) << answer.body;
    const auto id = field(answer, "request_id");
    answer.body.replace(answer.body.find(id), id.size(), "");
    answers.push_back(answer.body);
  }
  EXPECT_THAT(answers, testing::Each(answers.front()));
  EXPECT_THAT(answers.front(), HasSubstr(R"("code":"gone")"));
}

TEST_F(Invites, TellWhoIsBannedWhy) {
  const auto invite = field(make(), "invite");
  ASSERT_EQ(put("/room/den/bans/eve", R"({"reason":"spam"})", "ann").status, 200u);
  const auto refused = accept(invite, "eve");
  EXPECT_EQ(refused.status, 403u);
  EXPECT_THAT(refused.body, AllOf(HasSubstr(R"("code":"banned")"), HasSubstr(R"("by":"ann","why":"spam")")));
}

TEST_F(Invites, SayNothingOfTheirMaker) {
  ASSERT_EQ(post("/room", R"({"room":"hall"})", "ann").status, 201u);
  ASSERT_EQ(put("/room/hall/members/bob", R"({"role":"moderator"})", "ann").status, 200u);
  const auto invite = field(post("/room/hall/invites", {}, "bob"), "invite");
  ASSERT_EQ(put("/room/hall/bans/bob", R"({"reason":"spam"})", "ann").status, 200u);
  const auto refused = accept(invite, "eve");
  EXPECT_EQ(refused.status, 410u) << refused.body;
  EXPECT_THAT(refused.body, Not(HasSubstr("spam")));
}

TEST_F(Invites, AreForModeratorsAndWithinBounds) {
  ASSERT_EQ(put("/room/den/members/bob", {}, "ann").status, 200u);
  const auto id = field(make(), "id");
  struct step {
    const char *method, *path, *body, *by;
    unsigned status;
    const char* part;
  };
  const std::vector<step> steps{
      {"POST", "/room/den/invites", "", "bob", 403, R"("code":"forbidden")"},
      {"GET", "/room/den/invites", "", "bob", 403, R"("code":"forbidden")"},
      {"DELETE", "/room/den/invites/", "", "bob", 403, R"("code":"forbidden")"},
      {"POST", "/room/den/invites", "", "eve", 404, R"("code":"not_found")"},
      {"GET", "/room/den/invites", "", "eve", 404, R"("code":"not_found")"},
      {"DELETE", "/room/den/invites/", "", "eve", 404, R"("code":"not_found")"},
      {"POST", "/room/den/invites", R"({"uses":0})", "ann", 400, "`uses`"},
      {"POST", "/room/den/invites", R"({"expires_in":60})", "ann", 400, "`expires_in`"},
      {"GET", "/room/den/invites?after=x", "", "ann", 400, "`after`"},
      {"DELETE", "/room/den/invites/no%20id", "", "ann", 404, R"("code":"not_found")"},
      {"POST", "/room/den/invites", "", "", 401, R"("code":"unauthorized")"},
      {"POST", "/invites/x", "", "", 401, R"("code":"unauthorized")"},
      {"POST", "/invites/x", "", "nobody", 401, R"("code":"invalid_token")"},
  };
  for (const auto& [method, path, body, by, status, part] : steps) {
    const auto whole = std::string(path) + (std::string(path).ends_with('/') ? id : "");
    const auto answer = (*call)(method, whole, body, by);
    EXPECT_EQ(answer.status, status) << method << ' ' << whole << ' ' << body << " by " << by << ": " << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(part)) << method << ' ' << whole << ' ' << body << " by " << by;
  }
  EXPECT_THAT(get("/room/den/invites", "ann").body, HasSubstr(R"("uses_left":10)"));
  EXPECT_THAT(make(R"({"uses":null})").body, HasSubstr("invite"));
  EXPECT_THAT(get("/room/den/invites", "ann").body, HasSubstr(R"("uses_left":null)"));
}

TEST_F(Invites, AreAThousandAtMost) {
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    const auto made = make();
    ASSERT_EQ(made.status, 201u) << i << made.body;
    last = field(made, "id");
  }
  const auto refused = make();
  EXPECT_EQ(refused.status, 409u);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"limit_reached")"));
  ASSERT_EQ(erase("/room/den/invites/" + last, "ann").status, 204u);
  EXPECT_EQ(make().status, 201u);
}

TEST_F(Invites, LeaveAuditLinesWithoutTheSecret) {
  test::captured_log lines;
  const auto made = make();
  ASSERT_EQ(accept(field(made, "invite"), "bob").status, 200u);
  ASSERT_EQ(accept("never", "eve").status, 410u);
  ASSERT_EQ(erase("/room/den/invites/" + field(made, "id"), "ann").status, 204u);
  const auto text = lines.take();
  for (const auto* const line :
       {"act=make_invite outcome=done by=ann room=den",
        "act=accept_invite outcome=done by=bob "
        "room=Den",
        "act=accept_invite outcome=gone by=eve address", "act=revoke_invite outcome=done by=ann room=den"})
    EXPECT_THAT(text, HasSubstr(line));
  EXPECT_THAT(text, Not(HasSubstr(field(made, "invite"))));
}

}  // namespace
}  // namespace greenroom::chat
