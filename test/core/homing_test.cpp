#include "core/homing.hpp"

#include <gtest/gtest.h>

/// A session's way to its user's home.
namespace greenroom::core {
namespace {

struct Homing : testing::Test {
  homing machine{{"ann"}};

  /// Has it at a home, with one connection; its last number is 1.
  void settle() {
    ASSERT_TRUE(machine.count(1).ask);
    ASSERT_TRUE(machine.registered(1, false).settle);
  }
  static void expect(const std::optional<register_session>& said, std::uint32_t connections, std::uint64_t number) {
    ASSERT_TRUE(said);
    EXPECT_EQ(said->user.value, "ann");
    EXPECT_EQ(said->connections, connections);
    EXPECT_EQ(said->number, number);
    EXPECT_FALSE(said->forwarded);
  }
  static void expect_nothing(const homing_effects& out) {
    EXPECT_FALSE(out.ask || out.tell || out.turn_down || out.part || out.settle);
  }
};

TEST_F(Homing, SaysHowTheUserLooksWhereThatIsNew) {
  machine.wear({.irc = 1, .realname = "Ann B.", .idle_s = 4});
  const auto asked = machine.count(1);
  ASSERT_TRUE(asked.ask);
  EXPECT_EQ(asked.ask->face.realname, "Ann B.");
  EXPECT_EQ(asked.ask->face.idle_s, 4u);
  machine.wear({.irc = 1, .away = "lunch", .realname = "Ann B."});
  const auto settled = machine.registered(1, false);
  ASSERT_TRUE(settled.tell) << "it changed meanwhile";
  EXPECT_EQ(settled.tell->face.away, "lunch");
  machine.wear({.irc = 1, .away = "lunch", .realname = "Ann B.", .idle_s = 9});
  expect_nothing(machine.count(1));
  EXPECT_EQ(machine.sweep().tell->face.idle_s, 9u) << "now and then";
  EXPECT_EQ(machine.count(0).tell->face, user_face{});
}

TEST_F(Homing, RegistersWithTheFirstConnectionAndSaysHowManyThereAre) {
  expect_nothing(machine.count(0));
  expect(machine.count(1).ask, 1, 1);
  EXPECT_FALSE(machine.at_home());
  const auto answered = machine.registered(1, false);
  EXPECT_TRUE(answered.settle);
  EXPECT_FALSE(answered.tell);
  EXPECT_TRUE(machine.at_home());
  expect(machine.count(2).tell, 2, 2);
  expect_nothing(machine.count(2));
  expect_nothing(machine.registered(2, true));
}

TEST_F(Homing, SaysWhatChangedWhileItAsked) {
  (void)machine.count(1);
  expect_nothing(machine.count(3));
  expect(machine.registered(1, false).tell, 3, 2);
}

TEST_F(Homing, LeavesWithTheLastConnection) {
  settle();
  const auto out = machine.count(0);
  expect(out.tell, 0, 2);
  EXPECT_TRUE(out.part);
  EXPECT_FALSE(machine.at_home());
  expect(machine.count(1).ask, 1, 3);
}

TEST_F(Homing, TurnsDownAnAnswerThatComesTooLate) {
  (void)machine.count(1);
  expect_nothing(machine.count(0));
  const auto out = machine.registered(1, false);
  expect(out.turn_down, 0, 1);
  EXPECT_FALSE(out.settle);
}

TEST_F(Homing, AsksAgainWhenItsHomeIsGone) {
  settle();
  expect(machine.lost().ask, 1, 2);
  expect_nothing(machine.lost());
  EXPECT_TRUE(machine.registered(2, false).settle);
}

TEST_F(Homing, MovesWithTheView) {
  settle();
  expect_nothing(machine.look(false));
  const auto out = machine.look(true);
  expect(out.tell, 0, 2);
  EXPECT_TRUE(out.part);
  expect(out.ask, 1, 3);
  // A late word of the old home doesn't take it back there.
  expect(machine.registered(1, false).turn_down, 0, 1);
  EXPECT_TRUE(machine.registered(3, false).settle);
}

TEST_F(Homing, AsksAgainWhereTheQuestionMayHaveBeenLost) {
  expect_nothing(machine.look(true));
  (void)machine.count(1);
  expect(machine.look(false).ask, 1, 2);
  expect(machine.look(true).ask, 1, 3);
  expect(machine.sweep().ask, 1, 4);
  // The answer to an earlier question says no more than that question: a later one stays.
  expect(machine.registered(2, false).turn_down, 0, 2);
  EXPECT_TRUE(machine.registered(4, false).settle);
}

TEST_F(Homing, RepeatsItselfNowAndThen) {
  expect_nothing(machine.sweep());
  settle();
  expect(machine.sweep().tell, 1, 2);
}

}  // namespace
}  // namespace greenroom::core
