#include "core/room.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;
using kind = append_result::kind;

constexpr connection_id ann{1}, bob{2};
constexpr relay_no here{1};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

room_opened opened(std::uint64_t head = 0) {
  room_opened out{{"Lobby"}, {1}, {7}, {99}, {head}, {}};
  for (std::uint64_t n = 1; n <= head; ++n)
    out.tail.push_back({.seq = {n}, .author = {"old"}, .text = "old", .at = wall_time{milliseconds{50}}});
  return out;
}

struct said {
  std::uint64_t ticket;
  std::string client_id, text;
};
post_batch posts(connection_id from, const std::vector<said>& what) {
  post_batch out{{from == ann ? "ann" : "bob"}, from, {}};
  for (const auto& one : what)
    out.posts.push_back({.ticket = one.ticket, .client_id = one.client_id, .text = one.text});
  return out;
}

append_result answer(kind what) { return {what, {}}; }

struct RoomTest : ::testing::Test {
  room lobby{opened(3), {}};
};

TEST_F(RoomTest, NumbersPostsFromTheHeadOn) {
  const auto out = lobby.post(posts(ann, {{1, "", "a"}, {2, "", "b"}}), at(100));
  ASSERT_EQ(out.append.size(), 2u);
  EXPECT_EQ(out.append[0].seq, seq_no{4});
  EXPECT_EQ(out.append[1].seq, seq_no{5});
  EXPECT_EQ(out.epoch, epoch_no{7});
}

TEST_F(RoomTest, PublishesAndAnswersOnlyWhatTheJournalConfirmed) {
  const auto before = lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  EXPECT_TRUE(before.publish.empty());
  EXPECT_TRUE(before.answers.empty());
  const auto after = lobby.appended(answer(kind::stored), at(101));
  ASSERT_EQ(after.publish.size(), 1u);
  EXPECT_EQ(after.publish[0].poster, ann);
  ASSERT_EQ(after.answers.size(), 1u);
  EXPECT_EQ(after.answers[0].second.seq, seq_no{4});
  EXPECT_EQ(lobby.head(), seq_no{4});
}

TEST_F(RoomTest, HasOneAppendInFlightAndMakesTheRestTheNext) {
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  EXPECT_TRUE(lobby.post(posts(bob, {{1, "", "b"}}), at(100)).append.empty());
  EXPECT_TRUE(lobby.post(posts(ann, {{2, "", "c"}}), at(100)).append.empty());
  const auto next = lobby.appended(answer(kind::stored), at(101));
  ASSERT_EQ(next.append.size(), 2u);
  EXPECT_EQ(next.append[0].text, "b");
  EXPECT_EQ(next.append[0].seq, seq_no{5});
}

std::vector<said> many(std::size_t count) { return {count, said{1, "", "again"}}; }

TEST_F(RoomTest, AppendsACrowdsNextPostsTogether) {
  (void)lobby.post(posts(ann, many(10)), at(100));
  (void)lobby.appended(answer(kind::stored), at(101));
  EXPECT_TRUE(lobby.post(posts(ann, many(5)), at(101)).append.empty());
  EXPECT_EQ(lobby.append_due(), at(102).mono);
  EXPECT_EQ(lobby.post(posts(bob, many(5)), at(101)).append.size(), 10u);
}

TEST_F(RoomTest, AppendsWhatIsThereWhenACrowdHasGoneSilent) {
  (void)lobby.post(posts(ann, many(10)), at(100));
  (void)lobby.appended(answer(kind::stored), at(101));
  (void)lobby.post(posts(ann, many(1)), at(101));
  EXPECT_EQ(lobby.tick(at(102)).append.size(), 1u);
  EXPECT_FALSE(lobby.append_due());
}

// Else its shell would tick, find nothing to append, and tick again at once, for ever.
TEST_F(RoomTest, WantsNoTickWhenACrowdHasGoneAndNothingWaits) {
  (void)lobby.post(posts(ann, many(10)), at(100));
  (void)lobby.appended(answer(kind::stored), at(101));
  EXPECT_FALSE(lobby.append_due());
  EXPECT_TRUE(lobby.tick(at(102)).append.empty());
  EXPECT_FALSE(lobby.append_due());
}

TEST_F(RoomTest, WantsNoTickWhileItReopens) {
  (void)lobby.post(posts(ann, many(10)), at(100));
  (void)lobby.appended(answer(kind::stored), at(101));
  (void)lobby.post(posts(ann, many(5)), at(101));
  ASSERT_EQ(lobby.tick(at(102)).append.size(), 5u);
  (void)lobby.post(posts(ann, many(3)), at(102));
  EXPECT_TRUE(lobby.appended(answer(kind::unknown), at(103)).reopen);
  EXPECT_FALSE(lobby.append_due());
}

TEST_F(RoomTest, NeverLetsTimeGoBack) {
  EXPECT_EQ(lobby.post(posts(ann, {{1, "", "a"}}), at(10)).append[0].at, wall_time{milliseconds{50}});
}

TEST_F(RoomTest, AnswersARepeatedPendingIdWithTheFirstMessage) {
  (void)lobby.post(posts(ann, {{1, "x", "a"}}), at(100));
  EXPECT_TRUE(lobby.post(posts(ann, {{2, "x", "a"}}), at(100)).answers.empty());
  const auto out = lobby.appended(answer(kind::stored), at(101));
  ASSERT_EQ(out.publish.size(), 1u);
  ASSERT_EQ(out.answers.size(), 2u);
  EXPECT_FALSE(out.answers[0].second.duplicate);
  EXPECT_TRUE(out.answers[1].second.duplicate);
  EXPECT_EQ(out.answers[1].second.seq, seq_no{4});
}

TEST_F(RoomTest, AnswersAPendingConflictOnlyWhenTheFirstIsSettled) {
  (void)lobby.post(posts(ann, {{1, "x", "a"}}), at(100));
  EXPECT_TRUE(lobby.post(posts(ann, {{2, "x", "other"}}), at(100)).answers.empty());
  const auto out = lobby.appended(answer(kind::stored), at(101));
  ASSERT_EQ(out.answers.size(), 2u);
  EXPECT_EQ(out.answers[1].second.code, ec::conflict);
}

TEST_F(RoomTest, LeavesOutStoredIdsAndNumbersTheRestAgain) {
  (void)lobby.post(posts(ann, {{1, "x", "a"}, {2, "y", "b"}, {3, "z", "c"}}), at(100));
  append_result repeated{kind::repeated, {{0, {2}, {}, true}, {2, {3}, {}, false}}};
  const auto out = lobby.appended(repeated, at(101));
  ASSERT_EQ(out.answers.size(), 2u);
  EXPECT_EQ(out.answers[0].second.seq, seq_no{2});
  EXPECT_TRUE(out.answers[0].second.duplicate);
  EXPECT_EQ(out.answers[1].second.code, ec::conflict);
  ASSERT_EQ(out.append.size(), 1u);
  EXPECT_EQ(out.append[0].text, "b");
  EXPECT_EQ(out.append[0].seq, seq_no{4});
}

TEST_F(RoomTest, RefusesAsRetryableWhatWasCertainlyNotStored) {
  (void)lobby.post(posts(ann, {{1, "x", "a"}}), at(100));
  (void)lobby.post(posts(ann, {{2, "", "b"}}), at(100));
  const auto out = lobby.appended(answer(kind::unavailable), at(101));
  ASSERT_EQ(out.answers.size(), 2u);
  for (const auto& [to, told] : out.answers) EXPECT_EQ(told.code, ec::unavailable);
  EXPECT_EQ(lobby.post(posts(ann, {{3, "x", "a"}}), at(102)).append.at(0).seq, seq_no{4});
}

TEST_F(RoomTest, OpensItselfAgainAfterAnUnknownOutcomeAndPublishesWhatTheLogHas) {
  (void)lobby.post(posts(ann, {{1, "x", "a"}}), at(100));
  (void)lobby.post(posts(bob, {{5, "", "later"}}), at(100));
  const auto lost = lobby.appended(answer(kind::unknown), at(101));
  EXPECT_TRUE(lost.reopen);
  ASSERT_EQ(lost.answers.size(), 1u);
  EXPECT_EQ(lost.answers[0].second.code, ec::unknown_outcome);
  EXPECT_TRUE(lost.append.empty());
  auto log = opened(3);
  log.epoch = {8};
  log.head = {4};
  log.tail.push_back({.seq = {4}, .author = {"ann"}, .client_id = "x", .text = "a"});
  const auto back = lobby.reopened(std::move(log), at(102));
  ASSERT_EQ(back.publish.size(), 1u);
  EXPECT_EQ(back.publish[0].seq, seq_no{4});
  ASSERT_EQ(back.append.size(), 1u);
  EXPECT_EQ(back.append[0].seq, seq_no{5});
  EXPECT_EQ(back.epoch, epoch_no{8});
}

TEST_F(RoomTest, RefusesWhatWaitsIfItCannotBeOpenedAgainAndTriesWithTheNextPost) {
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  (void)lobby.post(posts(ann, {{2, "", "b"}}), at(100));
  (void)lobby.appended(answer(kind::unknown), at(101));
  const auto out = lobby.reopened(ec::unavailable, at(102));
  ASSERT_EQ(out.answers.size(), 1u);
  EXPECT_EQ(out.answers[0].second.code, ec::unavailable);
  EXPECT_TRUE(lobby.post(posts(ann, {{3, "", "c"}}), at(103)).reopen);
}

TEST_F(RoomTest, StopsWhenAnotherOwnerHasOpenedIt) {
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  const auto out = lobby.appended(answer(kind::fenced), at(101));
  EXPECT_TRUE(out.publish.empty());
  EXPECT_EQ(out.stop, ec::fenced);
  EXPECT_EQ(out.answers.at(0).second.code, ec::fenced);
  EXPECT_EQ(lobby.post(posts(ann, {{2, "", "b"}}), at(102)).answers.at(0).second.code, ec::fenced);
}

TEST_F(RoomTest, FindsTheOneBadRowByItself) {
  (void)lobby.post(posts(ann, {{1, "", "good"}, {2, "", "bad"}, {3, "", "fine"}}), at(100));
  auto out = lobby.appended(answer(kind::refused), at(101));
  ASSERT_EQ(out.append.size(), 1u);
  EXPECT_EQ(out.append[0].text, "good");
  out = lobby.appended(answer(kind::stored), at(102));
  EXPECT_EQ(out.publish.at(0).text, "good");
  EXPECT_EQ(out.append.at(0).text, "bad");
  out = lobby.appended(answer(kind::refused), at(103));
  EXPECT_EQ(out.answers.at(0).second.code, ec::internal);
  ASSERT_EQ(out.append.size(), 1u);
  EXPECT_EQ(out.append[0].text, "fine");
  EXPECT_EQ(out.append[0].seq, seq_no{5});
}

TEST_F(RoomTest, AppendsManyAtOnceAgainOnceTheBadRowIsFound) {
  (void)lobby.post(posts(ann, {{1, "", "good"}, {2, "", "bad"}}), at(100));
  (void)lobby.appended(answer(kind::refused), at(101));
  (void)lobby.appended(answer(kind::stored), at(102));
  EXPECT_TRUE(lobby.post(posts(bob, {{3, "", "x"}, {4, "", "y"}}), at(102)).append.empty());
  EXPECT_EQ(lobby.appended(answer(kind::refused), at(103)).append.size(), 2u);
  (void)lobby.appended(answer(kind::stored), at(104));
  EXPECT_EQ(lobby.post(posts(bob, {{5, "", "x"}, {6, "", "y"}}), at(105)).append.size(), 2u);
}

TEST(Room, BoundsWhatWaits) {
  room_limits limits;
  limits.pending = 2;
  room lobby(opened(), limits);
  const auto out = lobby.post(posts(ann, {{1, "", "a"}, {2, "", "b"}, {3, "", "c"}}), at(100));
  ASSERT_EQ(out.answers.size(), 1u);
  EXPECT_EQ(out.answers[0].second.code, ec::overloaded);
  EXPECT_EQ(out.answers[0].second.ticket, 3u);
}

TEST_F(RoomTest, BringsAReaderEverythingAfterItsPlace) {
  const auto out = lobby.join(here, {ann, {"ann"}, {true, {1}, {99}, 0}}, at(100));
  ASSERT_EQ(out.joined.size(), 1u);
  const auto& answered = out.joined[0].second;
  EXPECT_TRUE(answered.recovered);
  EXPECT_EQ(answered.head, seq_no{3});
  ASSERT_EQ(answered.missed.size(), 2u);
  EXPECT_EQ(answered.missed[0].seq, seq_no{2});
  EXPECT_EQ(answered.members.count, 1u);
}

TEST_F(RoomTest, NeverRecoversIntoAnotherLog) {
  const auto out = lobby.join(here, {ann, {"ann"}, {true, {1}, {98}, 0}}, at(100));
  EXPECT_FALSE(out.joined.at(0).second.recovered);
  EXPECT_TRUE(out.joined.at(0).second.missed.empty());
}

TEST_F(RoomTest, ChecksItsEpochBeforeItAnswersAReaderWhoHasSeenMore) {
  const auto unsure = lobby.join(here, {ann, {"ann"}, {true, {9}, {99}, 0}}, at(100));
  EXPECT_TRUE(unsure.check_epoch);
  EXPECT_TRUE(unsure.joined.empty());
  EXPECT_EQ(lobby.epoch_checked(room_standing{lobby.epoch() + 1, {}}, at(100).mono, at(101)).stop, ec::fenced);
}

TEST_F(RoomTest, AnswersThatReaderIfItIsStillTheOwner) {
  (void)lobby.join(here, {ann, {"ann"}, {true, {9}, {99}, 0}}, at(100));
  const auto sure = lobby.epoch_checked(room_standing{lobby.epoch(), {}}, at(100).mono, at(101));
  ASSERT_EQ(sure.joined.size(), 1u);
  EXPECT_FALSE(sure.joined[0].second.recovered);
}

TEST_F(RoomTest, WaitsForTheAppendInFlightBeforeItRetires) {
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  (void)lobby.post(posts(ann, {{2, "", "b"}}), at(100));
  const auto told = lobby.retire(ec::draining);
  EXPECT_EQ(told.stop, ec::none);
  ASSERT_EQ(told.answers.size(), 1u);
  EXPECT_EQ(told.answers[0].second.code, ec::draining);
  const auto last = lobby.appended(answer(kind::stored), at(101));
  EXPECT_EQ(last.publish.size(), 1u);
  EXPECT_EQ(last.stop, ec::draining);
}

TEST_F(RoomTest, StopsForTheReasonThatItWasGivenAlsoWhereItsAppendIsFenced) {
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  (void)lobby.retire(ec::gone);
  const auto out = lobby.appended(answer(kind::fenced), at(101));
  EXPECT_EQ(out.stop, ec::gone);
  EXPECT_EQ(out.answers.at(0).second.code, ec::gone);
}

TEST_F(RoomTest, BringsARelayBackWithAllWhoListenThroughIt) {
  const auto out = lobby.rejoin(here, {{99}, {2}, {{ann, {"ann"}}, {bob, {"bob"}}}}, at(100));
  const auto& answered = out.rejoined.at(0).second;
  EXPECT_TRUE(answered.recovered);
  EXPECT_EQ(answered.missed.size(), 1u);
  EXPECT_FALSE(lobby.tick(at(1000)).presence);
  const auto told = lobby.tick(at(2100)).presence;
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->whole);
  EXPECT_EQ(told->count, 2u);
}

TEST_F(RoomTest, SaysToARelayOfAnotherLogWhichOneThisIs) {
  const auto out = lobby.rejoin(here, {{98}, {2}, {{ann, {"ann"}}}}, at(100));
  EXPECT_EQ(out.rejoined.at(0).second.refused, ec::gone);
  EXPECT_EQ(out.rejoined.at(0).second.generation, generation_id{99});
  EXPECT_TRUE(lobby.empty());
}

TEST_F(RoomTest, SaysToARelayThatComesBackWhyItHasStopped) {
  (void)lobby.retire(ec::draining);
  const auto out = lobby.rejoin(here, {{99}, {2}, {{ann, {"ann"}}}}, at(100));
  ASSERT_EQ(out.rejoined.size(), 1u);
  EXPECT_EQ(out.rejoined[0].second.refused, ec::draining);
  EXPECT_TRUE(lobby.empty());
}

TEST_F(RoomTest, ForgetsWhoIsNotNamedByARelayThatComesBack) {
  (void)lobby.join(here, {ann, {"ann"}, {}}, at(0));
  (void)lobby.join(here, {bob, {"bob"}, {}}, at(0));
  (void)lobby.rejoin(here, {{99}, {3}, {{bob, {"bob"}}}}, at(10));
  (void)lobby.rejoin(here, {{99}, {3}, {{{3}, {"eve"}}}, false}, at(10));
  EXPECT_EQ(lobby.join({2}, {{4}, {"joe"}, {}}, at(20)).joined.at(0).second.members.count, 3u);
  EXPECT_TRUE(lobby.rejoin(here, {{99}, {3}, {}}, at(30)).rejoined.empty());
  EXPECT_EQ(lobby.join({2}, {{5}, {"zoe"}, {}}, at(40)).joined.at(0).second.members.count, 2u);
}

TEST_F(RoomTest, SaysThatItsLogWentBackOnlyOnceItsEpochWasCompared) {
  const auto unsure = lobby.rejoin(here, {{99}, {9}, {{ann, {"ann"}}, {bob, {"bob"}}}}, at(100));
  EXPECT_TRUE(unsure.rejoined.empty());
  EXPECT_TRUE(unsure.check_epoch);
  (void)lobby.leave(bob, at(101));
  EXPECT_TRUE(lobby.epoch_checked(ec::unavailable, at(100).mono, at(101)).rejoined.empty());
  const auto sure = lobby.epoch_checked(room_standing{lobby.epoch(), {}}, at(102).mono, at(103));
  ASSERT_EQ(sure.rejoined.size(), 1u);
  EXPECT_EQ(sure.rejoined[0].second.head, seq_no{3});
  EXPECT_FALSE(sure.rejoined[0].second.recovered);
  EXPECT_EQ(lobby.join({2}, {{3}, {"eve"}, {}}, at(104)).joined.at(0).second.members.count, 2u) << "bob left meanwhile";
}

TEST_F(RoomTest, BringsNobodyInThroughARelayThatIsLost) {
  (void)lobby.join(here, {ann, {"ann"}, {true, {9}, {99}, 0}}, at(100));
  (void)lobby.rejoin({2}, {{99}, {9}, {{bob, {"bob"}}}}, at(100));
  (void)lobby.relay_lost(here, at(101));
  (void)lobby.relay_lost({2}, at(101));
  const auto sure = lobby.epoch_checked(room_standing{lobby.epoch(), {}}, at(102).mono, at(103));
  EXPECT_TRUE(sure.joined.empty());
  EXPECT_TRUE(sure.rejoined.empty());
  EXPECT_TRUE(lobby.empty());
}

TEST_F(RoomTest, StopsWhereTheLogEndsBeforeWhatItPublished) {
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  (void)lobby.post(posts(ann, {{2, "", "b"}}), at(100));
  EXPECT_TRUE(lobby.appended(answer(kind::unknown), at(200)).reopen);
  const auto out = lobby.reopened(room_opened{{"lobby"}, {1}, {9}, {99}, {2}, {}}, at(300));
  EXPECT_EQ(out.stop, ec::fenced);
  ASSERT_EQ(out.answers.size(), 1u);
  EXPECT_EQ(out.answers[0].second.code, ec::fenced) << "it goes again to the room that is opened next";
}

TEST_F(RoomTest, IsGoneWhereItReopensAndAnotherOneHasItsName) {
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  (void)lobby.post(posts(ann, {{2, "", "b"}}), at(100));
  EXPECT_TRUE(lobby.appended(answer(kind::unknown), at(200)).reopen);
  const auto out = lobby.reopened(room_opened{{"lobby"}, {2}, {1}, {98}, {9}, {}}, at(300));
  EXPECT_EQ(out.stop, ec::gone);
  ASSERT_EQ(out.answers.size(), 1u);
  EXPECT_EQ(out.answers[0].second.code, ec::gone);
}

TEST_F(RoomTest, LeavesNoGhostOfARelayThatDied) {
  (void)lobby.join(here, {ann, {"ann"}, {}}, at(0));
  (void)lobby.join({2}, {bob, {"bob"}, {}}, at(0));
  (void)lobby.relay_lost({2}, at(1));
  EXPECT_EQ(lobby.join(here, {{3}, {"eve"}, {}}, at(2)).joined.at(0).second.members.count, 2u);
}

TEST_F(RoomTest, LetsNobodyInOnAnEpochThatWasComparedLongerThanTwoSecondsAgo) {
  EXPECT_EQ(lobby.join(here, {{1}, {"ann"}, {}}, at(1000)).joined.size(), 1u);
  EXPECT_EQ(lobby.join(here, {{2}, {"bob"}, {}}, at(3000)).joined.size(), 1u);
  const auto unsure = lobby.join(here, {{3}, {"eve"}, {}}, at(3001));
  EXPECT_TRUE(unsure.joined.empty());
  EXPECT_TRUE(unsure.check_epoch);
  EXPECT_EQ(lobby.epoch_checked(room_standing{lobby.epoch(), {}}, at(3001).mono, at(3100)).joined.size(), 1u);
  EXPECT_EQ(lobby.join(here, {{4}, {"joe"}, {}}, at(5001)).joined.size(), 1u);
  // It was asked for before it was stopped for long: what it says is old.
  (void)lobby.epoch_checked(room_standing{lobby.epoch(), {}}, at(5001).mono, at(60'000));
  EXPECT_TRUE(lobby.join(here, {{5}, {"zoe"}, {}}, at(60'000)).joined.empty());
}

TEST_F(RoomTest, TakesAStoredAppendForAComparedEpoch) {
  (void)lobby.join(here, {{1}, {"ann"}, {}}, at(0));
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(4000));
  (void)lobby.appended(answer(kind::stored), at(4100));
  EXPECT_EQ(lobby.join(here, {{2}, {"bob"}, {}}, at(6000)).joined.size(), 1u);
  EXPECT_TRUE(lobby.join(here, {{3}, {"eve"}, {}}, at(6001)).joined.empty());
}

TEST_F(RoomTest, TurnsAwayWhileItsEpochCannotBeCompared) {
  (void)lobby.join(here, {ann, {"ann"}, {true, {9}, {99}, 0}}, at(100));
  const auto out = lobby.epoch_checked(ec::unavailable, at(100).mono, at(200));
  ASSERT_EQ(out.joined.size(), 1u);
  EXPECT_EQ(out.joined[0].second.refused, ec::unavailable);
  EXPECT_EQ(out.stop, ec::none);
}

TEST_F(RoomTest, TakesTheEpochOfItsOwnReopeningForNobodyElses) {
  (void)lobby.post(posts(ann, {{1, "", "a"}}), at(100));
  EXPECT_TRUE(lobby.appended(answer(kind::unknown), at(200)).reopen);
  EXPECT_EQ(lobby.epoch_checked(room_standing{lobby.epoch() + 1, {}}, at(200).mono, at(300)).stop, ec::none);
}

TEST_F(RoomTest, IsGoneWhereTheDatabaseKnowsItNoMore) {
  EXPECT_EQ(lobby.epoch_checked(room_standing{}, at(100).mono, at(100)).stop, ec::gone);
}

TEST_F(RoomTest, ComparesItsEpochForARelayThatHasSeenMore) {
  EXPECT_TRUE(lobby.rejoin(here, {{99}, {4}, {{ann, {"ann"}}}}, at(100)).check_epoch);
  EXPECT_FALSE(lobby.rejoin(here, {{99}, {3}, {{ann, {"ann"}}}}, at(100)).check_epoch);
}

TEST_F(RoomTest, TellsARelayThatItWasTakenForDead) {
  (void)lobby.join(here, {ann, {"ann"}, {}}, at(0));
  (void)lobby.tick(at(300));
  const auto out = lobby.relays_lost({here}, at(400));
  ASSERT_EQ(out.rejoined.size(), 1u);
  EXPECT_EQ(out.rejoined[0].second.refused, ec::fenced);
  EXPECT_FALSE(lobby.tick(at(2399)).presence);
  EXPECT_EQ(lobby.tick(at(2400)).presence->left.size(), 1u);
}

TEST_F(RoomTest, TellsOthersOfNoReadMarkBeyondItsHead) {
  EXPECT_EQ(lobby.marked({{"ann"}, {2}})->seq, seq_no{2});
  EXPECT_EQ(lobby.marked({{"ann"}, {(std::uint64_t{1} << 53) - 1}})->seq, seq_no{3});
}

TEST_F(RoomTest, TellsReadMarksAsItsReceiptsSay) {
  const auto tells = [](room_receipts receipts, room_access access, std::size_t people) {
    room_opened opened{{"Hall"}, {1}, {7}, {99}, {}, {}};
    opened.owner = {"u0"};
    opened.settings.receipts = receipts;
    opened.settings.access = access;
    for (std::size_t i = 0; i < people; ++i) opened.members.push_back({"u" + std::to_string(i)});
    room hall(std::move(opened), {});
    for (std::size_t i = 0; access == room_access::open && i < people; ++i)
      (void)hall.join(here, {{i + 1}, {"u" + std::to_string(i)}, {}}, at(0));
    return hall.marked({{"u0"}, {0}}).has_value();
  };
  for (const auto access : {room_access::open, room_access::secret}) {
    EXPECT_TRUE(tells(room_receipts::by_size, access, 50));
    EXPECT_FALSE(tells(room_receipts::by_size, access, 51));
    EXPECT_TRUE(tells(room_receipts::on, access, 51));
    EXPECT_FALSE(tells(room_receipts::off, access, 2));
  }
}

TEST_F(RoomTest, GivesWhatAnErasedAuthorWroteToDeleted) {
  (void)lobby.post(posts(ann, {{1, "mine", "a"}}), at(100));
  (void)lobby.appended(answer(kind::stored), at(101));
  const auto told = lobby.erase_author({{"ANN"}}).authors_left;
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].author, user_id{"ann"});
  EXPECT_FALSE(told[0].erase);
  EXPECT_TRUE(told[0].seqs.empty());
  const auto all = lobby.join(here, {bob, {"bob"}, {true, {0}, {99}, 0}}, at(102)).joined.at(0).second.missed;
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[3].author, user_id{"deleted"});
  EXPECT_EQ(all[3].client_id, "");
  EXPECT_EQ(all[0].author, user_id{"old"});
}

TEST_F(RoomTest, ForgetsWhatAnErasedAuthorSaidWhereThatWasChosen) {
  (void)lobby.post(posts(ann, {{1, "mine", "a"}}), at(100));
  (void)lobby.appended(answer(kind::stored), at(101));
  const auto told = lobby.erase_author({{"ann"}, true}).authors_left;
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].erase);
  EXPECT_EQ(told[0].seqs, std::vector<seq_no>{{4}});
  EXPECT_TRUE(lobby.erase_author({{"ann"}, true}).authors_left.empty()) << "nothing is left of them";
  const auto all = lobby.join(here, {bob, {"bob"}, {true, {0}, {99}, 0}}, at(102)).joined.at(0).second.missed;
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[3].kind, entry_kind::erased);
  EXPECT_EQ(all[3].text, "");
  EXPECT_EQ(all[2].text, "old");
}

TEST_F(RoomTest, ForgetsWhatIsEmptyInTheLogWhenItReadsItAgain) {
  (void)lobby.epoch_checked(room_standing{{7}, {1}}, at(100).mono, at(100));
  (void)lobby.join(here, {bob, {"bob"}, {true, {0}, {99}, 0}}, at(101));
  auto read = opened(3);
  read.epoch = {8};
  read.membership = {1};
  read.tail[1].author = {"deleted"};
  empty_out(read.tail[1], {});
  const auto out = lobby.reopened(std::move(read), at(102));
  EXPECT_TRUE(out.publish.empty());
  ASSERT_EQ(out.authors_left.size(), 1u) << "listeners hear what the deletion didn't tell";
  EXPECT_EQ(out.authors_left[0].author, user_id{"old"});
  EXPECT_TRUE(out.authors_left[0].erase);
  EXPECT_EQ(out.authors_left[0].seqs, std::vector<seq_no>{{2}});
  const auto& missed = out.joined.at(0).second.missed;
  ASSERT_EQ(missed.size(), 3u);
  EXPECT_EQ(missed[1].kind, entry_kind::erased);
  EXPECT_EQ(missed[1].text, "");
  EXPECT_EQ(missed[2].text, "old");
}

}  // namespace
}  // namespace greenroom::core
