#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "actors/room_actor.hpp"
#include "test/support/captured_log.hpp"
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
  std::vector<check_epoch> checks;
  std::vector<reopen_room> reopens;
};

journal_actor::behavior_type holding(journal_actor::pointer self, std::shared_ptr<held_journal> held) {
  return {[=](append_entries& request) {
            held->appends.push_back({std::move(request), self->current_sender()});
          },
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
      [log = log](const core::room_gone&) { log->push_back("gone"); }, [](const core::compare_roster&) {},
      [log = log](const core::author_left& who) {
        log->push_back(who.author.value + " left, " + std::to_string(who.seqs.size()) + " empty");
      });
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
  EXPECT_EQ(*log, (std::vector<std::string>{"joined 0", "presence", "batch 1", "answered 1"}));
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

TEST_F(RoomActor, TellsRelaysOfADeletedAuthorInPieces) {
  join();
  core::room_opened opened{{"lobby"}, {1}, {4}, {9}, {core::max_erased_seqs + 1}, {}};
  for (std::uint64_t seq = 1; seq <= core::max_erased_seqs + 1; ++seq)
    opened.tail.push_back({.seq = {seq}, .author = {"eve"}, .text = "words"});
  const local_room_actor full =
      node.spawn(room_behavior, room_deps{std::move(opened), {}, {"n"}, {}, journal, node.clock, {}});
  caf::send_as(caf::actor_cast<caf::actor>(relay), full, core::join_room{{1}, {"ann"}, {}});
  node.settle();
  log->clear();
  caf::anon_send(full, core::author_erased{{"eve"}, true});
  caf::anon_send(full, core::author_erased{{"eve"}, true});
  node.settle();
  EXPECT_EQ(*log, (std::vector<std::string>{"eve left, 300 empty", "eve left, 1 empty"}));
  node.kill(full);
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

/// A private room of ann, with bob, and dora, who is muted; ten entries are in its log.
struct PrivateRoomActor : ::testing::Test {
  test::node node;
  std::shared_ptr<held_journal> held = std::make_shared<held_journal>();
  std::vector<std::string> log;
  std::vector<core::posts_answered> answers;
  std::function<core::result<core::users_found>(const core::find_users&)> people = [](const core::find_users&) {
    return core::users_found{{{"carl"}}};
  };
  journal_actor journal = node.spawn(holding, held);
  people_actor users =
      node.dummy<people_actor>([this](const core::find_users& asked) -> caf::result<core::users_found> {
        log.push_back("who is " + asked.names.at(0).value);
        return actors::answer(people(asked));
      });
  local_room_actor room = node.spawn(room_behavior, room_deps{den(), {}, {"n"}, {}, journal, node.clock, {}, users});
  relay_actor relay = node.dummy<relay_actor>(
      [this](const core::room_joined& a) { log.push_back("joined " + std::string(core::to_string(a.refused))); },
      [this](const core::room_batch& b) { log.push_back("batch " + std::to_string(b.entries.back().seq.value)); },
      [this](const core::member_removed& who) {
        log.push_back(std::string(core::to_string(who.reason)) + " " + who.user.value + " by " + who.because.by.value +
                      " " + std::to_string(who.roster.value));
      },
      [this](const core::compare_roster& c) { log.push_back("compare " + std::to_string(c.roster.value)); },
      [this](const core::note_typing& note) { log.push_back("typing " + note.user.value); });
  connection_actor poster =
      node.dummy<connection_actor>([this](const core::posts_answered& told) { answers.push_back(told); });

  static core::room_opened den() {
    core::room_opened out{{"den"}, {1}, {4}, {9}, {10}, {}};
    out.settings.access = core::room_access::secret;
    out.owner = {"ann"};
    out.members = {{"ann"}, {"bob"}, {"dora"}};
    out.mutes = {{{"dora"}, {"ann"}, "loud", {}}};
    return out;
  }
  static core::post act(core::entry_kind kind, const std::string& whom) {
    core::act what;
    what.subject = {whom};
    return {.ticket = 5, .client_id = "a1", .kind = kind, .act = std::make_shared<const core::act>(what)};
  }
  template <class Message>
  void from_relay(Message what) {
    caf::send_as(caf::actor_cast<caf::actor>(relay), room, std::move(what));
    node.settle();
  }
  void post(const std::string& author, core::post what) {
    caf::send_as(caf::actor_cast<caf::actor>(poster), room, core::post_batch{{author}, {1}, {std::move(what)}});
    node.settle();
  }
  /// Ann does that, without a connection.
  void perform(core::post what) {
    node.spawn(
        [this](caf::event_based_actor* self, room_actor whom, const core::perform_act& request) {
          self->request(whom, caf::infinite, request)
              .then(
                  [this](const core::act_performed& done) {
                    log.push_back("performed " + std::to_string(done.entry.seq.value) + " " + done.entry.subject.value);
                  },
                  [this](const caf::error& why) { log.push_back("refused " + from_caf(why).text()); });
        },
        room_actor(room), core::perform_act{{"den"}, {"ann"}, std::move(what)});
    node.settle();
  }
  static std::string refused(ec why) { return "refused " + std::string(core::describe(why).sentence); }
  void answer(entries_appended with) {
    caf::anon_send(room, std::move(with));
    node.settle();
  }
  void TearDown() override { node.kill(room); }
};

TEST_F(PrivateRoomActor, StoresAnActWithItsEffectAndTellsRelaysBeforeItAnswers) {
  from_relay(core::join_room{{1}, {"bob"}, {}});
  perform(act(core::entry_kind::remove, "bob"));
  ASSERT_EQ(held->appends.size(), 1u);
  const auto& append = held->appends[0].request.append;
  EXPECT_EQ(append.epoch, core::epoch_no{4});
  ASSERT_EQ(append.entries.size(), 1u);
  EXPECT_EQ(append.entries[0].seq, core::seq_no{11});
  EXPECT_EQ(append.entries[0].kind, core::entry_kind::remove);
  EXPECT_EQ(append.entries[0].author, core::user_id{"ann"});
  ASSERT_NE(append.effect, nullptr);
  EXPECT_EQ(append.effect->what.subject, core::user_id{"bob"});
  answer({});
  EXPECT_EQ(log, (std::vector<std::string>{"joined none", "removed bob by ann 2", "batch 11", "performed 11 bob"}));
  from_relay(core::join_room{{1}, {"bob"}, {}});
  EXPECT_EQ(log.back(), "joined not_found");
}

TEST_F(PrivateRoomActor, StoresWordsWithoutAnEffect) {
  post("bob", {.ticket = 1, .text = "hello"});
  ASSERT_EQ(held->appends.size(), 1u);
  EXPECT_EQ(held->appends[0].request.append.effect, nullptr);
}

TEST_F(PrivateRoomActor, SaysWhyTheDatabaseRefusedAnAct) {
  from_relay(core::join_room{{1}, {"bob"}, {}});
  perform(act(core::entry_kind::remove, "bob"));
  answer({ec::none, {storage::append_outcome::kind::refused, {}, ec::conflict}});
  EXPECT_EQ(log.back(), refused(ec::conflict));
  perform(act(core::entry_kind::remove, "bob"));
  answer({ec::none, {storage::append_outcome::kind::unchanged, {}}});
  EXPECT_EQ(log.back(), "performed 0 bob");
}

TEST_F(PrivateRoomActor, AsksWhoAPersonIsWhomItDoesNotKnow) {
  perform(act(core::entry_kind::add, "Carl"));
  EXPECT_EQ(log, std::vector<std::string>{"who is Carl"});
  ASSERT_EQ(held->appends.size(), 1u);
  EXPECT_EQ(held->appends[0].request.append.entries.at(0).subject.value, "carl") << "as first written";
  answer({});
  EXPECT_EQ(log.back(), "performed 11 carl");
}

TEST_F(PrivateRoomActor, SaysThatAPersonDoesNotExistOrThatNobodyKnows) {
  people = [](const core::find_users&) { return core::error{ec::no_user, "There is no user carl.", 0}; };
  perform(act(core::entry_kind::ban, "carl"));
  EXPECT_EQ(log.back(), "refused There is no user carl.");
  people = [](const core::find_users&) { return core::users_found{}; };
  perform(act(core::entry_kind::ban, "carl"));
  EXPECT_EQ(log.back(), refused(ec::no_user));
  people = [](const core::find_users&) { return core::error{ec::unavailable, "No users node answers.", 1}; };
  post("ann", act(core::entry_kind::ban, "carl"));
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].answers.at(0).code, ec::unavailable);
  EXPECT_TRUE(held->appends.empty());
}

TEST_F(PrivateRoomActor, LosesNoActWhereNobodySaysWhoAPersonIs) {
  node.kill(users);
  perform(act(core::entry_kind::ban, "carl"));
  EXPECT_TRUE(log.back().starts_with("refused "));
}

TEST_F(PrivateRoomActor, TellsAuthorsWhatIsBehindARefusal) {
  post("dora", {.ticket = 7, .text = "hello"});
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].answers.at(0).code, ec::muted);
  ASSERT_EQ(answers[0].refusals.size(), 1u);
  EXPECT_EQ(answers[0].refusals[0].ticket, 7u);
  EXPECT_EQ(answers[0].refusals[0].because.by, core::user_id{"ann"});
  EXPECT_EQ(answers[0].refusals[0].because.why, "loud");
}

TEST_F(PrivateRoomActor, WritesDownWhatIsDoneThroughAConnection) {
  test::captured_log lines;
  post("ann", act(core::entry_kind::remove, "bob"));
  answer({});
  EXPECT_THAT(lines.take(), testing::HasSubstr("act=remove_member outcome=done by=ann user=bob room=den"));
  auto banned = act(core::entry_kind::ban, "carl");
  auto more = *banned.act;
  more.address = "192.0.2.7";
  banned.act = std::make_shared<const core::act>(more);
  post("ann", banned);
  answer({});
  EXPECT_THAT(lines.take(),
              testing::HasSubstr("act=ban_user outcome=done by=ann user=carl room=den address=192.0.2.7"));
  post("ann", {.ticket = 6, .text = "hello"});
  answer({});
  perform(act(core::entry_kind::add, "bob"));
  answer({});
  EXPECT_THAT(lines.take(), Not(testing::HasSubstr("audit"))) << "its route says it, with an address";
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
