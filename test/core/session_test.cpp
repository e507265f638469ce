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

}  // namespace
}  // namespace greenroom::core
