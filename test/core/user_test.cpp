#include "core/user.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

/// The home of a user.
namespace greenroom::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

mono_time at(int ms) { return mono_time{seconds{1000} + milliseconds{ms}}; }
constexpr session_no phone{1}, desk{2}, third{3};

user_news added(const char* room) { return {.user = {"ann"}, .kind = news_kind::added, .room = {room}}; }
user_news head(const char* room, std::uint64_t seq) {
  return {.user = {"ann"}, .kind = news_kind::head, .room = {room}, .seq = {seq}};
}
std::vector<std::string> told(const user_effects& out) {
  std::vector<std::string> words;
  for (const auto& one : out.tell)
    words.push_back(one.room.value + (one.seq ? " " + std::to_string(one.seq.value) : ""));
  return words;
}

struct User : testing::Test {
  user machine;

  user_effects say(session_no who, std::uint32_t connections, std::uint64_t number, int ms = 0) {
    return machine.registered(who, {{"ann"}, connections, number}, at(ms));
  }
};

TEST_F(User, KnowsTheSessionsThatRegister) {
  EXPECT_TRUE(machine.empty());
  const auto first = say(phone, 1, 1);
  ASSERT_THAT(first.answer, SizeIs(1));
  EXPECT_EQ(first.answer[0].first, phone);
  EXPECT_EQ(first.answer[0].second.number, 1u);
  (void)say(desk, 3, 1);
  EXPECT_EQ(machine.state(at(0)).sessions, 2u);
  EXPECT_EQ(machine.state(at(0)).connections, 4u);
  (void)say(desk, 1, 2);
  EXPECT_EQ(machine.state(at(0)).connections, 2u);
}

TEST_F(User, ForgetsThoseThatLeaveOrAreLost) {
  (void)say(phone, 1, 1);
  (void)say(desk, 1, 1);
  EXPECT_THAT(say(phone, 0, 2).answer, IsEmpty());
  EXPECT_FALSE(machine.knows(phone));
  EXPECT_FALSE(machine.empty());
  (void)machine.lost(desk);
  EXPECT_TRUE(machine.empty());
  (void)machine.lost(desk);
  EXPECT_FALSE(machine.state(at(0)).online);
}

TEST_F(User, GoesByTheLatestWordOfASession) {
  (void)say(phone, 2, 5);
  EXPECT_THAT(say(phone, 0, 4).answer, IsEmpty()) << "it turned down an earlier answer";
  EXPECT_EQ(machine.state(at(0)).connections, 2u);
  (void)say(phone, 0, 5);
  EXPECT_TRUE(machine.empty());
}

TEST_F(User, HasABoundOfSessions) {
  user small({.sessions = 2});
  for (const auto who : {phone, desk}) EXPECT_THAT(small.registered(who, {{"ann"}, 1, 1}, at(0)).answer, SizeIs(1));
  EXPECT_THAT(small.registered(third, {{"ann"}, 1, 1}, at(0)).answer, IsEmpty());
  EXPECT_FALSE(small.knows(third));
  EXPECT_THAT(small.registered(phone, {{"ann"}, 2, 2}, at(0)).answer, SizeIs(1));
  (void)small.lost(desk);
  EXPECT_THAT(small.registered(third, {{"ann"}, 1, 2}, at(0)).answer, SizeIs(1));
}

TEST_F(User, PassesNewsOnAtOnceWhereSomebodyIsThere) {
  EXPECT_THAT(machine.news(added("den"), at(0)).tell, IsEmpty());
  (void)say(phone, 1, 1);
  EXPECT_THAT(told(machine.news(added("den"), at(0))), ElementsAre("den"));
  EXPECT_THAT(told(machine.news(added("den"), at(0))), ElementsAre("den")) << "only heads are held back";
  EXPECT_FALSE(machine.due());
}

TEST_F(User, TellsOneHeadOfARoomInAQuarterOfASecond) {
  (void)say(phone, 1, 1);
  EXPECT_THAT(told(machine.news(head("den", 5), at(0))), ElementsAre("den 5"));
  EXPECT_THAT(told(machine.news(head("den", 7), at(10))), IsEmpty());
  EXPECT_THAT(told(machine.news(head("den", 6), at(20))), IsEmpty());
  EXPECT_THAT(told(machine.news(head("park", 1), at(20))), ElementsAre("park 1"));
  EXPECT_EQ(machine.due(), at(250));
  EXPECT_THAT(told(machine.tick(at(249))), IsEmpty());
  EXPECT_THAT(told(machine.tick(at(250))), ElementsAre("den 7")) << "the highest one";
  EXPECT_THAT(told(machine.news(head("den", 8), at(300))), IsEmpty());
  EXPECT_THAT(told(machine.tick(at(500))), ElementsAre("den 8"));
  EXPECT_THAT(told(machine.tick(at(750))), IsEmpty());
  EXPECT_FALSE(machine.due()) << "nothing was told lately";
  EXPECT_THAT(told(machine.news(head("den", 9), at(751))), ElementsAre("den 9"));
}

TEST_F(User, HoldsBackABoundedNumberOfHeads) {
  user small({.held = 2});
  (void)small.registered(phone, {{"ann"}, 1, 1}, at(0));
  for (const auto* room : {"den", "park"}) EXPECT_THAT(small.news(head(room, 1), at(0)).tell, SizeIs(1));
  EXPECT_THAT(small.news(head("quay", 1), at(1)).tell, IsEmpty());
  (void)small.tick(at(250));
  EXPECT_THAT(small.news(head("quay", 2), at(251)).tell, SizeIs(1));
}

TEST_F(User, ForgetsHeldHeadsWithTheLastSession) {
  (void)say(phone, 1, 1);
  (void)machine.news(head("den", 1), at(0));
  (void)machine.news(head("den", 2), at(1));
  (void)say(phone, 0, 2);
  EXPECT_FALSE(machine.due());
  EXPECT_THAT(machine.tick(at(300)).tell, IsEmpty());
}

TEST_F(User, IsAwayWhereEverySessionSaysSo) {
  (void)say(phone, 1, 1);
  (void)say(desk, 1, 1);
  machine.away(desk, "at lunch");
  EXPECT_TRUE(machine.state(at(0)).away.empty()) << "the phone is with them";
  machine.away(phone, "asleep");
  EXPECT_EQ(machine.state(at(0)).away, "asleep");
  machine.away(desk, "home");
  EXPECT_EQ(machine.state(at(0)).away, "home") << "the last word";
  machine.away(desk, {});
  EXPECT_TRUE(machine.state(at(0)).away.empty());
  (void)machine.lost(desk);
  EXPECT_EQ(machine.state(at(0)).away, "asleep");
  machine.away(third, "nobody");
  EXPECT_EQ(machine.state(at(0)).sessions, 1u);
}

TEST_F(User, IsIdleSinceTheyDidAnythingAnywhere) {
  (void)say(phone, 1, 1, 0);
  (void)say(desk, 1, 1, 1000);
  EXPECT_EQ(machine.state(at(3000)).idle_for, milliseconds{2000});
  machine.active(phone, at(2500));
  EXPECT_EQ(machine.state(at(3000)).idle_for, milliseconds{500});
  (void)say(phone, 1, 2, 2900);
  EXPECT_EQ(machine.state(at(3000)).idle_for, milliseconds{500}) << "no new connection";
  EXPECT_EQ(user{}.state(at(0)), user_state{});
}

TEST_F(User, TellsWhoMonitorsWhetherTheyAreOnline) {
  constexpr watcher_no bob{1}, eve{2};
  EXPECT_THAT(machine.monitor(bob).seen, ElementsAre(Pair(bob, false)));
  EXPECT_FALSE(machine.empty()) << "somebody waits for them";
  EXPECT_THAT(say(phone, 1, 1).seen, ElementsAre(Pair(bob, true)));
  EXPECT_THAT(say(desk, 1, 1).seen, IsEmpty());
  EXPECT_THAT(machine.monitor(eve).seen, ElementsAre(Pair(eve, true)));
  EXPECT_THAT(machine.lost(phone).seen, IsEmpty());
  EXPECT_THAT(say(desk, 0, 2).seen, UnorderedElementsAre(Pair(bob, false), Pair(eve, false)));
  machine.unmonitor(bob);
  EXPECT_FALSE(machine.empty());
  machine.unmonitor(eve);
  EXPECT_TRUE(machine.empty());
}

TEST_F(User, HasABoundOfWatchers) {
  user small({.watchers = 1});
  EXPECT_THAT(small.monitor({1}).seen, SizeIs(1));
  EXPECT_THAT(small.monitor({2}).seen, IsEmpty());
  EXPECT_THAT(small.monitor({1}).seen, SizeIs(1));
}

}  // namespace
}  // namespace greenroom::core
