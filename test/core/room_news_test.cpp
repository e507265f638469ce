#include <gtest/gtest.h>

#include <algorithm>

#include "core/room.hpp"

/// The news that a room has for one user: acts that make them a member, or take them out.
namespace greenroom::core {
namespace {

using kind = append_result::kind;
using enum entry_kind;

constexpr asker_id asker{5};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

struct RoomNews : ::testing::Test {
  room subject = make(room_access::open);
  bool as_admin = false;  ///< of the next acts

  static void expect_notice(const user_news& news, const char* user, entry_kind what, const char* by) {
    EXPECT_EQ(news.kind, news_kind::notice);
    EXPECT_EQ(news.user, user_id{user});
    EXPECT_EQ(news.what, what);
    EXPECT_EQ(news.by, user_id{by});
    EXPECT_EQ(news.room.value, "Lobby");
  }
  static room make(room_access access) {
    room_opened out{{"Lobby"}, {1}, {7}, {99}, {}, {}};
    out.owner = {"ann"};
    out.moderators = {{"mod"}};
    out.settings.access = access;
    out.members = {{"ann"}, {"mod"}};
    if (access != room_access::open) out.members.push_back({"eve"});
    return {std::move(out), {}};
  }
  room_effects begin(const char* by, entry_kind what, const char* whom, room_role role = {}) {
    act more;
    more.subject = {whom};
    more.role = role;
    more.until = what == ban || what == mute ? wall_time{milliseconds{60'000}} : wall_time{};
    auto out = subject.perform(
        asker, {{"lobby"}, {by}, {.text = "why", .kind = what, .act = std::make_shared<const act>(more)}, as_admin},
        at(0));
    for (const auto& name : out.find_users) out = subject.user_found(name, name, at(0));
    return out;
  }
  std::vector<user_news> perform(const char* by, entry_kind what, const char* whom, room_role role = {}) {
    EXPECT_TRUE(begin(by, what, whom, role).news.empty()) << "it isn't durable";
    return subject.appended({kind::stored, {}, ec::internal}, at(0)).news;
  }
};

TEST_F(RoomNews, IsForThemWhoAreAdded) {
  const auto news = perform("mod", add, "bob");
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].user, user_id{"bob"});
  EXPECT_EQ(news[0].kind, news_kind::added);
  EXPECT_EQ(news[0].room.value, "Lobby");
  EXPECT_EQ(news[0].by, user_id{"mod"});
}

TEST_F(RoomNews, IsForThemWhomARoleMakesMembers) {
  const auto news = perform("ann", role, "bob", room_role::moderator);
  ASSERT_EQ(news.size(), 2u);
  EXPECT_EQ(news[0].kind, news_kind::added);
  expect_notice(news[1], "bob", role, "ann");
  ASSERT_EQ(perform("ann", role, "mod", room_role::member).size(), 1u);
  EXPECT_EQ(perform("ann", role, "mod", room_role::moderator).at(0).kind, news_kind::notice)
      << "they were in it before";
}

TEST_F(RoomNews, IsNotThatAPlainMemberOfAnOpenRoomIsAMember) {
  (void)begin("ann", role, "bob", room_role::moderator);
  const auto news = subject.appended({kind::stored, {}, ec::internal, true}, at(0)).news;
  ASSERT_EQ(news.size(), 1u) << "whom the room doesn't know, but the database";
  expect_notice(news[0], "bob", role, "ann");
}

TEST_F(RoomNews, NamesTheRoleOfAMemberWhoIsNotKnownAsOne) {
  EXPECT_EQ(perform("ann", role, "mod", room_role::member).at(0).role, room_role::member);
}

TEST_F(RoomNews, IsForThemWhoGetARoleAndForTheOwnerBefore) {
  subject = make(room_access::secret);
  const auto risen = perform("ann", role, "eve", room_role::moderator);
  ASSERT_EQ(risen.size(), 1u);
  expect_notice(risen[0], "eve", role, "ann");
  EXPECT_EQ(risen[0].role, room_role::moderator);
  EXPECT_EQ(perform("ann", role, "eve", room_role::member).at(0).role, room_role::member);
  const auto owner = perform("ann", role, "eve", room_role::owner);
  ASSERT_EQ(owner.size(), 1u) << "ann knows what she did";
  EXPECT_EQ(owner[0].role, room_role::owner);
  as_admin = true;
  const auto named = perform("root", role, "mod", room_role::owner);
  ASSERT_EQ(named.size(), 2u);
  expect_notice(named[0], "mod", role, "root");
  expect_notice(named[1], "eve", role, "root");
  EXPECT_EQ(named[1].role, room_role::moderator) << "no owner any more";
  as_admin = false;
}

TEST_F(RoomNews, SaysWhoTookThemOutAndWhy) {
  subject = make(room_access::secret);
  const auto news = perform("mod", remove, "eve");
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].kind, news_kind::removed);
  EXPECT_EQ(news[0].reason, ec::removed);
  EXPECT_EQ(news[0].by, user_id{"mod"});
  EXPECT_EQ(news[0].text, "why");
  EXPECT_EQ(news[0].until, wall_time{});
  EXPECT_EQ(perform("mod", remove, "mod").at(0).reason, ec::left) << "by themselves";
}

TEST_F(RoomNews, SaysUntilWhenTheyAreBanned) {
  const auto news = perform("mod", ban, "bob");
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].reason, ec::banned);
  EXPECT_EQ(news[0].until, wall_time{milliseconds{60'000}});
}

TEST_F(RoomNews, IsForThemWhoMayWriteNoMoreOrMayAgain) {
  const auto muted = perform("mod", mute, "bob");
  ASSERT_EQ(muted.size(), 1u);
  expect_notice(muted[0], "bob", mute, "mod");
  EXPECT_EQ(muted[0].text, "why");
  EXPECT_EQ(muted[0].until, wall_time{milliseconds{60'000}});
  EXPECT_EQ(perform("mod", ban, "bob").at(0).kind, news_kind::removed);
  const auto unmuted = perform("mod", unmute, "bob");
  ASSERT_EQ(unmuted.size(), 1u);
  expect_notice(unmuted[0], "bob", unmute, "mod");
  EXPECT_EQ(unmuted[0].until, wall_time{});
  const auto unbanned = perform("mod", unban, "bob");
  ASSERT_EQ(unbanned.size(), 1u);
  expect_notice(unbanned[0], "bob", unban, "mod");
}

TEST_F(RoomNews, IsNoneOfActsThatAreAboutNobody) {
  (void)subject.post({{"ann"}, {1}, {{1, {}, "one"}}}, at(0));
  (void)subject.appended({kind::stored, {}, ec::internal}, at(0));
  act pinned;
  pinned.target = {1};
  (void)subject.perform(asker, {{"lobby"}, {"mod"}, {.kind = pin, .act = std::make_shared<const act>(pinned)}}, at(0));
  EXPECT_TRUE(subject.appended({kind::stored, {}, ec::internal}, at(0)).news.empty());
}

TEST_F(RoomNews, ComesWithAnActWhoseOutcomeWasUnknown) {
  const auto begun = begin("mod", add, "bob");
  ASSERT_EQ(begun.append.size(), 1u);
  EXPECT_TRUE(subject.appended({kind::unknown, {}, ec::internal}, at(0)).news.empty());
  room_opened again{{"Lobby"}, {1}, {8}, {99}, {1}, {begun.append.front()}};
  again.owner = {"ann"};
  again.moderators = {{"mod"}};
  EXPECT_EQ(subject.reopened(std::move(again), at(1)).news.size(), 1u);
}

TEST_F(RoomNews, OfADirectRoomIsThatThereIsMoreForBoth) {
  room_opened opened{{"@ann,bob"}, {1}, {7}, {99}, {}, {}};
  opened.owner = {"system"};
  opened.settings.access = room_access::secret;
  opened.members = {{"Ann"}, {"Bob"}};
  room direct{std::move(opened), {}};
  (void)direct.post({{"Ann"}, {1}, {{1, {}, "one"}}}, at(0));
  (void)direct.post({{"Ann"}, {1}, {{2, {}, "two"}}}, at(0));
  (void)direct.post({{"Bob"}, {2}, {{1, {}, "three"}}}, at(0));
  auto told = direct.appended({kind::stored, {}, ec::internal}, at(0)).news;
  ASSERT_EQ(told.size(), 2u);
  const auto is_for = [](const char* whom) { return [=](const user_news& one) { return one.user == user_id{whom}; }; };
  EXPECT_EQ(std::count_if(told.begin(), told.end(), is_for("ann")), 1);
  EXPECT_EQ(std::count_if(told.begin(), told.end(), is_for("bob")), 1);
  told = direct.appended({kind::stored, {}, ec::internal}, at(0)).news;
  ASSERT_EQ(told.size(), 2u) << "once for a batch";
  EXPECT_EQ(told[1].kind, news_kind::head);
  EXPECT_EQ(told[1].room.value, "@ann,bob");
  EXPECT_EQ(told[1].seq, seq_no{3});
}

TEST_F(RoomNews, OfAGroupIsThatThereIsMoreForAllWhoAreInItByThen) {
  const auto opened = [] {
    room_opened out{{"@@0123456789abcdef"}, {1}, {7}, {99}, {}, {}};
    out.owner = {"system"};
    out.settings.access = room_access::secret;
    out.members = {{"Ann"}, {"Bob"}, {"Eve"}};
    return out;
  };
  const auto names = [](const room_effects& out) {
    std::vector<std::string> heard;
    for (const auto& one : out.news)
      if (one.kind == news_kind::head) heard.push_back(one.user.value);
    std::sort(heard.begin(), heard.end());
    return heard;
  };
  using texts = std::vector<std::string>;
  subject = room{opened(), {}};
  (void)subject.post({{"Ann"}, {1}, {{1, {}, "one"}}}, at(0));
  const auto told = subject.appended({kind::stored, {}, ec::internal}, at(0));
  EXPECT_EQ(names(told), (texts{"Ann", "Bob", "Eve"}));
  EXPECT_EQ(told.news.at(0).seq, seq_no{1});
  EXPECT_EQ(told.news.at(0).room.value, "@@0123456789abcdef");
  (void)begin("Bob", add, "Kim");
  EXPECT_EQ(names(subject.appended({kind::stored, {}, ec::internal}, at(0))), (texts{"Ann", "Bob", "Eve", "Kim"}));
  (void)begin("Eve", remove, "Eve");
  EXPECT_EQ(names(subject.appended({kind::stored, {}, ec::internal}, at(0))), (texts{"Ann", "Bob", "Kim"}));

  (void)subject.post({{"Ann"}, {1}, {{2, {}, "two"}}}, at(0));
  EXPECT_TRUE(subject.appended({kind::unknown, {}, ec::internal}, at(0)).news.empty());
  auto again = opened();
  again.epoch = {8};
  again.head = {4};
  for (std::uint64_t seq = 1; seq <= 4; ++seq) again.tail.push_back({.seq = {seq}, .author = {"Ann"}, .text = "text"});
  EXPECT_EQ(names(subject.reopened(std::move(again), at(1))), (texts{"Ann", "Bob", "Eve"})) << "it was stored";
}

TEST_F(RoomNews, OfOtherRoomsIsNothingWhereSomebodyWrites) {
  (void)subject.post({{"bob"}, {1}, {{1, {}, "one"}}}, at(0));
  EXPECT_TRUE(subject.appended({kind::stored, {}, ec::internal}, at(0)).news.empty());
}

}  // namespace
}  // namespace greenroom::core
