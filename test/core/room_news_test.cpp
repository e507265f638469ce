#include <gtest/gtest.h>

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
    more.until = what == ban ? wall_time{milliseconds{60'000}} : wall_time{};
    auto out = subject.perform(
        asker, {{"lobby"}, {by}, {.text = "why", .kind = what, .act = std::make_shared<const act>(more)}}, at(0));
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
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].kind, news_kind::added);
  EXPECT_TRUE(perform("ann", role, "mod", room_role::member).empty()) << "they were in it before";
}

TEST_F(RoomNews, IsNoneForMembersWhoGetARole) {
  subject = make(room_access::secret);
  EXPECT_TRUE(perform("ann", role, "eve", room_role::moderator).empty());
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

TEST_F(RoomNews, IsNoneOfOtherActs) {
  EXPECT_TRUE(perform("mod", mute, "bob").empty());
  EXPECT_TRUE(perform("mod", unmute, "bob").empty());
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
  EXPECT_EQ(told[0].user, user_id{"ann"});
  EXPECT_EQ(told[1].user, user_id{"bob"});
  told = direct.appended({kind::stored, {}, ec::internal}, at(0)).news;
  ASSERT_EQ(told.size(), 2u) << "once for a batch";
  EXPECT_EQ(told[1].kind, news_kind::head);
  EXPECT_EQ(told[1].room.value, "@ann,bob");
  EXPECT_EQ(told[1].seq, seq_no{3});
}

TEST_F(RoomNews, OfOtherRoomsIsNothingWhereSomebodyWrites) {
  (void)subject.post({{"bob"}, {1}, {{1, {}, "one"}}}, at(0));
  EXPECT_TRUE(subject.appended({kind::stored, {}, ec::internal}, at(0)).news.empty());
}

}  // namespace
}  // namespace greenroom::core
