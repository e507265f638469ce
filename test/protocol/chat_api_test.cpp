#include "protocol/chat_api.hpp"

#include <gtest/gtest.h>

#include <string>

#include "protocol/room_words.hpp"

namespace greenroom::protocol {
namespace {

const core::wall_time noon{std::chrono::milliseconds{1'795'459'440'123}};

TEST(ChatApi, ARoomIsTheLobbyUnlessNamed) {
  const auto seed = read_room_request(R"({"username":"ada","password":"root"})", "here");
  ASSERT_TRUE(seed);
  EXPECT_EQ(seed->create.room.value, "lobby");
  EXPECT_EQ(seed->create.access, core::room_access::open);
  EXPECT_TRUE(seed->create.members.empty());
  ASSERT_TRUE(seed->login);
  EXPECT_EQ(seed->login->user.value, "ada");
  EXPECT_EQ(seed->login->password, "root");
  EXPECT_EQ(seed->login->client, "here");
}

TEST(ChatApi, WithABearerTheBodyMayBeEmpty) {
  for (const auto body : {"", "{}"}) {
    const auto request = read_room_request(body, "");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->create.room.value, "lobby");
    EXPECT_FALSE(request->login);
  }
}

TEST(ChatApi, ARoomCanBePrivateWithMembers) {
  const auto request = read_room_request(R"({"room":"Den","private":true,"members":["bob","Cy"]})", "");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->create.room.value, "Den");
  EXPECT_EQ(request->create.access, core::room_access::secret);
  EXPECT_EQ(request->create.members, (std::vector<core::user_id>{{"bob"}, {"Cy"}}));
}

TEST(ChatApi, AccessIsAWordOrPrivate) {
  const auto access = [](std::string_view body) {
    const auto request = read_room_request(body, "");
    return request ? std::string(word_of(request->create.access)) : std::string(core::to_string(request.code()));
  };
  EXPECT_EQ(access("{}"), "open");
  EXPECT_EQ(access(R"({"private":false})"), "open");
  EXPECT_EQ(access(R"({"access":"open"})"), "open");
  EXPECT_EQ(access(R"({"access":"private"})"), "private");
  EXPECT_EQ(access(R"({"access":"invited"})"), "invited");
  EXPECT_EQ(access(R"({"access":"secret"})"), "bad_request");
  EXPECT_EQ(access(R"({"access":1})"), "bad_request");
  EXPECT_EQ(access(R"({"access":"private","private":true})"), "bad_request");
}

TEST(ChatApi, ARoomRequestNamesWhatIsWrong) {
  const auto refusal = [](std::string_view body) { return read_room_request(body, "").code(); };
  EXPECT_EQ(refusal("lobby"), core::ec::bad_json);
  EXPECT_EQ(refusal(R"({"room":"#den"})"), core::ec::bad_name);
  EXPECT_EQ(refusal(R"({"room":""})"), core::ec::bad_name);
  EXPECT_EQ(refusal(R"({"room":5})"), core::ec::bad_request);
  EXPECT_EQ(refusal(R"({"private":"yes"})"), core::ec::bad_request);
  EXPECT_EQ(refusal(R"({"members":"bob"})"), core::ec::bad_request);
  EXPECT_EQ(refusal(R"({"members":["bob","no name"]})"), core::ec::bad_name);
  EXPECT_EQ(refusal(R"({"username":"ada"})"), core::ec::bad_request);
  EXPECT_EQ(refusal(R"({"password":"root"})"), core::ec::bad_request);
}

TEST(ChatApi, AtMost500MembersAreNamedAtOnce) {
  std::string members = R"("a")";
  for (int i = 1; i < 500; ++i) members += R"(,"a")";
  EXPECT_TRUE(read_room_request(R"({"members":[)" + members + "]}", ""));
  EXPECT_EQ(read_room_request(R"({"members":[)" + members + R"(,"a"]})", "").code(), core::ec::bad_request);
}

TEST(ChatApi, PagesHave50EntriesUnlessAskedFor) {
  const auto rooms = read_list_rooms("", {"ada"});
  ASSERT_TRUE(rooms);
  EXPECT_EQ(rooms->viewer.value, "ada");
  EXPECT_EQ(rooms->after.value, "");
  EXPECT_EQ(rooms->limit, 50u);
  const auto next = read_list_rooms("after=Den&limit=500&x=y", {"ada"});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->after.value, "Den");
  EXPECT_EQ(next->limit, 500u);
  const auto members = read_list_members("limit=1&after=bob", {"den"}, {"ada"});
  ASSERT_TRUE(members);
  EXPECT_EQ(members->room.value, "den");
  EXPECT_EQ(members->viewer.value, "ada");
  EXPECT_EQ(members->after.value, "bob");
  EXPECT_EQ(members->limit, 1u);
}

TEST(ChatApi, ParametersAreDecoded) {
  EXPECT_EQ(read_list_rooms("%61fter=D%65n", {})->after.value, "Den");
  EXPECT_EQ(read_upgrade_query("ticket=a%2Bb+c%2")->ticket, "a+b c%2");
  EXPECT_EQ(read_upgrade_query("ticket=%zz%")->ticket, "%zz%");
}

TEST(ChatApi, BadParametersAreRefused) {
  for (const auto query : {"limit=0", "limit=501", "limit=", "limit", "limit=-1", "limit=+1", "limit=1.5", "limit=0x10",
                           "limit=99999999999999999999", "limit=50&limit=50", "limit=1%00", "limit= 1"})
    EXPECT_EQ(read_list_rooms(query, {}).code(), core::ec::bad_request) << query;
  for (const auto query : {"after=", "after=%23den", "after=a/b"})
    EXPECT_EQ(read_list_rooms(query, {}).code(), core::ec::bad_name) << query;
  EXPECT_EQ(read_list_members("after=1", {}, {}).code(), core::ec::bad_name);
}

TEST(ChatApi, HistoryGoesBeforeOrAfter) {
  const auto last = read_history_query("", {"den"}, {"ada"});
  ASSERT_TRUE(last);
  EXPECT_EQ(last->room.value, "den");
  EXPECT_EQ(last->viewer.value, "ada");
  EXPECT_EQ(last->before, core::seq_no{});
  EXPECT_EQ(last->after, core::seq_no{});
  EXPECT_EQ(last->limit, 50u);
  EXPECT_FALSE(last->from_start);
  EXPECT_EQ(read_history_query("before=9&limit=3", {}, {})->before, core::seq_no{9});
  EXPECT_EQ(read_history_query("after=9", {}, {})->after, core::seq_no{9});
  EXPECT_FALSE(read_history_query("after=9", {}, {})->from_start);
}

TEST(ChatApi, AfterZeroIsTheFirstPage) { EXPECT_TRUE(read_history_query("after=0", {}, {})->from_start); }

TEST(ChatApi, BadPositionsInHistoryAreRefused) {
  for (const auto query : {"before=0", "before=1&after=1", "before=9007199254740992", "after=-1", "after=x",
                           "after=", "before=1&before=2", "limit=501", "after=18446744073709551617"})
    EXPECT_EQ(read_history_query(query, {}, {}).code(), core::ec::bad_request) << query;
}

TEST(ChatApi, AnInviteHasUsesAndALifeWithinBounds) {
  const auto read = [](const char* body) { return read_make_invite(body, {"den"}, {"ada"}); };
  const auto plain = read("");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->room.value, "den");
  EXPECT_EQ(plain->by.value, "ada");
  EXPECT_EQ(plain->uses, 10u);
  EXPECT_EQ(plain->life, std::chrono::days{7});
  EXPECT_FALSE(read(R"({"uses":null})")->uses) << "any number";
  EXPECT_EQ(read(R"({"uses":1})")->uses, 1u);
  EXPECT_EQ(read(R"({"uses":10000})")->uses, 10'000u);
  EXPECT_EQ(read(R"({"expires_in":3600})")->life, std::chrono::hours{1});
  EXPECT_EQ(read(R"({"expires_in":31536000})")->life, std::chrono::days{365});
  const auto why = [&](const char* body) {
    const auto refused = read(body);
    return refused ? std::string{} : std::string(core::to_string(refused.code())) + " " + refused.why().text();
  };
  for (const auto* const uses : {R"({"uses":0})", R"({"uses":10001})", R"({"uses":4294967297})"})
    EXPECT_EQ(why(uses), "bad_request `uses` must be a whole number from 1 to 10000, or null.") << uses;
  for (const auto* const uses : {R"({"uses":-1})", R"({"uses":"1"})", R"({"uses":1.5})", R"({"uses":[]})"})
    EXPECT_EQ(why(uses).substr(0, 18), "bad_request `uses`") << uses;
  for (const auto* const life : {R"({"expires_in":3599})", R"({"expires_in":31536001})", R"({"expires_in":0})"})
    EXPECT_EQ(why(life), "bad_request `expires_in` must be a whole number from 3600 to 31536000.") << life;
  EXPECT_EQ(why(R"({"expires_in":null})").substr(0, 24), "bad_request `expires_in`");
  EXPECT_EQ(read("[]").code(), core::ec::bad_json);
}

TEST(ChatApi, InvitesAreListedAfterAnId) {
  const auto first = read_list_invites("", {"den"}, {"ada"});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->room.value, "den");
  EXPECT_EQ(first->viewer.value, "ada");
  EXPECT_EQ(first->after.value, "");
  EXPECT_EQ(first->limit, 50u);
  const auto next = read_list_invites("after=0123456789abcdef01234567&limit=3", {"den"}, {"ada"});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->after.value, "0123456789abcdef01234567");
  EXPECT_EQ(next->limit, 3u);
  for (const auto* const query : {"after=x", "after=0123456789ABCDEF01234567", "after=0123456789abcdef012345678",
                                  "after=0123456789abcdef0123456%00", "limit=0", "limit=501"})
    EXPECT_EQ(read_list_invites(query, {}, {}).code(), core::ec::bad_request) << query;
}

TEST(ChatApi, AnUpgradeMayCarryATicketAndAskForHistory) {
  const auto none = read_upgrade_query("");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->ticket, "");
  EXPECT_EQ(none->history, 0u);
  const auto both = read_upgrade_query("ticket=abc&history=20");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->ticket, "abc");
  EXPECT_EQ(both->history, 20u);
  for (const auto query : {"history=501", "history=-1", "history=", "ticket=a&ticket=b"})
    EXPECT_EQ(read_upgrade_query(query).code(), core::ec::bad_request) << query;
}

TEST(ChatApi, AnswersAreWhatTheContractSays) {
  core::room_entered entered;
  entered.info.room = {"Den"};
  EXPECT_EQ(to_json(entered, "ws://localhost:8008/room/Den?ticket=x", 30),
            R"({"room":"Den","websocket":"ws://localhost:8008/room/Den?ticket=x","expires_in":30})");
  EXPECT_EQ(ticket_json("x", 30), R"({"ticket":"x","expires_in":30})");
  core::room_info den{{"Den"}, {"Ada"}, {}, {1}, {7}, noon};
  EXPECT_EQ(to_json(core::room_list{{den}, true}),
            R"({"rooms":[{"room":"Den","owner":"Ada","access":"open","private":false,"head":7,)"
            R"("created_at":"2026-11-23T18:44:00.123Z"}],"more":true})");
  den.settings = {.access = core::room_access::invited, .title = "The den", .topic = "at nine"};
  EXPECT_EQ(to_json(core::room_list{{den}, true}),
            R"({"rooms":[{"room":"Den","owner":"Ada","access":"invited","private":true,"title":"The den",)"
            R"("topic":"at nine","head":7,"created_at":"2026-11-23T18:44:00.123Z"}],"more":true})");
  EXPECT_EQ(to_json(core::room_list{{core::as_seen(den).info}, true}),
            R"({"rooms":[{"room":"Den","access":"invited","private":true,"title":"The den","topic":"at nine"}],)"
            R"("more":true})");
  EXPECT_EQ(to_json(core::room_list{}), R"({"rooms":[],"more":false})");
  EXPECT_EQ(to_json(core::history_page{
                {{{3}, {"Ada"}, "a1", "hi", noon, {}}, {{4}, {"bob"}, "", "\n", noon, {}}}, false, {9}}),
            R"({"messages":[{"seq":3,"from":"Ada","text":"hi","at":"2026-11-23T18:44:00.123Z","id":"a1"},)"
            R"({"seq":4,"from":"bob","text":"\n","at":"2026-11-23T18:44:00.123Z"}],"more":false,"as_of":9})");
}

TEST(ChatApi, InvitesAreToldOnceAndListedWithoutTheirSecret) {
  EXPECT_EQ(to_json(core::invite_made{{"0a"}, "secret"}, "https://h/#invite=secret"),
            R"({"id":"0a","invite":"secret","url":"https://h/#invite=secret"})");
  EXPECT_EQ(to_json(core::invite_list{{{{"0a"}, 3, noon, {"Ada"}}, {{"0b"}, {}, noon, {"bob"}}}, true}),
            R"({"invites":[{"id":"0a","uses_left":3,"expires_at":"2026-11-23T18:44:00.123Z","by":"Ada"},)"
            R"({"id":"0b","uses_left":null,"expires_at":"2026-11-23T18:44:00.123Z","by":"bob"}],"more":true})");
  EXPECT_EQ(to_json(core::invite_list{}), R"({"invites":[],"more":false})");
  EXPECT_EQ(invite_accepted_json({"Den"}, core::room_role::member), R"({"room":"Den","role":"member"})");
}

TEST(ChatApi, MembersAreNamesAndRoles) {
  using enum core::room_role;
  EXPECT_EQ(to_json(core::member_list{{{{"Ada"}, owner}, {{"bob"}, member}, {{"Cy"}, moderator}}, true}),
            R"({"members":["Ada","bob","Cy"],"roles":{"Ada":"owner","Cy":"moderator"},"more":true})");
  EXPECT_EQ(to_json(core::member_list{}), R"({"members":[],"roles":{},"more":false})");
}

TEST(ChatApi, ARoomIsDescribedInFull) {
  core::room_described den{{{"Den"}, {"Ada"}, {}, {0xabc}, {7}, noon}};
  EXPECT_EQ(to_json(den), R"({"room":"Den","access":"open","title":"","topic":"","post":"all","slow":0,)"
                          R"("edit_window":86400,"receipts":"auto","owner":"Ada",)"
                          R"("generation":"0000000000000abc","head":7,"members_count":0,)"
                          R"("created_at":"2026-11-23T18:44:00.123Z"})");
  den.info.settings = {
      core::room_access::secret, core::room_posting::members, 30, "T \"1\"", "at nine", R"({"n":1})", 0};
  den.role = core::room_role::moderator;
  den.members = 3;
  EXPECT_EQ(to_json(den),
            R"({"room":"Den","access":"private","title":"T \"1\"","topic":"at nine","post":"members",)"
            R"("slow":30,"edit_window":0,"receipts":"auto","data":{"n":1},"owner":"Ada","role":"moderator",)"
            R"("generation":"0000000000000abc","head":7,"members_count":3,)"
            R"("created_at":"2026-11-23T18:44:00.123Z"})");
}

TEST(ChatApi, OfAnInvitedRoomOthersSeeNoMoreThanWhatItIsCalled) {
  const core::room_info den{{"Den"}, {"Ada"}, {core::room_access::invited, {}, 30, "T", "at nine", "{}"}, {0xabc}, {7}};
  EXPECT_EQ(to_json(core::as_seen(den)), R"({"room":"Den","access":"invited","title":"T","topic":"at nine"})");
}

TEST(ChatApi, BansAndMutesArePages) {
  const auto bans = read_list_sanctions("after=bob&limit=3", {"den"}, {"ada"}, core::entry_kind::mute);
  ASSERT_TRUE(bans);
  EXPECT_EQ(bans->room.value, "den");
  EXPECT_EQ(bans->viewer.value, "ada");
  EXPECT_EQ(bans->kind, core::entry_kind::mute);
  EXPECT_EQ(bans->after.value, "bob");
  EXPECT_EQ(bans->limit, 3u);
  EXPECT_EQ(read_list_sanctions("after=%23", {}, {}, core::entry_kind::ban).code(), core::ec::bad_name);
  const core::sanction_list list{{{{{"bob"}, {"Ada"}, "spam", noon}, noon}, {{{"cy"}}, noon}}, true};
  const std::string entries =
      R"([{"user":"bob","by":"Ada","reason":"spam","until":"2026-11-23T18:44:00.123Z","at":"2026-11-23T18:44:00.123Z"},)"
      R"({"user":"cy","at":"2026-11-23T18:44:00.123Z"}],"more":true})";
  EXPECT_EQ(to_json(list, core::entry_kind::ban), R"({"bans":)" + entries);
  EXPECT_EQ(to_json(list, core::entry_kind::mute), R"({"mutes":)" + entries);
}

TEST(ChatApi, TheAuditGoesBack) {
  const auto all = read_audit_query("", {"den"}, {"ada"});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->room.value, "den");
  EXPECT_EQ(all->viewer.value, "ada");
  EXPECT_EQ(all->before, core::seq_no{});
  EXPECT_EQ(all->limit, 50u);
  const auto page = read_audit_query("before=9&limit=2", {}, {});
  EXPECT_EQ(page->before, core::seq_no{9});
  EXPECT_EQ(page->limit, 2u);
  for (const auto query : {"before=0", "before=x", "before=9007199254740992", "limit=501"})
    EXPECT_EQ(read_audit_query(query, {}, {}).code(), core::ec::bad_request) << query;
  const core::room_entry added{
      .seq = {3}, .author = {"Ada"}, .at = noon, .kind = core::entry_kind::add, .subject = {"bob"}};
  EXPECT_EQ(to_json(core::audit_page{{added}, true}),
            R"({"entries":[{"seq":3,"from":"Ada","text":"added bob","at":"2026-11-23T18:44:00.123Z","kind":"add",)"
            R"("user":"bob"}],"more":true})");
}

}  // namespace
}  // namespace greenroom::protocol
