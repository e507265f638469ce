#include <gtest/gtest.h>

#include <algorithm>

#include "core/room.hpp"

/// Who may be in a secret room, whatever the order in which things come.
namespace greenroom::core {
namespace {

using namespace std::chrono_literals;

constexpr connection_id anns{1}, bobs{2};
constexpr relay_no here{1}, there{2};
constexpr asker_id asker{5};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

room_opened den(std::vector<user_id> members = {{"ann"}, {"bob"}}, std::uint64_t membership = 1,
                std::uint64_t epoch = 7) {
  room_opened out{{"den"}, {1}, {epoch}, {99}, {}, {}};
  out.settings.access = room_access::secret;
  out.owner = {"ann"};
  out.membership = {membership};
  out.members = std::move(members);
  return out;
}
perform_act about(std::string by, std::string who, entry_kind kind) {
  act what;
  what.subject = {std::move(who)};
  return {{"den"}, {std::move(by)}, {.kind = kind, .act = std::make_shared<const act>(std::move(what))}};
}
perform_act removing(std::string who) { return about("ann", std::move(who), entry_kind::remove); }
perform_act adding(std::string who) { return about("ann", std::move(who), entry_kind::add); }
join_room joining(connection_id who, std::string user) { return {who, {std::move(user)}, {}}; }
rejoin_room rejoining(std::vector<listener> who, std::uint64_t part = 1) {
  return {{99}, {}, std::move(who), true, {part}};
}
post_batch from(std::string user, std::uint64_t ticket = 1) {
  return {{user}, bobs, {{.ticket = ticket, .text = "hi"}}};
}
using kind = append_result::kind;
append_result answer(kind what, ec why = ec::internal) { return {what, {}, why}; }
const append_result stored = answer(kind::stored);
// What the first of those who asked without a connection were told.
ec told(const room_effects& out) { return out.performed.at(0).second.code(); }

struct RoomMembers : ::testing::Test {
  room subject{den(), {}};

  ec join(connection_id who, std::string user, relay_no relay = here) {
    return subject.join(relay, joining(who, std::move(user)), at(0)).joined.at(0).second.refused;
  }
};

TEST_F(RoomMembers, AreLetInAndNobodyElse) {
  EXPECT_EQ(join(bobs, "bob"), ec::none);
  EXPECT_EQ(join({3}, "eve"), ec::not_found);
  const auto out = subject.post(from("eve"), at(0));
  EXPECT_TRUE(out.append.empty());
  EXPECT_EQ(out.answers.at(0).second.code, ec::not_found);
}

TEST_F(RoomMembers, AreRemovedForAllWhenThatIsDurable) {
  (void)join(bobs, "bob");
  const auto begun = subject.perform(asker, removing("Bob"), at(0));
  ASSERT_TRUE(begun.effect);
  EXPECT_EQ(begun.append.size(), 1u);
  EXPECT_EQ(begun.epoch, epoch_no{7});
  EXPECT_TRUE(begun.performed.empty());
  EXPECT_TRUE(begun.removed.empty());
  const auto done = subject.appended(stored, at(1));
  ASSERT_EQ(done.removed.size(), 1u);
  EXPECT_EQ(done.removed[0].user, user_id{"bob"});
  EXPECT_EQ(done.removed[0].roster, roster_no{2});
  EXPECT_EQ(done.publish.size(), 1u);
  ASSERT_EQ(done.performed.size(), 1u);
  EXPECT_EQ(done.performed[0].first, asker);
  EXPECT_EQ(done.performed[0].second->entry.seq, seq_no{1});
  EXPECT_EQ(join(bobs, "bob"), ec::not_found);
  EXPECT_TRUE(subject.empty()) << "their connections went with them";
}

TEST_F(RoomMembers, WriteUntilTheyAreRemovedAndNotAfter) {
  ASSERT_EQ(subject.post(from("bob"), at(0)).append.size(), 1u);
  EXPECT_TRUE(subject.perform(asker, removing("bob"), at(0)).append.empty()) << "an append is in flight";
  EXPECT_TRUE(subject.post(from("bob", 2), at(0)).answers.empty());
  const auto next = subject.appended(stored, at(1));
  EXPECT_EQ(next.publish.size(), 1u);
  ASSERT_TRUE(next.effect) << "alone, before what was posted after it";
  ASSERT_EQ(next.append.size(), 1u);
  EXPECT_EQ(next.append[0].seq, seq_no{2});
  const auto done = subject.appended(stored, at(2));
  EXPECT_TRUE(done.append.empty());
  EXPECT_EQ(done.answers.at(0).second.code, ec::not_found);
}

TEST_F(RoomMembers, WriteAgainOnceTheyAreBackInTheOrderOfThePosts) {
  (void)subject.perform(asker, removing("bob"), at(0));
  (void)subject.post(from("bob", 1), at(0));
  (void)subject.perform(asker, adding("bob"), at(0));  // a member still, so nobody asks whether they exist
  (void)subject.post(from("bob", 2), at(0));
  const auto removed = subject.appended(stored, at(1));
  EXPECT_EQ(removed.answers.at(0).second.ticket, 1u);
  ASSERT_EQ(removed.find_users, std::vector<user_id>{});
  ASSERT_EQ(removed.append.at(0).kind, entry_kind::add);
  const auto added = subject.appended(stored, at(2));
  EXPECT_EQ(added.append.size(), 1u);
  EXPECT_TRUE(added.removed.empty());
}

TEST_F(RoomMembers, AreAskedAboutBeforeTheDatabaseIs) {
  const auto code = [&](const perform_act& act) { return told(subject.perform(asker, act, at(0))); };
  EXPECT_EQ(code(removing("eve")), ec::not_found);
  EXPECT_EQ(code(removing("ann")), ec::conflict);
  EXPECT_EQ(code(about("bob", "ann", entry_kind::remove)), ec::forbidden);
  EXPECT_EQ(code(about("eve", "bob", entry_kind::add)), ec::not_found);
  const auto out = subject.perform(asker, adding("BOB"), at(0));
  EXPECT_EQ(told(out), ec::none);
  EXPECT_FALSE(out.performed[0].second->entry.seq) << "they are a member already";
}

TEST_F(RoomMembers, StayWhereTheDatabaseRefuses) {
  (void)join(bobs, "bob");
  for (const auto& [what, code] : {std::pair{answer(kind::refused, ec::conflict), ec::conflict},
                                   std::pair{answer(kind::unavailable), ec::unavailable}}) {
    (void)subject.perform(asker, removing("bob"), at(0));
    const auto out = subject.appended(what, at(1));
    EXPECT_EQ(told(out), code);
    EXPECT_TRUE(out.removed.empty());
    EXPECT_EQ(join(bobs, "bob"), ec::none);
  }
  (void)subject.perform(asker, removing("bob"), at(0));
  const auto out = subject.appended(answer(kind::fenced), at(1));
  EXPECT_EQ(told(out), ec::fenced);
  EXPECT_EQ(out.stop, ec::fenced);
}

TEST_F(RoomMembers, CannotBeChangedWhereTheRoomHasStopped) {
  (void)subject.retire(ec::draining);
  const auto out = subject.perform(asker, removing("bob"), at(0));
  EXPECT_TRUE(out.append.empty());
  EXPECT_EQ(told(out), ec::draining);
}

TEST_F(RoomMembers, StayWhereTheRoomIsDeletedBeforeTheChangeIsFenced) {
  (void)subject.perform(asker, removing("bob"), at(0));
  (void)subject.retire(ec::gone);
  const auto out = subject.appended(answer(kind::fenced), at(1));
  EXPECT_EQ(told(out), ec::gone);
  EXPECT_EQ(out.stop, ec::gone);
}

TEST_F(RoomMembers, AreReadAgainWhereItIsUnknownWhetherTheyChanged) {
  (void)join(bobs, "bob");
  const auto begun = subject.perform(asker, removing("bob"), at(0));
  const auto unknown = subject.appended(answer(kind::unknown), at(1));
  EXPECT_TRUE(unknown.reopen);
  EXPECT_EQ(told(unknown), ec::unknown_outcome);
  EXPECT_TRUE(subject.join(here, joining({3}, "bob"), at(1)).joined.empty()) << "until it is known";
  auto read = den({{"ann"}}, 1, 8);  // it had been stored
  read.head = {1};
  read.tail = begun.append;
  const auto known = subject.reopened(std::move(read), at(2));
  EXPECT_EQ(known.publish.size(), 1u);
  ASSERT_EQ(known.removed.size(), 1u) << "their connections leave, as if the answer had come";
  EXPECT_EQ(known.removed[0].roster, roster_no{}) << "others may have been removed, too: the relays compare";
  EXPECT_EQ(known.joined.at(0).second.refused, ec::not_found);
  EXPECT_EQ(known.compare.at(0).second.roster, roster_no{2});
  EXPECT_TRUE(known.append.empty());
}

TEST_F(RoomMembers, StandInDoubtWhereTheRoomIsToStopBeforeTheAnswer) {
  (void)subject.perform(asker, removing("bob"), at(0));
  (void)subject.retire(ec::draining);
  const auto out = subject.appended(answer(kind::unknown), at(1));
  EXPECT_EQ(told(out), ec::unknown_outcome);
  EXPECT_FALSE(out.reopen);
  EXPECT_EQ(out.stop, ec::draining);
}

TEST_F(RoomMembers, AreReadAgainWhereTheyWereChangedElsewhere) {
  (void)join(anns, "ann");
  (void)join(bobs, "bob");
  const auto out = subject.epoch_checked(room_standing{{7}, {2}}, at(0).mono, at(1));
  EXPECT_TRUE(out.reopen);
  EXPECT_TRUE(subject.post(from("ann"), at(1)).append.empty());
  EXPECT_TRUE(subject.join(here, joining({3}, "bob"), at(1)).joined.empty());
  EXPECT_TRUE(subject.rejoin(there, rejoining({{{4}, {"bob"}}}), at(1)).rejoined.empty());
  EXPECT_FALSE(subject.hears({"ann"}, at(9)));
  const auto read = subject.reopened(den({{"ann"}}, 2, 8), at(2));
  EXPECT_EQ(read.joined.at(0).second.refused, ec::not_found);
  EXPECT_EQ(read.rejoined.at(0).second.outsiders, std::vector<connection_id>{{4}});
  EXPECT_EQ(read.compare.size(), 1u) << "the relay that was known";
  EXPECT_EQ(read.append.size(), 1u);
  EXPECT_TRUE(subject.hears({"ann"}, at(9)));
  EXPECT_FALSE(subject.hears({"bob"}, at(9)));
  (void)subject.appended(stored, at(3));
  EXPECT_FALSE(subject.empty()) << "ann listens as before";
  (void)subject.leave(anns, at(4));
  EXPECT_TRUE(subject.empty());
}

TEST_F(RoomMembers, AreReadAgainOnlyWhenTheAppendInFlightWasAnswered) {
  (void)subject.post(from("bob"), at(0));
  (void)subject.post(from("bob", 2), at(0));
  EXPECT_FALSE(subject.epoch_checked(room_standing{{7}, {2}}, at(0).mono, at(1)).reopen) << "it would fence itself";
  const auto out = subject.appended(stored, at(2));
  EXPECT_TRUE(out.reopen);
  EXPECT_TRUE(out.append.empty());
  auto read = den({{"ann"}}, 2, 8);
  read.head = {1};
  EXPECT_EQ(subject.reopened(std::move(read), at(3)).answers.at(0).second.code, ec::not_found);
}

TEST_F(RoomMembers, AreReadAgainUntilThatSucceeds) {
  (void)subject.epoch_checked(room_standing{{7}, {2}}, at(0).mono, at(1));
  (void)subject.rejoin(there, rejoining({{{4}, {"bob"}}}, 9), at(1));
  const auto failed = subject.reopened(ec::unavailable, at(2));
  EXPECT_EQ(failed.rejoined.at(0).second.refused, ec::unavailable);
  EXPECT_EQ(failed.rejoined.at(0).second.part, part_no{9});
  EXPECT_TRUE(subject.join(here, joining(bobs, "bob"), at(3)).reopen);
  (void)subject.reopened(ec::unavailable, at(4));
  EXPECT_TRUE(subject.epoch_checked(room_standing{{7}, {2}}, at(5).mono, at(5)).reopen);
}

TEST_F(RoomMembers, AreNotReadAgainForAnAnswerFromBeforeTheLastOpening) {
  (void)subject.epoch_checked(room_standing{{7}, {2}}, at(0).mono, at(1));
  (void)subject.reopened(den({{"ann"}}, 2, 8), at(2));
  EXPECT_FALSE(subject.epoch_checked(room_standing{{7}, {1}}, at(1).mono, at(3)).reopen);
  EXPECT_FALSE(subject.epoch_checked(room_standing{{8}, {2}}, at(3).mono, at(3)).reopen);
}

TEST_F(RoomMembers, AreJudgedWhenARelayComesBack) {
  const auto out = subject.rejoin(here, rejoining({{anns, {"ann"}}, {{3}, {"eve"}}, {bobs, {"bob"}}}), at(0));
  EXPECT_EQ(out.rejoined.at(0).second.outsiders, std::vector<connection_id>{{3}});
  EXPECT_EQ(out.rejoined.at(0).second.part, part_no{1});
  (void)subject.leave(anns, at(1));
  (void)subject.leave(bobs, at(1));
  EXPECT_TRUE(subject.empty());
}

TEST_F(RoomMembers, AreJudgedWhenTheEpochWasCheckedNotWhenTheyCame) {
  (void)subject.join(here, joining(anns, "ann"), at(0));
  EXPECT_TRUE(subject.join(here, joining(bobs, "bob"), at(60'000)).check_epoch);
  (void)subject.perform(asker, removing("bob"), at(60'001));
  (void)subject.appended(stored, at(60'002));
  const auto out = subject.epoch_checked(room_standing{{7}, {1}}, at(60'000).mono, at(60'003));
  EXPECT_EQ(out.joined.at(0).second.refused, ec::not_found);
}

TEST_F(RoomMembers, AreComparedAtEverySweepUntilTheRelayAnswers) {
  (void)join(bobs, "bob");
  EXPECT_EQ(subject.sweep().compare.size(), 1u);
  subject.compared(here, {1});
  EXPECT_TRUE(subject.sweep().compare.empty());
  (void)subject.perform(asker, removing("bob"), at(0));
  (void)subject.appended(stored, at(1));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(subject.sweep().compare.at(0).second.roster, roster_no{2});
  subject.compared(here, {1});
  EXPECT_EQ(subject.sweep().compare.size(), 1u) << "an answer from before";
  subject.compared(here, {2});
  EXPECT_TRUE(subject.sweep().compare.empty());
  (void)subject.relay_lost(here, at(2));
  subject.compared(here, {1});
  EXPECT_TRUE(subject.sweep().compare.empty()) << "who is gone isn't asked";
}

TEST_F(RoomMembers, AreNotComparedWhileTheyAreReadNorWhenTheRoomHasStopped) {
  (void)join(bobs, "bob");
  (void)subject.epoch_checked(room_standing{{7}, {2}}, at(0).mono, at(1));
  EXPECT_TRUE(subject.sweep().compare.empty());
  (void)subject.reopened(den({{"ann"}}, 2, 8), at(2));
  EXPECT_EQ(subject.sweep().compare.size(), 1u);
  (void)subject.retire(ec::draining);
  EXPECT_TRUE(subject.sweep().compare.empty());
}

TEST_F(RoomMembers, LeaveNoGhostsOfARelayThatIsLostWhileTheyWait) {
  (void)subject.join(here, joining(anns, "ann"), at(0));
  (void)subject.join(there, joining(bobs, "bob"), at(60'000));
  (void)subject.relay_lost(there, at(60'001));
  const auto out = subject.epoch_checked(room_standing{{7}, {1}}, at(60'000).mono, at(60'002));
  EXPECT_TRUE(out.joined.empty());
  (void)subject.leave(anns, at(60'003));
  EXPECT_TRUE(subject.empty());
}

TEST(OpenRoom, LetsInEverybodyAndCountsRemovalsAsOthersDo) {
  room lobby(room_opened{{"lobby"}, {1}, {7}, {99}, {}, {}}, {});
  EXPECT_EQ(lobby.join(here, joining(bobs, "anybody"), at(0)).joined.at(0).second.roster, roster_no{1});
  EXPECT_EQ(told(lobby.perform(asker, removing("anybody"), at(0))), ec::forbidden) << "nobody owns it";
  EXPECT_TRUE(lobby.epoch_checked(room_standing{{7}, {4}}, at(0).mono, at(1)).reopen) << "there may be bans";
}

}  // namespace
}  // namespace greenroom::core
