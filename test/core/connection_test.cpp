#include "core/connection.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

const room_id lobby{"lobby"};
constexpr topic_id topic{5};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

client_command send(std::string id, std::string text) { return client_send{lobby, std::move(id), std::move(text)}; }

const error_event* said_error(const connection_effects& out) {
  for (const auto& event : out.say)
    if (const auto* found = std::get_if<error_event>(&event)) return found;
  return nullptr;
}

struct ConnectionTest : ::testing::Test {
  connection subject{{"ann"}, {}, {}};

  connection_effects join(std::optional<seq_no> after = {}) {
    return subject.command(client_join{lobby, after, {}}, at(0));
  }
  void be_in() {
    (void)join();
    (void)subject.entered(lobby, room_entered{{{"Lobby"}, {}, false, {}, {}, {}}, false});
    (void)subject.relay_found(lobby, ec::none);
    (void)subject.ready(lobby, topic, false, ec::none, at(0));
  }
};

TEST_F(ConnectionTest, EntersFindsAndListens) {
  EXPECT_EQ(join().enter.size(), 1u);
  EXPECT_EQ(subject.entered(lobby, room_entered{{{"Lobby"}, {}, false, {}, {}, {}}, false}).find_relay.at(0).value,
            "Lobby");
  EXPECT_EQ(subject.relay_found(lobby, ec::none).listen.size(), 1u);
}

TEST_F(ConnectionTest, CreatesARoomThatIsMissingButNotForAReaderWhoResumes) {
  (void)join();
  const auto again = subject.entered(lobby, ec::not_found);
  ASSERT_EQ(again.enter.size(), 1u);
  EXPECT_TRUE(again.enter[0].create);
  connection other{{"bob"}, {}, {}};
  (void)other.command(client_join{lobby, seq_no{4}, {}}, at(0));
  const auto gone = other.entered(lobby, ec::not_found);
  EXPECT_TRUE(gone.enter.empty());
  ASSERT_EQ(gone.say.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<gone_event>(gone.say[0]));
}

TEST_F(ConnectionTest, SaysToWhomMayComeBackThatTheRoomIsOut) {
  be_in();
  const auto out = subject.ready(lobby, topic, false, ec::unavailable, at(0));
  ASSERT_EQ(out.say.size(), 1u);
  ASSERT_TRUE(std::holds_alternative<gone_event>(out.say[0]));
  EXPECT_EQ(std::get<gone_event>(out.say[0]).reason, ec::unavailable);
  EXPECT_TRUE(subject.rooms().empty());
}

TEST_F(ConnectionTest, RefusesASendToARoomThatItIsNotIn) {
  const auto out = subject.command(send("a", "x"), at(0));
  ASSERT_NE(said_error(out), nullptr);
  EXPECT_EQ(said_error(out)->why.code, ec::not_joined);
  EXPECT_EQ(said_error(out)->client_id, "a");
  EXPECT_EQ(out.release, 1u);
}

TEST_F(ConnectionTest, HoldsWhatIsSentBeforeTheRoomIsReadyInItsOrder) {
  (void)join();
  EXPECT_TRUE(subject.command(send("a", "1"), at(0)).posts.empty());
  EXPECT_TRUE(subject.command(send("b", "2"), at(0)).posts.empty());
  (void)subject.entered(lobby, room_entered{{{"lobby"}, {}, false, {}, {}, {}}, false});
  (void)subject.relay_found(lobby, ec::none);
  const auto out = subject.ready(lobby, topic, false, ec::none, at(1));
  ASSERT_EQ(out.posts.size(), 1u);
  ASSERT_EQ(out.posts[0].second.size(), 2u);
  EXPECT_EQ(out.posts[0].second[0].text, "1");
}

TEST_F(ConnectionTest, MakesOneBatchOfWhatOneReadBrought) {
  be_in();
  auto out = subject.command(send("a", "1"), at(0));
  out = subject.command(send("b", "2"), at(0), std::move(out));
  ASSERT_EQ(out.posts.size(), 1u);
  EXPECT_EQ(out.posts[0].second.size(), 2u);
  EXPECT_EQ(out.release, 0u);
}

TEST_F(ConnectionTest, ReleasesAFrameWhenItsPostIsAnswered) {
  be_in();
  const auto ticket = subject.command(send("a", "1"), at(0)).posts.at(0).second.at(0).ticket;
  const auto out = subject.answered({{{ticket, ec::none, {4}, {}, false}}}, at(1));
  EXPECT_EQ(out.release, 1u);
  EXPECT_TRUE(out.say.empty());
  EXPECT_EQ(subject.answered({{{ticket, ec::none, {4}, {}, false}}}, at(1)).release, 0u);
}

TEST_F(ConnectionTest, SaysTheFirstMessageForARepeatedId) {
  be_in();
  const auto ticket = subject.command(send("a", "1"), at(0)).posts.at(0).second.at(0).ticket;
  const auto out = subject.answered({{{ticket, ec::none, {4}, {}, true}}}, at(1));
  ASSERT_EQ(out.repeated.size(), 1u);
  EXPECT_EQ(out.repeated[0].second.seq, seq_no{4});
  EXPECT_EQ(out.repeated[0].second.client_id, "a");
}

TEST_F(ConnectionTest, SendsAgainAfterAMoveWhatHasAnId) {
  be_in();
  (void)subject.command(send("a", "1"), at(0));
  (void)subject.command(send("", "2"), at(0));
  const auto out = subject.ready(lobby, topic, true, ec::none, at(1));
  ASSERT_EQ(out.posts.size(), 1u);
  ASSERT_EQ(out.posts[0].second.size(), 1u);
  EXPECT_EQ(out.posts[0].second[0].client_id, "a");
}

TEST_F(ConnectionTest, SendsAgainWhatAMovingRoomRefusedEvenWithoutAnId) {
  be_in();
  const auto ticket = subject.command(send("", "2"), at(0)).posts.at(0).second.at(0).ticket;
  EXPECT_TRUE(subject.answered({{{ticket, ec::fenced, {}, {}, false}}}, at(1)).say.empty());
  EXPECT_EQ(subject.ready(lobby, topic, true, ec::none, at(2)).posts.at(0).second.at(0).text, "2");
}

TEST_F(ConnectionTest, LeavesNobodyInDoubtForEver) {
  be_in();
  (void)subject.command(send("a", "1"), at(0));
  EXPECT_TRUE(subject.sweep(at(9'999)).say.empty());
  const auto out = subject.sweep(at(10'000));
  ASSERT_NE(said_error(out), nullptr);
  EXPECT_EQ(said_error(out)->why.code, ec::unknown_outcome);
  EXPECT_EQ(out.release, 1u);
  EXPECT_FALSE(subject.busy());
}

TEST_F(ConnectionTest, TellsWhatTheHubMissed) {
  be_in();
  const auto out = subject.missed(topic, {4}, {9});
  ASSERT_EQ(out.gaps.size(), 1u);
  EXPECT_EQ(out.gaps[0].first, topic);
  EXPECT_EQ(out.gaps[0].second.room, lobby);
  EXPECT_EQ(out.gaps[0].second.from, seq_no{4});
  EXPECT_EQ(out.gaps[0].second.to, seq_no{9});
}

TEST_F(ConnectionTest, LeavesARoomOnce) {
  be_in();
  EXPECT_EQ(subject.command(client_leave{lobby}, at(0)).unlisten.size(), 1u);
  EXPECT_EQ(said_error(subject.command(client_leave{lobby}, at(0)))->why.code, ec::not_joined);
}

TEST_F(ConnectionTest, ListensAgainWhenItIsAskedToJoinAgain) {
  be_in();
  const auto out = join(seq_no{2});
  ASSERT_EQ(out.listen.size(), 1u);
  EXPECT_EQ(out.listen[0].second.after, seq_no{2});
}

TEST_F(ConnectionTest, IsInNoMoreRoomsThanItMay) {
  connection few{{"ann"}, {1, milliseconds{1000}}, {}};
  (void)few.command(client_join{{"a"}, {}, {}}, at(0));
  EXPECT_EQ(said_error(few.command(client_join{{"b"}, {}, {}}, at(0)))->why.code, ec::overloaded);
}

TEST(Connection, OfOneRoomClosesWhenTheRoomIsGone) {
  connection subject{{"ann"}, {}, lobby};
  (void)subject.begin(lobby, {});
  (void)subject.relay_found(lobby, ec::none);
  (void)subject.ready(lobby, topic, false, ec::none, at(0));
  EXPECT_EQ(subject.ready(lobby, topic, false, ec::gone, at(1)).close, ec::gone);
}

}  // namespace
}  // namespace greenroom::core
