#include <future>
#include <string>
#include <utility>
#include <vector>

#include "test/chat/fixture.hpp"
#include "test/support/captured_log.hpp"

/// What people do in rooms over HTTP.
namespace greenroom::chat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// An open room of ann.
struct Acts : chat_fixture {
  void SetUp() override {
    chat_fixture::SetUp();
    ASSERT_EQ(post("/room", R"({"room":"hall"})", "ann").status, 201u);
  }
  net::http::response erase(std::string path, std::string token, std::string body = {}) {
    return (*call)("DELETE", std::move(path), std::move(body), std::move(token));
  }
  net::http::response patch(std::string body, std::string token, net::http::field_list fields = {}) {
    return (*call)("PATCH", "/room/hall", std::move(body), std::move(token), std::move(fields));
  }
  net::http::response act(std::string body, std::string token, net::http::field_list fields = {}) {
    return (*call)("POST", "/room/hall/acts", std::move(body), std::move(token), std::move(fields));
  }
};

TEST_F(Acts, AreForThoseWhoMayAndAnsweredByTheirEntry) {
  struct step {
    const char *method, *path, *body, *by;
    unsigned status;
    const char* part;
  };
  const std::vector<step> steps{
      {"PUT", "/members/bob", "", "bob", 204, ""},  // oneself: joining
      {"PATCH", "", R"({"topic":"tea"})", "bob", 403, R"("code":"forbidden")"},
      {"PATCH", "", R"({"topic":"tea"})", "ann", 200, R"("kind":"settings")"},
      {"PATCH", "", R"({"topic":"tea"})", "ann", 200, R"({"room":"hall","unchanged":true})"},
      {"PATCH", "", R"({"topic":7})", "ann", 400, R"("code":"bad_request")"},
      {"PATCH", "", R"({})", "ann", 400, R"("code":"bad_request")"},
      {"PUT", "/members/bob", R"({"role":"moderator"})", "ann", 200, R"("role":"moderator")"},
      {"PUT", "/members/eve", R"({"role":"member"})", "bob", 403, R"("code":"forbidden")"},
      {"PUT", "/mutes/EVE", R"({"reason":"loud"})", "bob", 200, R"("user":"eve")"},
      {"POST", "/acts", R"({"kind":"notice","text":"hi"})", "eve", 403, R"("code":"muted")"},
      {"GET", "/mutes", "", "bob", 200, R"("user":"eve","by":"bob","reason":"loud")"},
      {"GET", "/mutes", "", "eve", 403, R"("code":"forbidden")"},
      {"DELETE", "/mutes/eve", "", "bob", 200, R"("kind":"unmute")"},
      {"DELETE", "/mutes/eve", "", "bob", 200, R"("unchanged":true)"},
      {"POST", "/acts", R"({"kind":"notice","text":"hi"})", "eve", 201, R"("kind":"notice")"},
      {"PUT", "/bans/ann", "", "bob", 403, R"("code":"forbidden")"},
      {"PUT", "/bans/nobody", "", "bob", 404, R"("code":"no_user")"},
      {"PUT", "/bans/no%20name", "", "bob", 422, R"("code":"bad_name")"},
      {"PUT", "/bans/eve", R"({"reason":"spam"})", "bob", 200, R"("kind":"ban")"},
      {"GET", "/bans", "", "ann", 200, R"("bans":[{"user":"eve")"},
      {"GET", "/messages", "", "eve", 403, R"("code":"banned")"},
      {"GET", "", "", "eve", 403, R"("by":"bob")"},
      {"PUT", "/members/eve", "", "eve", 403, R"("code":"banned")"},
      {"PATCH", "", R"({"topic":"x"})", "eve", 403, R"("code":"banned")"},
      {"DELETE", "/bans/eve", R"({"reason":"sorry"})", "ann", 200, R"("reason":"sorry")"},
      {"DELETE", "/members/bob", "", "ann", 200, R"("kind":"remove")"},
      {"DELETE", "/members/bob", "", "ann", 404, R"("code":"not_found")"},
      {"GET", "/audit", "", "ann", 200, R"("kind":"ban")"},
      {"GET", "/audit", "", "eve", 403, R"("code":"forbidden")"},
      {"DELETE", "/members/ann", "", "ann", 409, R"("code":"conflict")"},
      {"POST", "/acts", R"({"kind":"erase","target":99})", "ann", 404, R"("code":"not_found")"},
      {"POST", "/acts", R"({"kind":"dance"})", "ann", 400, R"("code":"bad_request")"},
      {"POST", "/acts", "", "ann", 400, R"("code":"bad_json")"},
      {"POST", "/acts", R"({"kind":"notice","text":"hi"})", "", 401, R"("code":"unauthorized")"},
      {"PUT", "/bans/eve", "", "nobody", 401, R"("code":"invalid_token")"},
  };
  for (const auto& [method, path, body, by, status, part] : steps) {
    const auto answer = (*call)(method, std::string("/room/hall") + path, body, by);
    EXPECT_EQ(answer.status, status) << method << ' ' << path << ' ' << body << " by " << by << ": " << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(part)) << method << ' ' << path << ' ' << body << " by " << by;
  }
}

TEST_F(Acts, DoNotTellThatAPrivateRoomIsThere) {
  ASSERT_EQ(post("/room", R"({"room":"den","private":true})", "ann").status, 201u);
  for (const auto* const path : {"/room/den/members/eve", "/room/den/members/bob", "/room/den/bans/ann"})
    EXPECT_EQ(put(path, {}, "eve").status, 404u) << path;
  for (const auto* const path : {"/room/den", "/room/den/bans", "/room/den/mutes", "/room/den/audit"})
    EXPECT_EQ(get(path, "eve").status, 404u) << path;
}

TEST_F(Acts, HappenOnceForEachId) {
  const std::string ban = R"({"kind":"ban","user":"eve"})";
  const net::http::field_list key{{"Idempotency-Key", R"("b1")"}};
  const auto first = act(ban, "ann", key);
  EXPECT_EQ(first.status, 201u);
  EXPECT_THAT(first.body, HasSubstr(R"("id":"b1")"));
  const auto again = act(ban, "ann", key);
  EXPECT_EQ(again.status, 200u);
  EXPECT_THAT(again.body, AllOf(HasSubstr(R"("id":"b1")"), HasSubstr(R"("duplicate":true)")));
  EXPECT_EQ(act(R"({"kind":"ban","user":"eve","id":"b1"})", "ann", key).status, 200u);
  EXPECT_EQ(act(R"({"kind":"ban","user":"bob"})", "ann", key).status, 409u);
  EXPECT_EQ(act(R"({"kind":"ban","user":"eve","id":"other"})", "ann", key).status, 400u);
  EXPECT_EQ(act(ban, "ann", {{"Idempotency-Key", R"("open)"}}).status, 422u);
  EXPECT_THAT(act(ban, "ann").body, AllOf(HasSubstr(R"("id":")"), Not(HasSubstr("duplicate")))) << "the server's own";
}

TEST_F(Acts, TellHowARoomIsSetUpUntilItChanges) {
  const auto first = get("/room/hall", "bob");
  EXPECT_EQ(first.status, 200u);
  EXPECT_THAT(first.body, AllOf(HasSubstr(R"("access":"open")"), HasSubstr(R"("owner":"ann")")));
  const std::string tag{first.header("ETag")};
  ASSERT_FALSE(tag.empty());
  const auto asked = [&](const std::string& known) { return get("/room/hall", "bob", {{"If-None-Match", known}}); };
  EXPECT_EQ(asked(tag).status, 304u);
  EXPECT_EQ(asked("\"x\", W/" + tag).status, 304u);
  EXPECT_EQ(asked("*").status, 304u);
  EXPECT_EQ(asked("\"x\"").status, 200u);
  ASSERT_EQ(patch(R"({"topic":"tea"})", "ann").status, 200u);
  const auto changed = asked(tag);
  EXPECT_EQ(changed.status, 200u);
  EXPECT_THAT(changed.body, HasSubstr(R"("topic":"tea")"));
}

TEST_F(Acts, NeedJson) {
  net::http::client client{pool};
  const auto status = [&](std::string method, std::string path) {
    std::promise<net::http::outcome> told;
    net::http::field_list fields{{"Content-Type", "text/plain"}, {"Authorization", "Bearer ann"}};
    client.send(0,
                {{"127.0.0.1", chat->bound().port()},
                 std::move(method),
                 std::move(path),
                 std::move(fields),
                 R"({"kind":"notice","text":"hi"})"},
                [&](net::http::outcome out) { told.set_value(std::move(out)); });
    return told.get_future().get().reply->status;
  };
  EXPECT_EQ(status("POST", "/room/hall/acts"), 415u);
  EXPECT_EQ(status("PATCH", "/room/hall"), 415u);
  EXPECT_EQ(status("PUT", "/room/hall/bans/eve"), 415u);
}

TEST_F(Acts, ForgetWhatIsErased) {
  ASSERT_EQ(act(R"({"kind":"notice","text":"oops"})", "bob").status, 201u);
  EXPECT_EQ(act(R"({"kind":"erase","target":1})", "eve").status, 403u);
  EXPECT_EQ(act(R"({"kind":"erase","target":1,"reason":"rude"})", "ann").status, 201u);
  const auto page = get("/room/hall/messages", "eve").body;
  EXPECT_THAT(page, AllOf(HasSubstr(R"("kind":"erased")"), HasSubstr("rude"), Not(HasSubstr("oops"))));
  EXPECT_EQ(act(R"({"kind":"erase","target":1})", "ann").status, 410u);
}

TEST_F(Acts, LeaveAuditLines) {
  test::captured_log lines;
  EXPECT_EQ(put("/room/hall/bans/eve", {}, "ann").status, 200u);
  EXPECT_THAT(lines.take(), HasSubstr("act=ban_user outcome=done by=ann user=eve room=hall address=127.0.0.1"));
  EXPECT_EQ(put("/room/hall/mutes/ann", {}, "bob").status, 403u);
  EXPECT_THAT(lines.take(), HasSubstr("act=mute_user outcome=forbidden by=bob user=ann room=hall"));
  EXPECT_EQ(erase("/room/hall/mutes/bob", "ann").status, 200u);
  EXPECT_EQ(act(R"({"kind":"notice","text":"hi"})", "ann").status, 201u);
  EXPECT_THAT(lines.take(), Not(HasSubstr("audit"))) << "nothing was done to anybody";
  EXPECT_EQ(put("/room/hall/members/bob", {}, "bob").status, 204u);
  EXPECT_THAT(lines.take(), HasSubstr("act=add_member outcome=done by=bob user=bob room=hall"));
}

struct RareActs : Acts {
  RareActs() { policies[static_cast<std::size_t>(core::limit_class::act)] = {1, 60}; }
};

TEST_F(RareActs, AreLimitedForThemselves) {
  EXPECT_EQ(patch(R"({"topic":"tea"})", "ann").status, 200u);
  EXPECT_EQ(put("/room/hall/bans/eve", {}, "ann").status, 429u);
  EXPECT_EQ(get("/room/hall/bans", "ann").status, 200u);
}

}  // namespace
}  // namespace greenroom::chat
