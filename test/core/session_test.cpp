#include "core/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

mono_time at(int s) { return mono_time{seconds{1000 + s}}; }
const token_hash phone{"phone"}, desk{"desk"};

TEST(Session, EndsEveryConnectionOfATokenThatEndedAndNoOther) {
  session machine;
  EXPECT_THAT(machine.attach({1}, phone, at(0)).close, IsEmpty());
  (void)machine.attach({2}, desk, at(0));
  (void)machine.attach({3}, phone, at(0));
  EXPECT_THAT(
      machine.ended({{7, phone}}, at(1)).close,
      UnorderedElementsAre(Pair(connection_id{1}, ec::invalid_token), Pair(connection_id{3}, ec::invalid_token)));
  EXPECT_EQ(machine.size(), 1u);
  EXPECT_THAT(machine.ended({{7, phone}}, at(1)).close, IsEmpty()) << "once is enough";
}

TEST(Session, EndsAnAttachThatComesAfterTheEndOfItsToken) {
  session machine;
  (void)machine.ended({{7, phone}}, at(0));
  EXPECT_THAT(machine.attach({1}, phone, at(59)).close,
              UnorderedElementsAre(Pair(connection_id{1}, ec::invalid_token)));
  EXPECT_THAT(machine.attach({2}, desk, at(59)).close, IsEmpty());
  (void)machine.sweep(at(60));
  EXPECT_THAT(machine.attach({3}, phone, at(60)).close, IsEmpty()) << "by now the door would not have let it in";
}

TEST(Session, NamesEachTokenInUseOnceAndSaysWhenNobodyIsHere) {
  session machine;
  (void)machine.attach({1}, phone, at(0));
  (void)machine.attach({2}, desk, at(0));
  (void)machine.attach({3}, phone, at(0));
  const auto busy = machine.sweep(at(30));
  EXPECT_THAT(busy.in_use, UnorderedElementsAre(phone, desk));
  EXPECT_FALSE(busy.idle);
  for (const auto id : {1u, 2u, 3u}) machine.detach({id});
  const auto idle = machine.sweep(at(60));
  EXPECT_THAT(idle.in_use, IsEmpty());
  EXPECT_TRUE(idle.idle);
}

TEST(Session, ClosesWhatIsOverItsLimitOfConnections) {
  session_limits limits;
  limits.max_connections = 1;
  session machine{limits};
  (void)machine.attach({1}, phone, at(0));
  EXPECT_THAT(machine.attach({1}, phone, at(0)).close, IsEmpty()) << "the same one again";
  EXPECT_THAT(machine.attach({2}, phone, at(0)).close, UnorderedElementsAre(Pair(connection_id{2}, ec::rate_limited)));
  machine.detach({1});
  EXPECT_THAT(machine.attach({2}, phone, at(0)).close, IsEmpty());
}

TEST(Session, LooksAsItsConnectionsSay) {
  session machine;
  for (const connection_id one : {connection_id{1}, {2}, {3}}) (void)machine.attach(one, phone, at(0));
  EXPECT_EQ(machine.face(at(5)), (user_face{.idle_s = 5}));
  machine.look({1}, {.away = "lunch", .realname = "Ann B.", .bot = true});
  machine.look({2}, {.away = "asleep"});
  machine.active(at(6));
  EXPECT_EQ(machine.face(at(7)), (user_face{.irc = 2, .realname = "Ann B.", .bot = true, .idle_s = 1}))
      << "where no IRC is spoken nobody is away";
  machine.detach({3});
  EXPECT_EQ(machine.face(at(7)).away, "asleep") << "the last word";
  machine.look({1}, {});
  EXPECT_EQ(machine.face(at(7)), (user_face{.irc = 2, .idle_s = 1}));
  machine.detach({1});
  EXPECT_EQ(machine.face(at(7)), (user_face{.irc = 1, .away = "asleep", .idle_s = 1}));
  (void)machine.ended({{7, phone}}, at(7));
  EXPECT_EQ(machine.face(at(7)).irc, 0u);
  machine.look({9}, {.realname = "Eve"});
  EXPECT_EQ(machine.face(at(7)).irc, 0u) << "no connection of this session";
}

TEST(Session, GoesByTheIdentOfItsOldestConnection) {
  session machine;
  for (const connection_id one : {connection_id{1}, {2}, {3}}) (void)machine.attach(one, phone, at(0));
  machine.look({1}, {.ident = "first", .since = wall_time{seconds{10}}});
  machine.look({2}, {.ident = "second", .since = wall_time{seconds{20}}});
  machine.look({3}, {.since = wall_time{seconds{5}}});
  EXPECT_EQ(machine.face(at(0)).ident, "first");
  machine.look({1}, {.away = "lunch", .ident = "first", .since = wall_time{seconds{10}}});
  EXPECT_EQ(machine.face(at(0)).ident, "first") << "whoever spoke last";
  machine.detach({1});
  EXPECT_EQ(machine.face(at(0)).ident, "second");
}

}  // namespace
}  // namespace greenroom::core
