#include "core/watching.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// The users whose looks a node's connections want to know.
namespace greenroom::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr connection_id phone{1}, desk{2};

mono_time at(int ms) { return mono_time{seconds{1000} + milliseconds{ms}}; }

struct Watching : testing::Test {
  watching machine{{.each = 2}};

  watching_effects begin(connection_id who, std::vector<user_id> users, int ms = 0) {
    return machine.begin(who, users, at(ms));
  }
  watching_effects seen(const char* user, bool online, std::uint64_t number, int ms) {
    return machine.seen({{user}, {.online = online}, number}, at(ms));
  }
  static std::vector<std::string> asked(const watching_effects& out) {
    std::vector<std::string> words;
    for (const auto& one : out.ask)
      words.push_back((one.stop ? "-" : "+") + one.user.value + " " + std::to_string(one.number));
    return words;
  }
  static std::vector<std::string> told(const watching_effects& out) {
    std::vector<std::string> words;
    for (const auto& [who, what] : out.tell)
      words.push_back(std::to_string(who.value) + (what.state.online ? " +" : " -") + what.user.value);
    return words;
  }
};

TEST_F(Watching, AsksOnceForAllAndTellsEach) {
  EXPECT_THAT(asked(begin(phone, {{"bob"}})), ElementsAre("+bob 1"));
  EXPECT_THAT(told(seen("bob", true, 1, 0)), ElementsAre("1 +bob"));
  const auto more = begin(desk, {{"Bob"}});
  EXPECT_THAT(asked(more), IsEmpty());
  EXPECT_THAT(told(more), ElementsAre("2 +bob")) << "what is known is told at once";
  EXPECT_THAT(told(seen("bob", false, 1, 1)), ElementsAre("1 -bob", "2 -bob"));
  EXPECT_THAT(asked(machine.end(phone, {{"bob"}})), IsEmpty());
  EXPECT_THAT(asked(machine.gone(desk)), ElementsAre("-bob 1")) << "nobody wants to know any more";
  EXPECT_TRUE(machine.empty());
}

TEST_F(Watching, AHomeThatMovesShowsNobodyAsGone) {
  (void)begin(phone, {{"bob"}});
  (void)seen("bob", true, 1, 0);
  const auto all = [](const user_id&) { return true; };
  EXPECT_THAT(asked(machine.look(all, at(10'000))), ElementsAre("+bob 2"));
  EXPECT_THAT(told(seen("bob", false, 1, 10'001)), IsEmpty()) << "said by the home before";
  EXPECT_THAT(told(seen("bob", false, 2, 10'002)), IsEmpty()) << "the new one doesn't know their sessions yet";
  EXPECT_THAT(told(seen("bob", true, 2, 10'300)), ElementsAre("1 +bob"));
  EXPECT_THAT(told(machine.tick(at(13'000))), IsEmpty());
}

TEST_F(Watching, WhoDoesntComeBackIsGone) {
  (void)begin(phone, {{"bob"}});
  (void)seen("bob", true, 1, 0);
  (void)machine.look([](const user_id&) { return true; }, at(10'000));
  (void)seen("bob", false, 2, 10'002);
  EXPECT_THAT(told(machine.tick(at(11'000))), IsEmpty());
  EXPECT_THAT(told(machine.tick(at(12'000))), ElementsAre("1 -bob"));
}

TEST_F(Watching, AsksAgainWhereNothingIsAnsweredAndNowAndThen) {
  (void)begin(phone, {{"bob"}});
  EXPECT_THAT(asked(machine.tick(at(1000))), IsEmpty());
  EXPECT_THAT(asked(machine.tick(at(2000))), ElementsAre("+bob 2"));
  (void)seen("bob", true, 2, 2001);
  EXPECT_THAT(asked(machine.tick(at(5000))), IsEmpty());
  EXPECT_THAT(asked(machine.tick(at(32'000))), ElementsAre("+bob 3"));
}

TEST_F(Watching, HasABoundForEachConnection) {
  EXPECT_THAT(asked(begin(phone, {{"a"}, {"b"}, {"c"}})), ElementsAre("+a 1", "+b 2"));
  EXPECT_THAT(asked(begin(phone, {{"c"}})), IsEmpty());
  (void)machine.end(phone, {{"a"}});
  EXPECT_THAT(asked(begin(phone, {{"c"}})), ElementsAre("+c 3"));
}

}  // namespace
}  // namespace greenroom::core
