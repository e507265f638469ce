#include "core/cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/cluster_fixture.hpp"

namespace greenroom::core {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// ---- registration

TEST_F(Cluster, RegistersWhenItIsToBeInAClusterWithADirectoryAndItsDatabaseWasRead) {
  EXPECT_TRUE(is_nothing(it.hosted(hosted_role::directory)));
  auto record = record_of(us, 7);
  record.version = "1.2";
  const auto reading = it.joined(record);
  EXPECT_TRUE(reading.read_stored);
  EXPECT_FALSE(reading.enter);
  EXPECT_EQ(it.incarnation(), incarnation_id{7});
  const auto out = it.stored_read(view_version{40});
  ASSERT_TRUE(out.enter);
  EXPECT_EQ(out.enter->name, us);
  EXPECT_EQ(out.enter->incarnation, incarnation_id{7});
  EXPECT_EQ(out.enter->version, "1.2");
  EXPECT_EQ(out.enter->stored, view_version{40});
  EXPECT_EQ(out.enter->seen, view_version{});
}

TEST_F(Cluster, ReadsItsDatabaseOnceHoweverOftenItWouldRegister) {
  (void)it.hosted(hosted_role::directory);
  EXPECT_TRUE(it.joined(record_of(us)).read_stored);
  EXPECT_TRUE(is_nothing(it.pinned({{"lobby"}, us})));
  EXPECT_TRUE(it.stored_read(std::nullopt).enter);
  EXPECT_TRUE(it.pinned({{"den"}, us}).enter) << "it isn't read again";
}

TEST_F(Cluster, RegistersAlsoWhereItsDatabaseCannotSayItsNewestView) {
  (void)it.hosted(hosted_role::directory);
  (void)it.joined(record_of(us));
  const auto out = it.stored_read(std::nullopt);
  ASSERT_TRUE(out.enter);
  EXPECT_EQ(out.enter->stored, view_version{});
}

TEST_F(Cluster, WithoutADatabaseRegistersAtOnceAndProbesNothing) {
  it = cluster{us, rooms_here::no};
  (void)it.hosted(hosted_role::directory);
  const auto out = it.joined(record_of(us));
  EXPECT_TRUE(out.enter);
  EXPECT_FALSE(out.read_stored);
  for (int i = 0; i < 3; ++i) {
    const auto beating = tick();
    EXPECT_FALSE(beating.probe);
    ASSERT_TRUE(beating.beat);
    EXPECT_FALSE(beating.beat->database_away);
  }
}

TEST_F(Cluster, DoesNotRegisterBeforeItIsToBeInACluster) {
  (void)it.hosted(hosted_role::directory);
  EXPECT_TRUE(is_nothing(it.pinned({{"lobby"}, us})));
  EXPECT_TRUE(is_nothing(it.drain()));
  EXPECT_FALSE(tick().beat);
}

TEST_F(Cluster, DoesNotRegisterWithoutADirectory) {
  EXPECT_TRUE(is_nothing(it.joined(record_of(us))));
  EXPECT_FALSE(tick().beat);
  (void)it.view_changed(view_of(1, {}));
  EXPECT_FALSE(tick().read_stored);
}

TEST_F(Cluster, BringsTheViewThatItFollowsAndWhetherItDrains) {
  register_with_own_directory();
  (void)it.view_changed(view_of(4, {record_of(us)}));
  (void)it.drain();
  const auto out = it.pinned({{"lobby"}, us});
  ASSERT_TRUE(out.enter);
  EXPECT_EQ(out.enter->seen, view_version{4});
  EXPECT_EQ(out.enter->seen_of, incarnation_id{5});
  EXPECT_TRUE(out.enter->draining);
}

TEST_F(Cluster, LooksAgainForItsNewestViewWhereARoomIsFenced) {
  register_with_own_directory();
  (void)it.view_changed(view_of(10, {record_of(us)}));
  EXPECT_TRUE(is_nothing(it.room_refused(ec::unavailable)));
  EXPECT_TRUE(it.room_refused(ec::fenced).read_stored);
  EXPECT_FALSE(it.room_refused(ec::fenced).read_stored) << "it is being read";
  EXPECT_TRUE(is_nothing(it.stored_read(view_version{10}))) << "the view is as new as that";
  EXPECT_TRUE(it.room_refused(ec::fenced).read_stored);
  const auto out = it.stored_read(view_version{11});
  ASSERT_TRUE(out.enter);
  EXPECT_EQ(out.enter->stored, view_version{11});
  (void)it.room_refused(ec::fenced);
  const auto lower = it.stored_read(view_version{3});
  ASSERT_TRUE(lower.enter) << "the view isn't as new as the rooms yet";
  EXPECT_EQ(lower.enter->stored, view_version{11}) << "it only rises";
}

TEST_F(Cluster, KeepsTheNewestViewThatItReadBeforeItJoined) {
  (void)it.hosted(hosted_role::directory);
  (void)it.room_refused(ec::fenced);
  EXPECT_TRUE(is_nothing(it.stored_read(view_version{40})));
  const auto out = it.joined(record_of(us));
  ASSERT_TRUE(out.enter);
  EXPECT_EQ(out.enter->stored, view_version{40});
}

TEST_F(Cluster, GivesUpOnlyWhereItsDatabaseIsAnotherOne) {
  EXPECT_TRUE(is_nothing(cluster::refused({ec::unavailable, {}, 1})));
  const auto odd = cluster::refused({ec::internal, {}, 0});
  ASSERT_TRUE(odd.refused);
  EXPECT_EQ(odd.refused->why.code, ec::internal);
  EXPECT_FALSE(odd.refused->for_good);
  const auto other = cluster::refused({ec::conflict, "another database", 0});
  ASSERT_TRUE(other.refused);
  EXPECT_EQ(other.refused->why.detail, "another database");
  EXPECT_TRUE(other.refused->for_good);
}

// ---- beats

TEST_F(Cluster, BeatsEverySecondAlsoBeforeTheFirstView) {
  register_with_own_directory();
  const auto out = tick();
  ASSERT_TRUE(out.beat);
  EXPECT_EQ(out.beat->name, us);
  EXPECT_EQ(out.beat->incarnation, incarnation_id{1});
  EXPECT_FALSE(out.beat->draining || out.beat->database_away);
  EXPECT_FALSE(out.enter);
  (void)it.view_changed(view_of(1, {record_of(p), record_of(us)}));
  EXPECT_TRUE(tick().beat);
}

TEST_F(Cluster, RegistersAgainWhereAViewLeavesItOut) {
  register_with_own_directory();
  (void)it.view_changed(view_of(1, {record_of(p)}));
  const auto out = tick();
  EXPECT_FALSE(out.beat);
  ASSERT_TRUE(out.enter);
  EXPECT_EQ(out.enter->seen, view_version{1});
  (void)it.view_changed(view_of(2, {record_of(us, 2)}));
  EXPECT_TRUE(tick().enter) << "that is another life";
  (void)it.view_changed(view_of(3, {record_of(us)}));
  EXPECT_TRUE(tick().beat);
}

TEST_F(Cluster, SaysAtOnceThatItDrainsAndOnce) {
  register_with_own_directory();
  const auto out = it.drain();
  ASSERT_TRUE(out.beat);
  EXPECT_TRUE(out.beat->draining);
  EXPECT_TRUE(is_nothing(it.drain()));
  EXPECT_TRUE(tick().beat->draining);
}

// ---- the database

TEST_F(Cluster, AsksItsDatabaseOnceASecondButNotBeforeItAnswered) {
  EXPECT_TRUE(tick().probe);
  EXPECT_FALSE(tick().probe);
  EXPECT_FALSE(tick().probe);
  (void)it.probed(true);
  EXPECT_TRUE(tick().probe);
}

TEST_F(Cluster, SaysAtOnceAndOnceThatItsDatabaseIsLateOrBack) {
  register_with_own_directory();
  (void)tick();
  const auto early = tick(milliseconds{899});
  EXPECT_FALSE(early.database_away);
  ASSERT_TRUE(early.beat);
  EXPECT_FALSE(early.beat->database_away);
  const auto late = tick(milliseconds{1});
  EXPECT_EQ(late.database_away, true);
  ASSERT_TRUE(late.beat);
  EXPECT_TRUE(late.beat->database_away);
  const auto later = tick();
  EXPECT_FALSE(later.database_away) << "that is known";
  EXPECT_TRUE(later.beat->database_away);
  EXPECT_TRUE(it.pinned({{"lobby"}, us}).enter->database_away);
  const auto back = it.probed(true);
  EXPECT_EQ(back.database_away, false);
  ASSERT_TRUE(back.beat);
  EXPECT_FALSE(back.beat->database_away);
  (void)tick();
  EXPECT_TRUE(is_nothing(it.probed(true)));
}

TEST_F(Cluster, TakesADatabaseThatRefusesForOneThatIsAway) {
  register_with_own_directory();
  (void)tick();
  const auto out = it.probed(false);
  EXPECT_EQ(out.database_away, true);
  ASSERT_TRUE(out.beat);
  EXPECT_TRUE(out.beat->database_away);
  EXPECT_TRUE(tick().probe) << "it is asked again";
}

TEST_F(Cluster, IsWrongWhereTheDatabaseAnswersWhatWasNotAsked) {
  EXPECT_DEATH((void)it.probed(true), "probed_at_");
  EXPECT_DEATH((void)it.stored_read(view_version{1}), "reads_stored_");
}

// ---- pins

TEST_F(Cluster, TellsTheDirectoryOnlyOfPinsThatChange) {
  register_with_own_directory();
  EXPECT_TRUE(is_nothing(it.pinned({{"lobby"}, p})));
  EXPECT_THAT(it.pinned({{"lobby"}, us}).enter->pins, ElementsAre(room_id{"lobby"}));
  EXPECT_TRUE(is_nothing(it.pinned({{"Lobby"}, us}))) << "the same room";
  EXPECT_THAT(it.pinned({{"den"}, us}).enter->pins, ElementsAre(room_id{"lobby"}, room_id{"den"}));
  EXPECT_THAT(it.pinned({{"lobby"}, p}).enter->pins, ElementsAre(room_id{"den"}));
}

TEST_F(Cluster, LetsGoOfTheOldestPinWhereThereAreTooMany) {
  it = cluster{us, rooms_here::yes, {milliseconds{900}, 2}};
  register_with_own_directory();
  (void)it.pinned({{"a"}, us});
  EXPECT_THAT(it.pinned({{"b"}, us}).enter->pins, SizeIs(2));
  EXPECT_THAT(it.pinned({{"c"}, us}).enter->pins, ElementsAre(room_id{"b"}, room_id{"c"}));
  EXPECT_EQ(cluster_limits{}.max_pins, 1000u);
}

}  // namespace
}  // namespace greenroom::core
