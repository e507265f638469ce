#include <string>
#include <vector>

#include "protocol/json_text.hpp"
#include "test/chat/fixture.hpp"

/// Direct rooms, groups, blocks, settings and drafts over HTTP, of ann, bob and eve.
namespace greenroom::chat {
namespace {

using testing::HasSubstr;

struct DirectRoutes : chat_fixture {
  void SetUp() override {
    chat_fixture::SetUp();
    ASSERT_EQ(post("/room", R"({"room":"hall","members":["bob","eve"]})", "ann").status, 201u);
  }
  net::http::response erase(std::string path, std::string token) {
    return (*call)("DELETE", std::move(path), {}, std::move(token));
  }
  static std::string code(const net::http::response& of) {
    return of.status < 300 ? std::to_string(of.status) : protocol::json_reader{of.body, ec::bad_json}.text("code");
  }
  static std::string detail(const net::http::response& of) {
    return protocol::json_reader{of.body, ec::bad_json}.text("detail");
  }
};

TEST_F(DirectRoutes, OpenARoomOnceByItsOneName) {
  const auto made = post("/direct", R"({"with":["BOB"]})", "ann");
  EXPECT_EQ(made.status, 201u);
  EXPECT_EQ(made.body, R"({"room":"@ann,bob","created":true})");
  const auto again = post("/direct", R"({"with":["ann"]})", "bob");
  EXPECT_EQ(again.status, 200u);
  EXPECT_EQ(again.body, R"({"room":"@ann,bob","created":false})");
  for (const auto* const path : {"/room/@bob", "/room/%40bob", "/room/%40bob%2Cann", "/room/@Ann,Bob"})
    EXPECT_THAT(get(path, "ann").body, HasSubstr(R"({"room":"@ann,bob","access":"private")")) << path;
  EXPECT_THAT(get("/rooms", "bob").body, HasSubstr(R"("room":"@ann,bob")"));
  EXPECT_THAT(get("/rooms?after=@ann", "bob").body, testing::Not(HasSubstr("@ann,bob")));
  const auto said = post("/room/@bob/acts", R"({"kind":"notice","text":"hi"})", "ann");
  EXPECT_EQ(said.status, 201u);
  EXPECT_THAT(said.body, HasSubstr(R"("room":"@ann,bob")"));
  EXPECT_THAT(get("/room/%40ann/messages", "bob").body, HasSubstr(R"("text":"hi")"));
  EXPECT_EQ(post("/direct", R"({"with":["ann"]})", "ann").body, R"({"room":"@ann,ann","created":true})");
}

TEST_F(DirectRoutes, AreNotThereForOthersAsRoomsThatAreNot) {
  ASSERT_EQ(post("/direct", R"({"with":["bob"]})", "ann").status, 201u);
  const auto same = [&](const char* method, const std::string& rest, const std::string& body) {
    const auto ask = [&](const std::string& room) {
      auto answer = (*call)(method, "/room/" + room + rest, body, "eve");
      answer.body.erase(answer.body.find("request_id"));
      return std::to_string(answer.status) + answer.body;
    };
    EXPECT_EQ(ask("@ann,bob"), ask("@ann,user1")) << method << rest;
    EXPECT_THAT(ask("@ann,bob"), HasSubstr("not_found")) << method << rest;
  };
  for (const auto* const rest : {"", "/messages", "/members", "/bans", "/mutes", "/audit", "/invites"})
    same("GET", rest, {});
  same("PATCH", "", R"({"topic":"mine"})");
  same("DELETE", "", {});
  same("POST", "/acts", R"({"kind":"notice","text":"hi"})");
  same("POST", "/invites", "{}");
  same("PUT", "/members/eve", {});
  same("DELETE", "/members/bob", {});
  same("PUT", "/bans/bob", {});
  EXPECT_THAT(get("/rooms", "eve").body, testing::Not(HasSubstr("@ann,bob")));
}

TEST_F(DirectRoutes, RefuseWhatWouldMakeThemMoreThanARoomOfTwo) {
  ASSERT_EQ(post("/direct", R"({"with":["bob"]})", "ann").status, 201u);
  EXPECT_EQ(code((*call)("PATCH", "/room/@bob", R"({"topic":"ours"})", "ann")), "forbidden");
  EXPECT_EQ(code(put("/room/@bob/members/eve", {}, "ann")), "forbidden");
  EXPECT_EQ(code(erase("/room/@bob/members/ann", "ann")), "forbidden");
  EXPECT_EQ(code(erase("/room/@bob/members/bob", "ann")), "forbidden");
  EXPECT_EQ(code(put("/room/@bob/bans/bob", {}, "ann")), "forbidden");
  EXPECT_EQ(code(put("/room/@bob/mutes/bob", {}, "ann")), "forbidden");
  EXPECT_EQ(code(put("/room/@bob/members/bob", R"({"role":"moderator"})", "ann")), "forbidden");
  EXPECT_EQ(code(post("/room/@bob/invites", "{}", "ann")), "forbidden");
  EXPECT_EQ(code(erase("/room/@bob", "ann")), "forbidden");
  for (const auto* const name : {"@bob", "@ann,bob", "@@0123456789abcdef"})
    EXPECT_EQ(code(post("/room", R"({"room":")" + std::string(name) + R"("})", "ann")), "bad_name") << name;
  EXPECT_EQ(code(get("/room/@a,b,c", "ann")), "bad_name");
}

TEST_F(DirectRoutes, OpenGroupsThatAreNewEachTime) {
  const auto first = post("/direct", R"({"with":["bob","eve"]})", "ann");
  EXPECT_EQ(first.status, 201u);
  const auto room = protocol::json_reader{first.body, ec::bad_json}.text("room");
  EXPECT_THAT(room, testing::MatchesRegex("@@[0-9a-f]{16}"));
  EXPECT_NE(post("/direct", R"({"with":["bob","eve"]})", "ann").body, first.body);
  EXPECT_EQ(code(put("/room/" + room + "/members/user1", {}, "eve")), "forbidden") << "a stranger";
  EXPECT_EQ(code(put("/me/settings", R"({"direct":"everyone"})", "user1")), "200");
  EXPECT_EQ(code(put("/room/" + room + "/members/user1", {}, "eve")), "200") << "members add";
  EXPECT_EQ(code(erase("/room/" + room + "/members/bob", "ann")), "forbidden");
  EXPECT_EQ(code(erase("/room/" + room + "/members/eve", "eve")), "200") << "and leave";
  EXPECT_EQ(code(get("/room/" + room, "eve")), "not_found");
  EXPECT_THAT(get("/room/" + room + "/members", "user1").body, HasSubstr(R"(["ann","bob","user1"])"));
}

TEST_F(DirectRoutes, SayWhatIsWrong) {
  struct step {
    const char *body, *code, *part;
  };
  for (const auto& [body, expected, part] : std::vector<step>{{R"({"with":[]})", "bad_request", "`with`"},
                                                              {R"({})", "bad_request", "`with`"},
                                                              {R"({"with":"bob"})", "bad_request", "`with`"},
                                                              {R"({"with":["bob","Bob"]})", "bad_request", "`with`"},
                                                              {R"({"with":["bob","ann"]})", "bad_request", "`with`"},
                                                              {R"({"with":["no one"]})", "bad_name", "name"},
                                                              {R"({"with":["nobody"]})", "no_user", ""},
                                                              {R"({"with":["bob","nobody"]})", "no_user", ""},
                                                              {R"({"with":["user1"]})", "forbidden", ""}}) {
    const auto answer = post("/direct", body, "ann");
    EXPECT_EQ(code(answer), expected) << body;
    EXPECT_THAT(detail(answer), HasSubstr(part)) << body;
  }
  std::string many = R"({"with":["bob")";
  for (int i = 0; i < 19; ++i) many += R"(,"user)" + std::to_string(i) + '"';
  EXPECT_EQ(code(post("/direct", many + "]}", "ann")), "bad_request");
  EXPECT_EQ(code(post("/direct", R"({"with":["bob"]})")), "unauthorized");
}

TEST_F(DirectRoutes, SetWhoMayWrite) {
  EXPECT_EQ(get("/me/settings", "bob").body, R"({"direct":"shared"})");
  EXPECT_EQ(put("/me/settings", R"({"direct":"nobody"})", "bob").body, R"({"direct":"nobody"})");
  EXPECT_EQ(get("/me/settings", "bob").body, R"({"direct":"nobody"})");
  EXPECT_EQ(code(post("/direct", R"({"with":["bob"]})", "ann")), "forbidden");
  EXPECT_EQ(code(put("/me/settings", R"({"direct":"everyone"})", "user1")), "200");
  EXPECT_EQ(code(post("/direct", R"({"with":["user1"]})", "ann")), "201");
  EXPECT_THAT(detail(put("/me/settings", R"({"direct":"friends"})", "bob")), HasSubstr("`direct`"));
  EXPECT_EQ(code(get("/me/settings")), "unauthorized");
}

TEST_F(DirectRoutes, BlockAndUnblock) {
  ASSERT_EQ(post("/direct", R"({"with":["bob"]})", "ann").status, 201u);
  const auto says = [&](const char* who, const char* to) {
    return code(post("/room/@" + std::string(to) + "/acts", R"({"kind":"notice","text":"hi"})", who));
  };
  EXPECT_EQ(says("ann", "bob"), "201");
  EXPECT_EQ(code(put("/me/blocks/ANN", {}, "bob")), "204");
  EXPECT_EQ(get("/me/blocks", "bob").body, R"({"blocks":["ann"]})");
  EXPECT_EQ(get("/me/blocks", "ann").body, R"({"blocks":[]})");
  std::string told;
  for (int tries = 0; tries < 100 && told != "blocked"; ++tries) {
    told = says("ann", "bob");
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(told, "blocked") << "within less than a second";
  EXPECT_EQ(says("bob", "ann"), "blocked") << "neither writes";
  EXPECT_EQ(code(get("/room/@bob/messages", "ann")), "200");
  EXPECT_EQ(code(post("/direct", R"({"with":["bob"]})", "ann")), "200");
  EXPECT_EQ(code(post("/direct", R"({"with":["bob","eve"]})", "ann")), "blocked");
  EXPECT_EQ(code(erase("/me/blocks/ann", "bob")), "204");
  EXPECT_EQ(code(erase("/me/blocks/ann", "bob")), "204");
  for (int tries = 0; tries < 100 && told != "201"; ++tries) {
    told = says("ann", "bob");
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(told, "201");
  EXPECT_EQ(code(put("/me/blocks/nobody", {}, "bob")), "no_user");
  EXPECT_EQ(code(put("/me/blocks/bob", {}, "bob")), "conflict");
  EXPECT_EQ(code(put("/me/blocks/no%20one", {}, "bob")), "bad_name");
}

TEST_F(DirectRoutes, KeepDrafts) {
  EXPECT_EQ(code(put("/me/drafts/Hall", R"({"text":"half a"})", "ann")), "204");
  EXPECT_THAT(get("/me/drafts", "ann").body, HasSubstr(R"({"drafts":[{"room":"hall","text":"half a","at":")"));
  EXPECT_EQ(get("/me/drafts", "bob").body, R"({"drafts":[],"more":false})");
  EXPECT_EQ(code(put("/me/drafts/@bob", R"({"text":"hi"})", "ann")), "not_found");
  ASSERT_EQ(post("/direct", R"({"with":["bob"]})", "ann").status, 201u);
  EXPECT_EQ(code(put("/me/drafts/@bob", R"({"text":"hi"})", "ann")), "204");
  EXPECT_THAT(get("/me/drafts?limit=1", "ann").body,
              testing::AllOf(HasSubstr("@ann,bob"), HasSubstr(R"("more":true)")));
  EXPECT_THAT(get("/me/drafts?after=%40bob", "ann").body, testing::Not(HasSubstr("@ann,bob")));
  EXPECT_EQ(code(erase("/me/drafts/hall", "ann")), "204");
  EXPECT_EQ(code(put("/me/drafts/@bob", R"({"text":""})", "ann")), "204");
  EXPECT_EQ(get("/me/drafts", "ann").body, R"({"drafts":[],"more":false})");
  const std::string most(core::max_draft_bytes, 'x');
  EXPECT_EQ(code(put("/me/drafts/hall", R"({"text":")" + most + R"("})", "ann")), "204");
  for (const auto& body : {R"({"text":")" + most + R"(x"})", std::string("{}"), std::string(R"({"text":"a\u0007"})")}) {
    const auto answer = put("/me/drafts/hall", body, "ann");
    EXPECT_EQ(code(answer), "bad_request");
    EXPECT_THAT(detail(answer), HasSubstr("`text`"));
  }
}

}  // namespace
}  // namespace greenroom::chat
