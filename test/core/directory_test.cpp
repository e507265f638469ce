#include "core/directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

constexpr mono_time start{100s};
constexpr incarnation_id life{77};

node_record node(const std::string& name, std::uint64_t incarnation = 1, std::uint64_t seen = 0) {
  return {{name}, {incarnation}, {{"chat", "127.0.0.1", 8008}}, "1", {}, "db", false, {seen}, {}};
}
node_record stored(const std::string& name, std::uint64_t version) {
  auto out = node(name);
  out.stored = {version};
  return out;
}

std::string names(const cluster_view& view) {
  std::string out;
  for (const auto& in : view.nodes) out += in.name.value;
  return out;
}

directory_effects must_enter(directory& into, node_record who, mono_time now) {
  auto entered = into.enter(std::move(who), now);
  EXPECT_TRUE(entered);
  return entered ? *entered : directory_effects{};
}

/// Time passes as the shell lets it: in small steps.
std::vector<directory_effects> pass(directory& in, mono_time& now, milliseconds time,
                                    std::vector<std::string> beating = {}) {
  std::vector<directory_effects> done;
  for (const mono_time end = now + time; now < end;) {
    now += 100ms;
    for (const auto& name : beating) EXPECT_FALSE(in.beat({{name}, {1}, {}, false}, now).publish);
    auto effects = in.sweep(now);
    if (effects.publish || !effects.lost.empty()) done.push_back(std::move(effects));
  }
  return done;
}

TEST(Directory, PublishesAtOnceWhereNobodyBringsAView) {
  directory fresh({}, life, start);
  EXPECT_EQ(fresh.view().version.value, 0u);
  const auto first = must_enter(fresh, node("a"), start);
  ASSERT_TRUE(first.publish);
  EXPECT_EQ(names(*first.publish), "a");
  EXPECT_EQ(first.publish->directory, life);
  const auto second = must_enter(fresh, node("b"), start + 1ms);
  ASSERT_TRUE(second.publish);
  EXPECT_EQ(names(*second.publish), "ab");
  EXPECT_GT(second.publish->version, first.publish->version);
}

TEST(Directory, PublishesNothingForABeatTimeoutWhereANodeBringsAView) {
  directory restarted({}, life, start);
  mono_time now = start;
  EXPECT_FALSE(must_enter(restarted, node("a", 1, 5000), now).publish);
  EXPECT_EQ(restarted.view().version.value, 0u);
  EXPECT_TRUE(pass(restarted, now, 1s, {"a"}).empty());
  EXPECT_FALSE(must_enter(restarted, node("b", 1, 7000), now).publish);
  const auto done = pass(restarted, now, 2s, {"a", "b"});
  ASSERT_EQ(done.size(), 1u);
  ASSERT_TRUE(done[0].publish);
  EXPECT_EQ(names(*done[0].publish), "ab");
  EXPECT_EQ(done[0].publish->version.value, 7001u);
}

TEST(Directory, ForgetsWhatItPublishedOfItselfWhereOthersHaveAPast) {
  directory restarted({}, life, start);
  mono_time now = start;
  const auto alone = must_enter(restarted, node("d"), now);
  ASSERT_TRUE(alone.publish);
  EXPECT_FALSE(must_enter(restarted, node("a", 1, 7), now + 100ms).publish);
  EXPECT_EQ(restarted.view().version.value, 0u);
  EXPECT_EQ(names(restarted.view()), "");
  EXPECT_FALSE(must_enter(restarted, node("b", 1, 7), now + 1s).publish);
  EXPECT_EQ(restarted.view().version.value, 0u);
  const auto done = pass(restarted, now, 3s, {"a", "b", "d"});
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(names(*done[0].publish), "abd");
  EXPECT_GT(done[0].publish->version, alone.publish->version);
}

TEST(Directory, WaitsAlsoWhereTheViewBroughtIsOlderThanItsOwn) {
  directory restarted({}, life, start);
  must_enter(restarted, stored("b", 1000), start);
  EXPECT_FALSE(must_enter(restarted, node("a", 1, 7), start).publish);
  mono_time now = start;
  const auto done = pass(restarted, now, 3s, {"a", "b"});
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].publish->version.value, 1002u);
}

TEST(Directory, RisesAtOnceAboveWhatADatabaseHoldsWhateverTheClockSays) {
  directory fresh({}, life, start);
  const auto users = must_enter(fresh, node("u"), start);
  EXPECT_EQ(users.publish->version.value, 1u);
  const auto chat = must_enter(fresh, stored("a", 1'700'000'000'000), start);
  ASSERT_TRUE(chat.publish);
  EXPECT_EQ(chat.publish->version.value, 1'700'000'000'001u);
  EXPECT_EQ(names(*chat.publish), "au");
  auto again = stored("a", 1'700'000'000'009);  // it found a room that was opened in a newer view
  again.seen = chat.publish->version;
  again.seen_of = life;
  EXPECT_EQ(must_enter(fresh, again, start).publish->version.value, 1'700'000'000'010u);
}

TEST(Directory, TakesWhatItPublishedItselfForNoPastOfAnotherOne) {
  directory fresh({}, life, start);
  const auto first = must_enter(fresh, node("a"), start);
  (void)must_enter(fresh, stored("b", 100), start);
  auto back = node("a", 2, first.publish->version.value);
  back.seen_of = life;
  EXPECT_TRUE(must_enter(fresh, back, start).publish) << "another life is news, and there is nothing to wait for";
}

TEST(Directory, PublishesThatANodesDatabaseIsAwayWhenTheNodeHasSaidSoForASecond) {
  directory one({}, life, start);
  mono_time now = start;
  must_enter(one, node("a"), now);
  const auto say = [&](bool away) { return one.beat({{"a"}, {1}, {}, false, away}, now); };
  EXPECT_FALSE(say(true).publish);
  EXPECT_TRUE(pass(one, now, 900ms).empty());
  EXPECT_FALSE(say(true).publish);
  const auto away = pass(one, now, 200ms);
  ASSERT_EQ(away.size(), 1u);
  EXPECT_TRUE(away[0].publish->nodes.at(0).database_away);
  EXPECT_TRUE(pass(one, now, 500ms).empty());
  auto again = node("a");
  again.database_away = true;
  EXPECT_FALSE(must_enter(one, again, now).publish);
  EXPECT_FALSE(say(false).publish->nodes.at(0).database_away);
  EXPECT_FALSE(say(true).publish);
  EXPECT_FALSE(say(false).publish) << "it was away for a moment only";
  EXPECT_TRUE(pass(one, now, 1500ms).empty());
}

TEST(Directory, RisesAboveAVersionThatALateNodeBrings) {
  directory old({}, life, start);
  must_enter(old, node("a"), start);
  mono_time now = start;
  pass(old, now, 4s, {"a"});
  const auto late = must_enter(old, node("b", 1, 90000), now);
  ASSERT_TRUE(late.publish);
  EXPECT_EQ(late.publish->version.value, 90001u);
}

TEST(Directory, LeavesOutWhoIsSilentForThreeSeconds) {
  directory two({}, life, start);
  must_enter(two, node("a"), start);
  must_enter(two, node("b"), start);
  mono_time now = start;
  EXPECT_TRUE(pass(two, now, 2900ms, {"a"}).empty());
  const auto done = pass(two, now, 200ms, {"a"});
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(names(*done[0].publish), "a");
  ASSERT_EQ(done[0].lost.size(), 1u);
  EXPECT_EQ(done[0].lost[0].value, "b");
}

TEST(Directory, TakesItsOwnStandstillForNobodysSilence) {
  directory two({}, life, start);
  must_enter(two, node("a"), start);
  mono_time now = start;
  pass(two, now, 1s, {"a"});
  now += 60s;
  EXPECT_TRUE(two.sweep(now).lost.empty());
  pass(two, now, 2s, {"a"});
  EXPECT_EQ(names(two.view()), "a");
}

TEST(Directory, GivesAClosedLinkItsGrace) {
  directory two({}, life, start);
  must_enter(two, node("a"), start);
  must_enter(two, node("b"), start);
  mono_time now = start;
  two.closed({"a"}, {1}, now);
  two.closed({"b"}, {1}, now);
  EXPECT_TRUE(pass(two, now, 400ms).empty());
  EXPECT_FALSE(must_enter(two, node("a"), now).publish) << "back, and nothing changed";
  const auto done = pass(two, now, 300ms);
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(names(*done[0].publish), "a");
}

TEST(Directory, TakesABeatForAReturn) {
  directory one({}, life, start);
  must_enter(one, node("a"), start);
  mono_time now = start;
  one.closed({"a"}, {1}, now);
  EXPECT_TRUE(pass(one, now, 1s, {"a"}).empty());
}

TEST(Directory, IgnoresTheEndAndTheBeatsOfALifeThatIsOver) {
  directory one({}, life, start);
  must_enter(one, node("a", 1), start);
  EXPECT_TRUE(must_enter(one, node("a", 2), start).publish) << "another life is news";
  mono_time now = start;
  one.closed({"a"}, {1}, now);
  EXPECT_FALSE(one.beat({{"a"}, {1}, {}, true}, now).publish);
  EXPECT_TRUE(pass(one, now, 1s).empty());
  EXPECT_EQ(one.view().nodes.at(0).incarnation.value, 2u);
  EXPECT_FALSE(one.view().nodes.at(0).draining);
}

TEST(Directory, PublishesADrainButNotALoad) {
  directory one({}, life, start);
  must_enter(one, node("a"), start);
  EXPECT_FALSE(one.beat({{"a"}, {1}, {12, 3}, false}, start).publish);
  EXPECT_EQ(one.view().nodes.at(0).load.connections, 12u);
  const auto draining = one.beat({{"a"}, {1}, {12, 3}, true}, start);
  ASSERT_TRUE(draining.publish);
  EXPECT_TRUE(draining.publish->nodes.at(0).draining);
}

TEST(Directory, RefusesANodeWithAnotherDatabaseOfItsRole) {
  directory three({}, life, start);
  must_enter(three, node("a"), start);
  auto stranger = node("b");
  stranger.chat_database = "other";
  EXPECT_EQ(three.enter(stranger, start).code(), ec::conflict);
  EXPECT_EQ(names(three.view()), "a");
  auto users = node("u");
  users.chat_database.clear();
  users.users_database = "its own";
  EXPECT_TRUE(three.enter(users, start));
  users.name = {"v"};
  users.users_database = "another";
  EXPECT_EQ(three.enter(users, start).code(), ec::conflict);
  auto same = node("a", 2);
  same.chat_database = "other";
  EXPECT_TRUE(three.enter(same, start)) << "the only node of its role may change its database";
}

TEST(Directory, NeverPublishesALowerVersionNorTwoViewsOfOne) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 dice(seed);
    mono_time now = start;
    directory one({}, life, now);
    view_version last;
    std::map<std::string, std::uint64_t> oracle;  // who must be in: registered or beating within the last second
    std::map<std::string, mono_time> heard;
    const auto see = [&](const directory_effects& effects) {
      if (!effects.publish) return;
      ASSERT_GT(effects.publish->version, last) << "seed " << seed;
      last = effects.publish->version;
      for (const auto& [name, incarnation] : oracle) {
        if (now - heard[name] > 1s) continue;
        const auto is_it = [&, &wanted = name, life = incarnation](const auto& node) {
          return node.name.value == wanted && node.incarnation.value == life;
        };
        const bool in = std::any_of(effects.publish->nodes.begin(), effects.publish->nodes.end(), is_it);
        ASSERT_TRUE(in) << name << " seed " << seed;
      }
    };
    for (int step = 0; step < 300; ++step) {
      const std::string name(1, static_cast<char>('a' + dice() % 4));
      switch (dice() % 5) {
        case 0: {
          const auto incarnation = oracle[name] = 1 + dice() % 3;
          heard[name] = now;
          see(must_enter(one, node(name, incarnation, dice() % 3 == 0 ? last.value + dice() % 100 : 0), now));
          break;
        }
        case 1:
          if (oracle.count(name) == 0) break;
          see(one.beat({{name}, {oracle[name]}, {}, dice() % 8 == 0}, now));
          break;
        case 2:
          if (oracle.count(name) == 0 || dice() % 4 != 0) break;
          one.closed({name}, {oracle[name]}, now);
          oracle.erase(name);
          break;
        default:
          now += milliseconds(dice() % 250);
          see(one.sweep(now));
      }
      ASSERT_LE(one.view().version, last);
    }
  }
}

}  // namespace
}  // namespace greenroom::core
