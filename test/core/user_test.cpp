#include "core/user.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

/// The home of a user.
namespace greenroom::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

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
  std::uint64_t number = 0;
  const auto away = [&](session_no who, const char* words) {
    (void)machine.registered(who, {{"ann"}, 1, ++number, false, {.away = words}}, at(0));
    return machine.state(at(0)).away;
  };
  (void)say(phone, 1, 0);
  EXPECT_TRUE(away(desk, "at lunch").empty()) << "the phone is with them";
  EXPECT_EQ(away(phone, "asleep"), "asleep");
  EXPECT_EQ(away(desk, "home"), "home") << "the last word";
  EXPECT_EQ(away(phone, "asleep"), "home") << "it was said before";
  EXPECT_TRUE(away(desk, "").empty());
  (void)machine.lost(desk);
  EXPECT_EQ(machine.state(at(0)).away, "asleep");
}

TEST_F(User, IsIdleSinceTheyDidAnythingAnywhere) {
  const auto idle = [&](session_no who, std::uint64_t number, std::uint32_t seconds, int ms) {
    (void)machine.registered(who, {{"ann"}, 1, number, false, {.idle_s = seconds}}, at(ms));
  };
  (void)say(phone, 1, 1, 0);
  (void)say(desk, 1, 1, 1000);
  EXPECT_EQ(machine.state(at(3000)).idle_ms, 2000u);
  idle(phone, 2, 0, 2500);
  EXPECT_EQ(machine.state(at(3000)).idle_ms, 500u);
  idle(desk, 2, 2, 3000);
  EXPECT_EQ(machine.state(at(3000)).idle_ms, 500u) << "at the other one";
  idle(phone, 3, 9, 3000);
  EXPECT_EQ(machine.state(at(3000)).idle_ms, 500u) << "what is known isn't taken back";
  EXPECT_EQ(user{}.state(at(0)), user_state{});
}

TEST_F(User, LooksAsItsSessionsSay) {
  (void)machine.registered(phone, {{"ann"}, 3, 1, false, {.irc = 2, .realname = "Ann B.", .bot = true}}, at(0));
  (void)machine.registered(desk, {{"ann"}, 1, 1}, at(0));
  auto seen = machine.state(at(0));
  EXPECT_EQ(seen.connections, 4u);
  EXPECT_EQ(seen.irc, 2u);
  EXPECT_EQ(seen.realname, "Ann B.");
  EXPECT_TRUE(seen.bot);
  (void)machine.registered(phone, {{"ann"}, 3, 2, false, {.irc = 1}}, at(0));
  seen = machine.state(at(0));
  EXPECT_EQ(seen.irc, 1u);
  EXPECT_TRUE(seen.realname.empty());
  EXPECT_FALSE(seen.bot);
}

TEST_F(User, GoesByTheIdentOfTheOldestSession) {
  const auto come = [&](session_no who, const char* ident, int since) {
    (void)machine.registered(
        who, {{"ann"}, 1, 1, false, {.irc = 1, .ident = ident, .since = wall_time{seconds{since}}}}, at(0));
  };
  come(phone, "later", 20);
  come(desk, "first", 10);
  come(third, "", 5);
  EXPECT_EQ(machine.state(at(0)).ident, "first");
  (void)machine.lost(desk);
  EXPECT_EQ(machine.state(at(0)).ident, "later");
}

TEST_F(User, TellsWhoWatchesWhenTheyLookOtherwise) {
  constexpr watcher_no bob{1}, eve{2};
  EXPECT_THAT(machine.watch(bob).seen, ElementsAre(bob));
  EXPECT_FALSE(machine.empty()) << "somebody waits for them";
  EXPECT_THAT(say(phone, 1, 1).seen, ElementsAre(bob));
  EXPECT_THAT(machine.watch(eve).seen, ElementsAre(eve));
  EXPECT_THAT(machine.registered(phone, {{"ann"}, 1, 2, false, {.irc = 1, .away = "out"}}, at(0)).seen,
              ElementsAre(bob, eve));
  EXPECT_THAT(machine.registered(phone, {{"ann"}, 1, 3, false, {.irc = 1, .away = "out"}}, at(0)).seen, IsEmpty());
  EXPECT_THAT(say(desk, 1, 1).seen, ElementsAre(bob, eve)) << "they aren't away any more";
  EXPECT_THAT(machine.lost(phone).seen, IsEmpty());
  EXPECT_THAT(say(desk, 0, 2).seen, ElementsAre(bob, eve));
  machine.unwatch(bob);
  EXPECT_FALSE(machine.empty());
  machine.unwatch(eve);
  EXPECT_TRUE(machine.empty());
}

TEST_F(User, TellsItsOwnSessionsHowManyConnectionsThereAre) {
  EXPECT_TRUE(say(phone, 1, 1).seen_by_own);
  EXPECT_FALSE(say(phone, 1, 2).seen_by_own);
  EXPECT_TRUE(say(phone, 2, 3).seen_by_own);
  EXPECT_TRUE(say(desk, 1, 1).seen_by_own);
}

TEST_F(User, HasABoundOfWatchers) {
  user small({.watchers = 1});
  EXPECT_THAT(small.watch({1}).seen, SizeIs(1));
  EXPECT_THAT(small.watch({2}).seen, IsEmpty());
  EXPECT_FALSE(small.is_watched_by({2}));
  EXPECT_THAT(small.watch({1}).seen, SizeIs(1));
}

}  // namespace
}  // namespace greenroom::core
