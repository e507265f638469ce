#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "actors/room_actor.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

struct held_append {
  append_entries request;
  caf::strong_actor_ptr asker;
};

/// A journal that keeps what it gets until the test answers.
struct held_journal {
  std::deque<held_append> appends;
  std::vector<change_member> changes;
  std::vector<check_epoch> checks;
  std::vector<reopen_room> reopens;
};

journal_actor::behavior_type holding(journal_actor::pointer self, std::shared_ptr<held_journal> held) {
  return {[=](append_entries& request) {
            held->appends.push_back({std::move(request), self->current_sender()});
          },
          [=](change_member& request) { held->changes.push_back(std::move(request)); },
          [=](reopen_room& request) { held->reopens.push_back(std::move(request)); },
          [=](const check_epoch& request) { held->checks.push_back(request); },
          [](const check_epochs&) { return epochs_checked{}; },
          [](read_newest_view) { return newest_view{}; },
          [](core::open_room&) { return core::room_opened{}; },
          [](flush_tick) {}};
}

struct RoomActor : ::testing::Test {
  test::node node;
  std::shared_ptr<held_journal> held = std::make_shared<held_journal>();
  std::shared_ptr<std::vector<std::string>> log = std::make_shared<std::vector<std::string>>();
  journal_actor journal = node.spawn(holding, held);
  local_room_actor room =
      node.spawn(room_behavior, room_deps{{{"lobby"}, {1}, {4}, {9}, {}, {}}, {}, {"n"}, {}, journal, node.clock, {}});
  relay_actor relay = node.dummy<relay_actor>(
      [log = log](const core::room_joined& a) { log->push_back("joined " + std::to_string(a.head.value)); },
      [log = log](const core::room_batch& b) { log->push_back("batch " + std::to_string(b.entries.back().seq.value)); },
      [log = log](const core::room_rejoined&) { log->push_back("rejoined"); },
      [log = log](const core::presence_changed&) { log->push_back("presence"); },
      [log = log](const core::room_gone&) { log->push_back("gone"); });
  connection_actor poster = node.dummy<connection_actor>(
      [log = log](const core::posts_answered& a) { log->push_back("answered " + std::to_string(a.answers.size())); });

  void join() {
    caf::send_as(caf::actor_cast<caf::actor>(relay), room, core::join_room{{1}, {"ann"}, {}});
    node.settle();
  }
  void post(std::uint64_t ticket) {
    caf::send_as(caf::actor_cast<caf::actor>(poster), room,
                 core::post_batch{{"ann"}, {1}, {{.ticket = ticket, .text = "hello"}}});
    node.settle();
  }
  void answer(entries_appended with) {
    caf::anon_send(room, std::move(with));
    node.settle();
  }
  void TearDown() override { node.kill(room); }
};

TEST_F(RoomActor, TellsRelaysAndAuthorsOnlyAfterTheJournalAnsweredAndInThatOrder) {
  join();
  post(1);
  ASSERT_EQ(held->appends.size(), 1u);
  EXPECT_EQ(*log, std::vector<std::string>{"joined 0"});
  answer({});
  EXPECT_EQ(*log, (std::vector<std::string>{"joined 0", "batch 1", "answered 1"}));
}

TEST_F(RoomActor, SendsTheEpochItWasOpenedWith) {
  post(1);
  EXPECT_EQ(held->appends.at(0).request.append.epoch, core::epoch_no{4});
}

TEST_F(RoomActor, OpensAgainAfterAnUnknownOutcome) {
  post(1);
  answer({ec::unknown_outcome, {}});
  EXPECT_EQ(held->reopens.size(), 1u);
  EXPECT_EQ(*log, std::vector<std::string>{"answered 1"});
}

TEST_F(RoomActor, StopsWhenItIsFencedSoThatRelaysLookAgain) {
  node.self->monitor(room);
  post(1);
  answer({ec::none, {storage::append_outcome::kind::fenced, {}}});
  bool down = false;
  node.self->receive([&](caf::down_msg&) { down = true; }, caf::after(std::chrono::seconds(0)) >> [] {});
  EXPECT_TRUE(down);
  EXPECT_EQ(*log, std::vector<std::string>{"answered 1"});
}

TEST_F(RoomActor, TellsRelaysThatItIsGone) {
  join();
  caf::anon_send(room, core::room_gone{{"lobby"}, ec::gone});
  node.settle();
  EXPECT_EQ(log->back(), "gone");
}

TEST_F(RoomActor, HoldsPresenceBack) {
  join();
  EXPECT_EQ(log->back(), "joined 0");
  node.advance(core::milliseconds{260});
  EXPECT_EQ(log->back(), "presence");
}

TEST_F(RoomActor, SendsNoBatchThatAHeartbeatWouldWaitFor) {
  join();
  core::post_batch big{{"ann"}, {1}, {}};
  for (std::uint64_t i = 1; i <= 100; ++i) big.posts.push_back({.ticket = i, .text = std::string(8000, 'x')});
  caf::send_as(caf::actor_cast<caf::actor>(poster), room, std::move(big));
  node.settle();
  answer({});
  const auto batches =
      std::count_if(log->begin(), log->end(), [](const auto& one) { return one.starts_with("batch"); });
  EXPECT_GE(batches, 4);
  EXPECT_LE(batches, 5);
  EXPECT_EQ(log->at(log->size() - 2), "batch 100");
}

TEST_F(RoomActor, AppendsByItselfWhatACrowdThatFellSilentLeftBehind) {
  join();
  for (std::uint64_t ticket = 1; ticket <= 9; ++ticket) post(ticket);
  answer({});
  ASSERT_EQ(held->appends.size(), 1u) << "eight wait, and nine were under way";
  const auto& clock = node.scheduler.clock();
  EXPECT_GE(clock.schedule().begin()->first - clock.now(), core::milliseconds{1}) << "it doesn't ask all the time";
  node.advance(core::milliseconds{2});
  ASSERT_EQ(held->appends.size(), 2u);
  EXPECT_EQ(held->appends[1].request.append.entries.size(), 8u);
}

TEST_F(RoomActor, BringsBackTheRelaysOfANodeThatLeftTheViewOnly) {
  join();
  caf::anon_send(room, relays_lost{node.system.node()});
  node.settle();
  EXPECT_EQ(log->back(), "rejoined");
}

TEST_F(RoomActor, StopsWhenTheDatabaseHasANewerEpoch) {
  join();
  caf::anon_send(room, epoch_checked{core::room_standing{{4}, {}}, {}});
  node.settle();
  EXPECT_EQ(node.ask<core::done>(room, sweep_tick{}).code(), ec::none);
  caf::anon_send(room, epoch_checked{core::room_standing{{5}, {}}, {}});
  node.settle();
  EXPECT_EQ(node.ask<core::done>(room, sweep_tick{}).code(), ec::unavailable) << "it is no more";
}

TEST_F(RoomActor, DropsTheAnswerToARelayThatIsGone) {
  join();
  const auto other = node.dummy<relay_actor>([](const core::room_joined&) {});
  node.advance(core::milliseconds{60'000});
  caf::send_as(caf::actor_cast<caf::actor>(other), room, core::join_room{{2}, {"bob"}, {}});
  node.settle();
  ASSERT_EQ(held->checks.size(), 1u) << "the epoch is asked for first";
  node.kill(other);
  caf::anon_send(room, epoch_checked{core::room_standing{{4}, {}}, node.clock->now().mono});
  node.settle();
  post(1);
  answer({});
  EXPECT_EQ(log->at(log->size() - 2), "batch 1") << "it lives, and those who are left hear it";
}

// The machine may name a relay that its shell has forgotten: one that left the view while it went down.
TEST_F(RoomActor, TellsNothingToRelaysThatWentDownWhenTheirNodeLeavesTheView) {
  join();
  node.kill(relay);
  caf::anon_send(room, relays_lost{node.system.node()});
  node.settle();
  post(1);
  answer({});
  EXPECT_EQ(log->back(), "answered 1");
}

TEST_F(RoomActor, IsCountedWhileItLives) {
  const auto counted = telemetry::metrics::live("1");
  const auto other = node.spawn(
      room_behavior, room_deps{{{"quay"}, {1}, {4}, {9}, {}, {}}, {}, {"n"}, {}, journal, node.clock, counted});
  node.settle();
  EXPECT_THAT(counted.text(), testing::HasSubstr("greenroom_rooms_live 1\n"));
  node.kill(other);
  EXPECT_THAT(counted.text(), testing::HasSubstr("greenroom_rooms_live 0\n"));
}

TEST_F(RoomActor, CountsPostsThatAreStoredAndThoseThatAreRefused) {
  const auto counted = telemetry::metrics::live("1");
  room = node.spawn(room_behavior,
                    room_deps{{{"quay"}, {1}, {4}, {9}, {}, {}}, {}, {"n"}, {}, journal, node.clock, counted});
  post(1);
  post(2);
  answer({});
  answer({ec::unavailable, {}});
  EXPECT_THAT(counted.text(), testing::HasSubstr("greenroom_posts_total 1\n"));
  EXPECT_THAT(counted.text(), testing::HasSubstr("greenroom_posts_refused_total{code=\"unavailable\"} 1\n"));
}

TEST_F(RoomActor, AnswersNobodyWhoCannotBeAnswered) {
  caf::anon_send(room, core::join_room{{2}, {"bob"}, {}});
  caf::anon_send(room, core::rejoin_room{{9}, {}, {{{3}, {"bob"}}}});
  caf::anon_send(room, core::post_batch{{"bob"}, {2}, {{.ticket = 1, .text = "hello"}}});
  caf::anon_send(room, core::roster_compared{{1}});
  node.settle();
  EXPECT_TRUE(held->appends.empty());
  (void)node.ask<core::done>(room, sweep_tick{});
  EXPECT_EQ(node.ask<core::done>(room, sweep_tick{}).code(), ec::unavailable) << "nobody was in it, so it has ended";
}

struct PrivateRoomActor : ::testing::Test {
  test::node node;
  std::shared_ptr<held_journal> held = std::make_shared<held_journal>();
  std::vector<std::string> log;
  journal_actor journal = node.spawn(holding, held);
  local_room_actor room = node.spawn(room_behavior, room_deps{den(), {}, {"n"}, {}, journal, node.clock, {}});
  relay_actor relay = node.dummy<relay_actor>(
      [this](const core::room_joined& a) { log.push_back("joined " + std::string(core::to_string(a.refused))); },
      [this](const core::member_removed& who) {
        log.push_back("removed " + who.user.value + " " + std::to_string(who.roster.value));
      },
      [this](const core::compare_roster& c) { log.push_back("compare " + std::to_string(c.roster.value)); },
      [this](const core::note_typing& note) { log.push_back("typing " + note.user.value); });

  static core::room_opened den() {
    core::room_opened out{{"den"}, {1}, {4}, {9}, {3}, {}};
    out.is_private = true;
    out.owner = {"ann"};
    out.members = {{"ann"}, {"bob"}};
    return out;
  }
  template <class Message>
  void from_relay(Message what) {
    caf::send_as(caf::actor_cast<caf::actor>(relay), room, std::move(what));
    node.settle();
  }
  void TearDown() override { node.kill(room); }
};

TEST_F(PrivateRoomActor, ChangesItsMembersThroughTheJournalAndTellsRelaysBeforeItAnswers) {
  from_relay(core::join_room{{1}, {"bob"}, {}});
  node.spawn(
      [this](caf::event_based_actor* self, room_actor whom) {
        self->request(whom, caf::infinite, core::remove_member{{"den"}, {"ann"}, {"bob"}})
            .then([this](core::members_changed) { log.emplace_back("changed"); });
      },
      room_actor(room));
  node.settle();
  ASSERT_EQ(held->changes.size(), 1u);
  const auto& change = held->changes[0].change;
  EXPECT_EQ(change.epoch, core::epoch_no{4});
  EXPECT_EQ(change.head, core::seq_no{3});
  EXPECT_EQ(change.at, node.clock->now().wall);
  EXPECT_FALSE(change.add);
  caf::anon_send(room, member_answered{});
  node.settle();
  EXPECT_EQ(log, (std::vector<std::string>{"joined none", "removed bob 2", "changed"}));
  from_relay(core::join_room{{1}, {"bob"}, {}});
  EXPECT_EQ(log.back(), "joined not_found");
}

TEST_F(PrivateRoomActor, AsksARelayAtEverySweepUntilItAnswers) {
  from_relay(core::join_room{{1}, {"bob"}, {}});
  caf::anon_send(room, sweep_tick::value);
  node.settle();
  EXPECT_EQ(log.back(), "compare 1");
  from_relay(core::roster_compared{{1}});
  caf::anon_send(room, sweep_tick::value);
  node.settle();
  EXPECT_EQ(log.size(), 2u);
}

TEST_F(PrivateRoomActor, PassesOnNothingOfSomebodyWhoIsNoMember) {
  from_relay(core::join_room{{1}, {"bob"}, {}});
  caf::anon_send(room, core::note_typing{{"eve"}, core::typing_state::active});
  caf::anon_send(room, core::note_typing{{"ann"}, core::typing_state::active});
  node.settle();
  EXPECT_EQ(log.back(), "typing ann");
  EXPECT_EQ(log.size(), 2u);
}

}  // namespace
}  // namespace greenroom::actors
