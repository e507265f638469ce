#include "core/presence.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

mono_time at(std::chrono::milliseconds t) { return mono_time{} + t; }

TEST(Presence, HoldsWhatChangedBackForItsInterval) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  EXPECT_FALSE(who.take(at(249ms)));
  const auto change = who.take(at(250ms));
  ASSERT_TRUE(change);
  ASSERT_EQ(change->joined.size(), 1u);
  EXPECT_EQ(change->count, 1u);
  EXPECT_FALSE(who.due());
}

TEST(Presence, DoesNotShowSomebodyWhoReconnects) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  ASSERT_TRUE(who.take(at(300ms)));
  who.leave({"ann"}, at(400ms));
  who.join({"Ann"}, at(500ms));
  EXPECT_FALSE(who.take(at(700ms)));
}

TEST(Presence, CountsAUserOnceWithManyConnections) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  who.join({"ann"}, at(0ms));
  EXPECT_EQ(who.count(), 1u);
  who.leave({"ann"}, at(1ms));
  EXPECT_EQ(who.count(), 1u);
  who.leave({"ann"}, at(2ms));
  EXPECT_EQ(who.count(), 0u);
}

TEST(Presence, SendsOnlyCountsAboveItsLimit) {
  presence who({250ms, 2, 2});
  for (const auto* name : {"a", "b", "c"}) who.join({name}, at(0ms));
  const auto change = who.take(at(250ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->joined.empty());
  EXPECT_EQ(change->count, 3u);
  EXPECT_EQ(who.members().count, 3u);
  EXPECT_EQ(who.members().first.size(), 2u);
}

TEST(Presence, NamesWhoCameBackAtOnceWhereSomebodyWasGivenAListInBetween) {
  presence who({250ms, 500, 100});
  who.join({"bob"}, at(0ms));
  ASSERT_TRUE(who.take(at(250ms)));
  who.leave({"bob"}, at(300ms));
  EXPECT_EQ(who.members().count, 0u);
  who.join({"bob"}, at(400ms));
  const auto change = who.take(at(550ms));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->joined, std::vector<user_id>{{"bob"}});
  EXPECT_TRUE(change->left.empty());
  EXPECT_FALSE(change->whole);
}

TEST(Presence, NamesWhoWentAtOnceWhereSomebodyWasGivenAListInBetween) {
  presence who({250ms, 500, 100});
  who.join({"bob"}, at(0ms));
  EXPECT_EQ(who.members().count, 1u);
  who.leave({"bob"}, at(100ms));
  const auto change = who.take(at(250ms));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->left, std::vector<user_id>{{"bob"}});
  EXPECT_EQ(change->count, 0u);
}

TEST(Presence, KeepsQuietForTwoSecondsAfterAMoveAndThenTellsTheWhole) {
  presence who({250ms, 500, 100});
  who.doubt(at(0ms));
  who.join({"bob"}, at(100ms));
  who.join({"ann"}, at(1900ms));
  EXPECT_FALSE(who.take(at(1999ms)));
  const auto change = who.take(at(2000ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->whole);
  EXPECT_EQ(change->joined.size(), 2u);
  EXPECT_TRUE(change->left.empty());
}

TEST(Presence, TellsTheWholeAfterAMoveAlsoWhereNobodyCameBack) {
  presence who({250ms, 500, 100});
  who.doubt(at(0ms));
  const auto change = who.take(at(2000ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->whole);
  EXPECT_TRUE(change->joined.empty());
  EXPECT_FALSE(who.due());
}

TEST(Presence, TellsTheWholeOnceFewEnoughAreHereToNameThemAgain) {
  presence who({250ms, 2, 2});
  for (const auto* name : {"a", "b", "c"}) who.join({name}, at(0ms));
  EXPECT_FALSE(who.take(at(250ms))->whole);
  who.leave({"c"}, at(300ms));
  const auto change = who.take(at(550ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->whole);
  EXPECT_EQ(change->joined.size(), 2u);
}

TEST(Presence, TellsTheWholeOnceAListThatBeganAsAPartCanBeWhole) {
  presence who({250ms, 500, 1});
  for (const auto* name : {"a", "b"}) who.join({name}, at(0ms));
  EXPECT_EQ(who.members().first.size(), 1u);
  EXPECT_FALSE(who.take(at(250ms))->whole);
  who.leave({"b"}, at(300ms));
  const auto change = who.take(at(550ms));
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->whole);
  EXPECT_EQ(change->joined, std::vector<user_id>{{"a"}});
}

TEST(Presence, DoesNotShowWhoComesBackByAnotherNodeAsGone) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  (void)who.members();
  ASSERT_TRUE(who.take(at(300ms)));
  who.hush(at(400ms));
  who.leave({"ann"}, at(400ms));
  who.join({"ann"}, at(1500ms));
  EXPECT_FALSE(who.take(at(2400ms)));
  who.leave({"ann"}, at(2500ms));
  EXPECT_EQ(who.take(at(2750ms))->left.size(), 1u);
}

TEST(Presence, IgnoresWhoWasNeverHere) {
  presence who({250ms, 500, 100});
  who.leave({"ann"}, at(0ms));
  EXPECT_FALSE(who.due());
}

TEST(Presence, SaysHowPeopleWent) {
  presence who({250ms, 500, 100});
  for (const auto* name : {"ann", "bob", "carl"}) who.join({name}, at(0ms));
  ASSERT_TRUE(who.take(at(250ms)));
  who.leave({"carl"}, at(300ms), {departure::quit, "bye", {}});
  who.leave({"ann"}, at(310ms));
  who.join({"dora"}, at(320ms));
  const auto change = who.take(at(600ms));
  ASSERT_TRUE(change);
  ASSERT_EQ(change->left, (std::vector<user_id>{{"ann"}, {"carl"}}));
  EXPECT_EQ(change->farewells, (std::vector<farewell>{{}, {departure::quit, "bye", {}}}));
}

TEST(Presence, IsToldAtOnceWhereThatIsWantedAndPeopleAreFew) {
  presence who({250ms, 500, 100, 2000ms, 2});
  who.join({"ann"}, at(0ms));
  EXPECT_FALSE(who.take(at(10ms)));
  who.join({"bob"}, at(10ms), true);
  EXPECT_EQ(who.take(at(10ms))->joined.size(), 2u) << "with what was held back";
  who.join({"carl"}, at(20ms), true);
  EXPECT_FALSE(who.take(at(20ms))) << "three are too many";
  who.leave({"carl"}, at(30ms), {}, true);
  who.leave({"bob"}, at(30ms), {departure::quit, "bye", {}}, true);
  EXPECT_EQ(who.take(at(30ms))->left, std::vector<user_id>{{"bob"}});
  who.hush(at(40ms));
  who.join({"dora"}, at(50ms), true);
  EXPECT_FALSE(who.take(at(60ms))) << "not in a quiet time";
}

TEST(Presence, AnnouncesWhoCameAndIsntTold) {
  presence who({250ms, 2, 2});
  EXPECT_FALSE(who.holds_back());
  who.join({"ann"}, at(0ms));
  EXPECT_TRUE(who.holds_back());
  EXPECT_FALSE(who.announce({"bob"}));
  const auto arrival = who.announce({"ANN"});
  ASSERT_TRUE(arrival);
  EXPECT_EQ(arrival->joined, std::vector<user_id>{{"ann"}});
  EXPECT_EQ(arrival->count, 1u);
  EXPECT_FALSE(who.announce({"ann"}));
  EXPECT_FALSE(who.take(at(250ms))) << "it was told";
  who.leave({"ann"}, at(300ms));
  EXPECT_FALSE(who.announce({"ann"})) << "who went didn't come";
  EXPECT_EQ(who.take(at(600ms))->left.size(), 1u);
  for (const auto* name : {"a", "b", "c"}) who.join({name}, at(700ms));
  EXPECT_FALSE(who.announce({"a"})) << "of so many only the number is told";
}

TEST(Presence, CountsWhoCameBackAfterANumberWasToldWithoutThem) {
  presence who({250ms, 500, 100});
  who.join({"ann"}, at(0ms));
  ASSERT_TRUE(who.take(at(250ms)));
  who.leave({"ann"}, at(300ms));
  who.join({"bob"}, at(310ms));
  ASSERT_EQ(who.announce({"bob"})->count, 1u);
  who.join({"ann"}, at(320ms));
  const auto change = who.take(at(550ms));
  ASSERT_TRUE(change);
  EXPECT_EQ(change->count, 2u);
}

/// What one listener knows, folded as protocol.md says.
struct listening {
  std::set<std::string> names;
  std::uint32_t count = 0;

  explicit listening(const room_members& list) : count(list.count) {
    for (const auto& one : list.first) names.insert(one.value);
  }
  void hear(const presence_changed& change) {
    if (change.whole) names.clear();
    for (const auto& one : change.left) names.erase(one.value);
    for (const auto& one : change.joined) names.insert(one.value);
    count = change.count;
  }
};

// Whoever comes, goes, is announced, or asks for a list within one interval: in the end all know what is so.
TEST(Presence, IsKnownToEveryListenerInTheEnd) {
  const std::array<user_id, 4> users{{{"ann"}, {"bob"}, {"carl"}, {"dora"}}};
  for (unsigned seed = 1; seed <= 5'000; ++seed) {
    std::mt19937 random(seed);
    presence who({250ms, 3, 3, 2000ms, 2});
    std::vector<listening> all;
    const auto tell = [&](const std::optional<presence_changed>& change) {
      if (!change) return;
      for (auto& one : all) one.hear(*change);
    };
    auto now = 0ms;
    for (int step = 0; step < 30; ++step, now += std::chrono::milliseconds{random() % 60}) {
      const auto& user = users[random() % users.size()];
      const bool at_once = random() % 4 == 0;
      const auto what = random() % 16;
      if (what < 5) who.join(user, at(now), at_once);
      if (what >= 5 && what < 10) who.leave(user, at(now), {}, at_once);
      if (what >= 10 && what < 13) tell(who.announce(user));
      if (what == 13) all.emplace_back(who.members());
      if (what == 14) who.hush(at(now));
      if (what == 15) who.doubt(at(now));
      tell(who.take(at(now)));
    }
    tell(who.take(at(now + 2s)));
    std::set<std::string> here;
    for (const auto& one : users)
      if (who.has(one)) here.insert(one.value);
    for (const auto& one : all) {
      ASSERT_EQ(one.count, here.size()) << "seed " << seed;
      if (here.size() > 3) continue;
      ASSERT_EQ(one.names, here) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace greenroom::core
