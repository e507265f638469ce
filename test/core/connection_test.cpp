#include "core/connection.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

const room_id lobby{"lobby"};
constexpr topic_id topic{5};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

client_command send(std::string id, std::string text) { return client_send{lobby, std::move(id), std::move(text)}; }

room_entered answer(std::string room) { return {{{std::move(room)}, {}, {}, {}, {}, {}}, false}; }

// The batches of posts among what is told to rooms, in order.
std::vector<std::vector<post>> posts(const connection_effects& out) {
  std::vector<std::vector<post>> found;
  for (const auto& one : out.tell)
    if (const auto* batch = std::get_if<std::vector<post>>(&one.what)) found.push_back(*batch);
  return found;
}

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
  std::uint64_t post_now(client_command what) {
    return posts(subject.command(std::move(what), at(0))).at(0).at(0).ticket;
  }
  connection_effects read(std::vector<client_command> commands) {
    connection_effects out;
    for (auto& one : commands) out = subject.command(std::move(one), at(0), std::move(out));
    return out;
  }
  void be_in() {
    (void)join();
    (void)subject.entered(lobby, answer("Lobby"), at(0));
    (void)subject.relay_found(lobby, ec::none, at(0));
    (void)subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(0));
  }
};

TEST_F(ConnectionTest, EntersFindsAndListens) {
  EXPECT_EQ(join().enter.size(), 1u);
  EXPECT_EQ(subject.entered(lobby, answer("Lobby"), at(0)).find_relay.at(0).value, "Lobby");
  EXPECT_EQ(subject.relay_found(lobby, ec::none, at(0)).listen.size(), 1u);
}

TEST_F(ConnectionTest, CreatesARoomThatIsMissingButNotForAReaderWhoResumes) {
  (void)join();
  const auto again = subject.entered(lobby, ec::not_found, at(0));
  ASSERT_EQ(again.enter.size(), 1u);
  EXPECT_TRUE(again.enter[0].create);
  connection other{{"bob"}, {}, {}};
  (void)other.command(client_join{lobby, seq_no{4}, {}}, at(0));
  const auto gone = other.entered(lobby, ec::not_found, at(0));
  EXPECT_TRUE(gone.enter.empty());
  ASSERT_EQ(gone.say.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<gone_event>(gone.say[0]));
}

TEST_F(ConnectionTest, SaysToWhomMayComeBackThatTheRoomIsOut) {
  be_in();
  const auto out = subject.ready(lobby, topic, false, {ec::unavailable, {}, 0}, at(0));
  ASSERT_EQ(out.say.size(), 1u);
  ASSERT_TRUE(std::holds_alternative<gone_event>(out.say[0]));
  EXPECT_EQ(std::get<gone_event>(out.say[0]).reason, ec::unavailable);
  EXPECT_EQ(said_error(subject.command(client_leave{lobby}, at(1)))->why.code, ec::not_joined);
}

// The relay itself says to those who are in it that a room is gone, or that they are no longer in it.
TEST_F(ConnectionTest, SaysOnceWhyARoomEndsForWhomIsInIt) {
  for (const auto why : {ec::gone, ec::not_found, ec::forbidden, ec::removed, ec::banned, ec::left}) {
    be_in();
    EXPECT_TRUE(subject.ready(lobby, topic, false, {why, {}, 0}, at(0)).say.empty()) << to_string(why);
  }
  be_in();
  const auto out = subject.ready(lobby, topic, false, {ec::limit_reached, {}, 0}, at(0));
  ASSERT_EQ(out.say.size(), 1u);
  ASSERT_NE(said_error(out), nullptr);
  EXPECT_EQ(said_error(out)->why.code, ec::limit_reached);
  EXPECT_EQ(said_error(out)->room.value, "lobby");
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
  EXPECT_TRUE(subject.command(send("a", "1"), at(0)).tell.empty());
  EXPECT_TRUE(subject.command(send("b", "2"), at(0)).tell.empty());
  (void)subject.entered(lobby, answer("lobby"), at(0));
  (void)subject.relay_found(lobby, ec::none, at(0));
  const auto out = subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(1));
  ASSERT_EQ(posts(out).size(), 1u);
  ASSERT_EQ(posts(out)[0].size(), 2u);
  EXPECT_EQ(posts(out)[0][0].text, "1");
}

TEST_F(ConnectionTest, MakesOneBatchOfWhatOneReadBrought) {
  be_in();
  auto out = subject.command(send("a", "1"), at(0));
  out = subject.command(send("b", "2"), at(0), std::move(out));
  ASSERT_EQ(posts(out).size(), 1u);
  EXPECT_EQ(posts(out)[0].size(), 2u);
  EXPECT_EQ(out.release, 0u);
}

TEST_F(ConnectionTest, ReleasesAFrameWhenItsPostIsAnswered) {
  be_in();
  const auto ticket = post_now(send("a", "1"));
  const auto out = subject.answered({{{ticket, ec::none, {4}, {}, false}}}, at(1));
  EXPECT_EQ(out.release, 1u);
  EXPECT_TRUE(out.say.empty());
  EXPECT_EQ(subject.answered({{{ticket, ec::none, {4}, {}, false}}}, at(1)).release, 0u);
}

TEST_F(ConnectionTest, SaysTheFirstMessageForARepeatedId) {
  be_in();
  const auto ticket = post_now(send("a", "1"));
  const auto out = subject.answered({{{ticket, ec::none, {4}, {}, true}}}, at(1));
  ASSERT_EQ(out.repeated.size(), 1u);
  EXPECT_EQ(out.repeated[0].second.seq, seq_no{4});
  EXPECT_EQ(out.repeated[0].second.client_id, "a");
}

TEST_F(ConnectionTest, NamesTheFieldThatOnlyTheRoomCouldJudge) {
  be_in();
  const auto ticket = post_now(send("a", "1"));
  const auto out = subject.answered({{{ticket, ec::bad_request, {}, {}, false}}}, at(1));
  ASSERT_NE(said_error(out), nullptr);
  EXPECT_EQ(said_error(out)->why.code, ec::bad_frame);
  EXPECT_EQ(said_error(out)->why.detail, "`until` must be in the future, and within ten years.");
  EXPECT_EQ(said_error(out)->client_id, "a");
}

TEST_F(ConnectionTest, SendsAgainAfterAMoveWhatHasAnId) {
  be_in();
  (void)subject.command(send("a", "1"), at(0));
  (void)subject.command(send("", "2"), at(0));
  const auto out = subject.ready(lobby, topic, true, {ec::none, {}, 0}, at(1));
  ASSERT_EQ(posts(out).size(), 1u);
  ASSERT_EQ(posts(out)[0].size(), 1u);
  EXPECT_EQ(posts(out)[0][0].client_id, "a");
}

TEST_F(ConnectionTest, SendsAgainWhatAMovingRoomRefusedEvenWithoutAnId) {
  be_in();
  const auto ticket = post_now(send("", "2"));
  EXPECT_TRUE(subject.answered({{{ticket, ec::fenced, {}, {}, false}}}, at(1)).say.empty());
  EXPECT_EQ(posts(subject.ready(lobby, topic, true, {ec::none, {}, 0}, at(2))).at(0).at(0).text, "2");
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
  EXPECT_EQ(join(seq_no{2}).ask_room, answer_kind::replay);
  const auto out = subject.roomy(at(0));
  ASSERT_EQ(out.listen.size(), 1u);
  EXPECT_EQ(out.listen[0].second.after, seq_no{2});
}

TEST_F(ConnectionTest, IsInNoMoreRoomsThanItMay) {
  connection few{{"ann"}, {1, milliseconds{1000}}, {}};
  (void)few.command(client_join{{"a"}, {}, {}}, at(0));
  const auto out = few.command(client_join{{"b"}, {}, {}}, at(0));
  EXPECT_EQ(said_error(out)->why.code, ec::limit_reached);
  EXPECT_EQ(said_error(out)->room.value, "b") << "so that a client knows what not to try again";
  EXPECT_FALSE(describe(ec::limit_reached).retry);
}

// ---- the order of commands

TEST_F(ConnectionTest, LeavesWhenThePostsBeforeAreAnswered) {
  be_in();
  auto out = read({send("a", "1"), client_leave{lobby}});
  ASSERT_EQ(posts(out).size(), 1u);
  EXPECT_TRUE(out.unlisten.empty()) << "its acknowledgement would have nowhere to go";
  EXPECT_EQ(out.release, 0u);
  const auto done = subject.answered({{{posts(out)[0][0].ticket, ec::none, {4}, {}, false}}}, at(1));
  EXPECT_EQ(done.unlisten.size(), 1u);
  EXPECT_EQ(done.release, 2u);
  EXPECT_EQ(said_error(subject.command(send("b", "2"), at(2)))->why.code, ec::not_joined);
}

TEST_F(ConnectionTest, LeavesWhenAPostIsGivenUp) {
  be_in();
  (void)read({send("a", "1"), client_leave{lobby}});
  const auto out = subject.sweep(at(10'000));
  EXPECT_EQ(said_error(out)->why.code, ec::unknown_outcome);
  EXPECT_EQ(out.unlisten.size(), 1u);
  EXPECT_FALSE(subject.busy());
}

TEST_F(ConnectionTest, SaysLeftWhereTheRoomIsLostWhileItLeaves) {
  be_in();
  (void)read({send("a", "1"), client_leave{lobby}});
  const auto out = subject.relay_lost(lobby, at(1));
  EXPECT_EQ(out.release, 2u);
  ASSERT_FALSE(out.say.empty());
  EXPECT_TRUE(std::holds_alternative<left_event>(out.say.back()));
  EXPECT_FALSE(subject.busy());
}

TEST_F(ConnectionTest, SendsAgainAfterAMoveAlsoWhileItLeaves) {
  be_in();
  const auto first = read({send("a", "1"), client_leave{lobby}});
  EXPECT_EQ(posts(subject.ready(lobby, topic, true, {ec::none, {}, 0}, at(1))).size(), 1u);
  const auto out = subject.answered({{{posts(first)[0][0].ticket, ec::none, {4}, {}, false}}}, at(2));
  EXPECT_EQ(out.unlisten.size(), 1u);
}

TEST_F(ConnectionTest, TellsTheRoomEverythingInTheOrderOfItsCommands) {
  be_in();
  const auto out =
      read({client_typing{lobby, typing_state::active}, send("a", "1"), send("b", "2"),
            client_typing{lobby, typing_state::done}, client_read{lobby, {3}}, send("c", "3"), client_leave{lobby}});
  std::string order;
  for (const auto& one : out.tell)
    order += std::holds_alternative<note_typing>(one.what) ? 't'
             : std::holds_alternative<note_read>(one.what) ? 'r'
                                                           : 'p';
  EXPECT_EQ(order, "tptrp");
}

TEST_F(ConnectionTest, TellsTheRoomWhatItWasToldBeforeTheLeave) {
  be_in();
  const auto out = read({client_typing{lobby, typing_state::done}, client_read{lobby, {3}}, client_leave{lobby}});
  EXPECT_EQ(out.tell.size(), 2u);
  EXPECT_EQ(out.unlisten.size(), 1u) << "which is carried out after what is told";
}

TEST_F(ConnectionTest, JoinsLeavesAndJoinsANewRoomInOneRead) {
  const auto out = read({client_join{lobby, {}, {}}, client_leave{lobby}, client_join{lobby, {}, {}}});
  ASSERT_EQ(out.enter.size(), 1u) << "the second join waits for the leave";
  EXPECT_EQ(out.release, 1u);
  const auto create = subject.entered(lobby, ec::not_found, at(0));
  ASSERT_EQ(create.enter.size(), 1u);
  EXPECT_TRUE(create.enter[0].create);
  (void)subject.entered(lobby, answer("lobby"), at(0));
  EXPECT_EQ(subject.relay_found(lobby, ec::none, at(0)).listen.size(), 1u);
  const auto joined = subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(1));
  EXPECT_EQ(joined.unlisten.size(), 1u) << "the relay says `left`";
  ASSERT_EQ(joined.enter.size(), 1u);
  EXPECT_FALSE(joined.enter[0].create);
  EXPECT_EQ(joined.release, 2u);
  (void)subject.entered(lobby, answer("lobby"), at(2));
  EXPECT_EQ(subject.relay_found(lobby, ec::none, at(2)).listen.size(), 1u);
  EXPECT_TRUE(subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(3)).say.empty());
  EXPECT_FALSE(subject.busy());
}

TEST_F(ConnectionTest, LeavesARoomThatItIsJoiningOnceItIsIn) {
  (void)read({client_join{lobby, {}, {}}, client_leave{lobby}});
  EXPECT_TRUE(subject.entered(lobby, answer("lobby"), at(0)).say.empty());
  EXPECT_TRUE(subject.relay_found(lobby, ec::none, at(0)).say.empty());
  const auto out = subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(1));
  EXPECT_EQ(out.unlisten.size(), 1u);
  EXPECT_TRUE(out.say.empty());
}

TEST_F(ConnectionTest, HoldsNotesAndPagesBehindAJoinLikePosts) {
  auto out = read({client_join{lobby, {}, {}}, client_typing{lobby, typing_state::active}, send("a", "1"),
                   client_read{lobby, {3}}, client_history{lobby, {}, {}, 50}});
  EXPECT_TRUE(out.say.empty());
  EXPECT_TRUE(out.tell.empty());
  EXPECT_FALSE(out.ask_room) << "the room may not be there yet";
  (void)subject.entered(lobby, answer("lobby"), at(0));
  (void)subject.relay_found(lobby, ec::none, at(0));
  out = subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(1));
  ASSERT_EQ(out.tell.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<note_typing>(out.tell[0].what));
  EXPECT_TRUE(std::holds_alternative<note_read>(out.tell[2].what));
  EXPECT_EQ(out.ask_room, answer_kind::page);
  EXPECT_EQ(out.release, 2u);
}

TEST_F(ConnectionTest, RefusesWhatFollowsAJoinThatFailsForTheSameReason) {
  (void)read({client_join{lobby, seq_no{4}, {}}, send("a", "1"), client_typing{lobby, typing_state::active},
              client_history{lobby, {}, {}, 50}, client_leave{lobby}, client_join{lobby, {}, {}}});
  const auto out = subject.entered(lobby, ec::forbidden, at(0));
  std::vector<ec> why;
  for (const auto& event : out.say) why.push_back(std::get<error_event>(event).why.code);
  EXPECT_EQ(why, (std::vector{ec::forbidden, ec::forbidden, ec::forbidden, ec::not_joined}));
  EXPECT_EQ(out.enter.size(), 1u) << "the second join has a try of its own";
  EXPECT_TRUE(out.ask_room);
  EXPECT_EQ(out.release, 4u);
}

TEST_F(ConnectionTest, AnswersEveryJoin) {
  (void)read({client_join{lobby, {}, {}}, client_join{lobby, seq_no{2}, {}}});
  (void)subject.entered(lobby, answer("lobby"), at(0));
  EXPECT_FALSE(subject.relay_found(lobby, ec::none, at(0)).listen.at(0).second.known);
  EXPECT_EQ(subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(1)).ask_room, answer_kind::replay);
  EXPECT_EQ(subject.roomy(at(1)).listen.at(0).second.after, seq_no{2});
}

TEST_F(ConnectionTest, ListensToARelayOnceHoweverOftenItIsFound) {
  (void)join();
  (void)subject.entered(lobby, answer("lobby"), at(0));
  EXPECT_EQ(subject.relay_found(lobby, ec::none, at(0)).listen.size(), 1u);
  EXPECT_TRUE(subject.relay_found(lobby, ec::none, at(0)).listen.empty());
  EXPECT_TRUE(subject.relay_found(lobby, ec::unavailable, at(0)).say.empty());
  EXPECT_TRUE(subject.relay_found({"other"}, ec::none, at(0)).listen.empty());
}

TEST_F(ConnectionTest, IsNotTroubledByALostRelayThatItDoesNotListenTo) {
  const auto expect_nothing = [](const connection_effects& out) {
    EXPECT_TRUE(out.find_relay.empty());
    EXPECT_TRUE(out.say.empty());
  };
  expect_nothing(subject.relay_lost(lobby, at(0)));
  (void)join();
  expect_nothing(subject.relay_lost(lobby, at(0)));
  EXPECT_EQ(subject.entered(lobby, answer("lobby"), at(0)).find_relay.size(), 1u);
  expect_nothing(subject.relay_lost(lobby, at(0)));
  EXPECT_EQ(subject.relay_found(lobby, ec::none, at(0)).listen.size(), 1u);
  EXPECT_EQ(subject.relay_lost(lobby, at(0)).find_relay.size(), 1u) << "it was idle and went just then";
}

TEST_F(ConnectionTest, KeepsNobodyWaitingForEverBehindAJoin) {
  (void)read({client_join{lobby, {}, {}}, send("a", "1"), client_typing{lobby, typing_state::active}});
  EXPECT_TRUE(subject.busy());
  const auto out = subject.sweep(at(10'000));
  EXPECT_EQ(said_error(out)->why.code, ec::unavailable);
  EXPECT_EQ(said_error(out)->client_id, "a");
  EXPECT_EQ(out.release, 1u);
}

// ---- long answers

TEST_F(ConnectionTest, AsksForOnePageAfterTheOther) {
  be_in();
  auto out = read({client_history{lobby, {}, {}, 50}, client_history{lobby, {}, {}, 60}});
  EXPECT_EQ(out.ask_room, answer_kind::page);
  EXPECT_TRUE(out.history.empty());
  out = subject.roomy(at(1));
  ASSERT_EQ(out.history.size(), 1u);
  EXPECT_EQ(out.history[0].limit, 50u);
  EXPECT_EQ(out.ask_room, answer_kind::page) << "it is for the socket to say when the next one may be made";
  EXPECT_EQ(subject.history_read().return_room, 1u);
  EXPECT_EQ(subject.roomy(at(2)).history.at(0).limit, 60u);
  EXPECT_EQ(subject.history_read().release, 1u);
}

TEST_F(ConnectionTest, AsksForAPageAsTheClientWantsIt) {
  be_in();
  const auto without = kind_set::of({entry_kind::settings});
  client_history wanted{lobby, {}, seq_no{0}, 50};
  (void)read({wanted});
  auto page = subject.roomy(at(1)).history.at(0);
  EXPECT_TRUE(page.from_start);
  (void)subject.history_read();
  wanted.newest = true;
  wanted.without = without;
  (void)read({wanted});
  page = subject.roomy(at(1)).history.at(0);
  EXPECT_FALSE(page.from_start);
  EXPECT_TRUE(page.newest);
  EXPECT_EQ(page.without, without);
}

TEST_F(ConnectionTest, TellsARoomThatAPostPasses) {
  be_in();
  client_send one{lobby, "a", "hush"};
  one.passing = true;
  one.heard_by = earshot::moderators;
  auto out = read({one});
  const auto& post = std::get<std::vector<core::post>>(out.tell.at(0).what).at(0);
  EXPECT_TRUE(post.passing);
  EXPECT_EQ(post.heard_by, earshot::moderators);
  out = subject.answered({{{post.ticket, ec::none, {}, {}, false}}}, at(1));
  EXPECT_EQ(std::get<unchanged_event>(out.say.at(0)).client_id, "a");
}

TEST_F(ConnectionTest, ReplaysRoomsAsThereIsRoom) {
  const room_id other{"other"};
  (void)read({client_join{lobby, seq_no{1}, {}}, client_join{other, seq_no{1}, {}}});
  (void)subject.entered(lobby, answer("lobby"), at(0));
  (void)subject.entered(other, answer("other"), at(0));
  EXPECT_EQ(subject.relay_found(lobby, ec::none, at(0)).ask_room, answer_kind::replay);
  EXPECT_FALSE(subject.relay_found(other, ec::none, at(0)).ask_room) << "one question at a time";
  auto out = subject.roomy(at(1));
  EXPECT_EQ(out.listen.at(0).first.value, "lobby");
  EXPECT_TRUE(out.ask_room);
  EXPECT_EQ(subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(2)).return_room, 1u);
  out = subject.roomy(at(3));
  EXPECT_EQ(out.listen.at(0).first.value, "other");
  EXPECT_FALSE(out.ask_room);
  EXPECT_EQ(subject.ready(other, {6}, false, {ec::gone, {}, 0}, at(4)).return_room, 1u);
  EXPECT_FALSE(subject.busy());
}

TEST_F(ConnectionTest, ARoomThatDoesNotAnswerKeepsNoOtherOneWaiting) {
  (void)join(seq_no{1});
  (void)subject.entered(lobby, answer("lobby"), at(0));
  (void)subject.relay_found(lobby, ec::none, at(0));
  (void)subject.roomy(at(0));
  EXPECT_TRUE(subject.busy());
  EXPECT_EQ(subject.sweep(at(999)).return_room, 0u);
  EXPECT_EQ(subject.sweep(at(1000)).return_room, 1u);
  EXPECT_EQ(subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(2000)).return_room, 0u) << "once";
}

TEST_F(ConnectionTest, GivesRoomBackForAReplayThatIsNotWantedAnyMore) {
  be_in();
  (void)join(seq_no{1});
  (void)subject.relay_lost(lobby, at(1));
  EXPECT_EQ(subject.roomy(at(2)).return_room, 1u);
  EXPECT_EQ(subject.roomy(at(2)).return_room, 0u);
}

TEST(Connection, OfOneRoomGoesOnFromItsPlace) {
  connection subject{{"ann"}, {}, lobby};
  EXPECT_EQ(subject.begin(lobby, {true, {4}, {9}, 0}).find_relay.size(), 1u);
  EXPECT_EQ(subject.relay_found(lobby, ec::none, at(0)).ask_room, answer_kind::replay);
  const auto out = subject.roomy(at(1));
  ASSERT_EQ(out.listen.size(), 1u);
  EXPECT_EQ(out.listen[0].second.after, seq_no{4});
}

TEST(Connection, OfOneRoomClosesWhenTheRoomIsGone) {
  connection subject{{"ann"}, {}, lobby};
  (void)subject.begin(lobby, {});
  (void)subject.relay_found(lobby, ec::none, at(0));
  (void)subject.ready(lobby, topic, false, {ec::none, {}, 0}, at(0));
  EXPECT_EQ(subject.ready(lobby, topic, false, {ec::gone, {}, 0}, at(1)).close, ec::gone);
}

}  // namespace
}  // namespace greenroom::core
