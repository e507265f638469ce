#include "core/delete_user.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace greenroom::core {
namespace {

using state = deletion_state;
using std::chrono::milliseconds;

constexpr mono_time begun{std::chrono::hours{1}};
const operation_id id{"00112233445566778899aabbccddeeff"};
const deletion_receipt purged_away{2, 30, 4, 5, 1, 0};

deletion row_in(state is, std::uint64_t lease = 1) {
  deletion out;
  out.operation = id;
  out.user = {"ann"};
  out.state = is;
  out.lease = {lease};
  out.receipt.sessions = 3;
  return out;
}

begin_deletion wish() { return {id, {"ann"}, {"hash"}, "password", {"gateway"}}; }

struct DeleteUser : testing::Test {
  delete_user saga{wish(), {}, begun};
  mono_time now = begun;
  delete_user_effects out;

  void tick() { out = saga.tick(now); }
  void answer(saga_answer what) { out = saga.answered(out.ask.value().number, std::move(what), now); }
  void answer(error why) { out = saga.answered(out.ask.value().number, std::move(why), now); }
  void answer(ec why) { answer(error{why, {}, 0}); }
  /// The step that is asked, which must be one of this type.
  template <class Step>
  Step asked() const {
    const Step* const step = out.ask ? std::get_if<Step>(&out.ask->what) : nullptr;
    EXPECT_NE(step, nullptr) << "another step, or none";
    return step != nullptr ? *step : Step{};
  }
  state advanced_to() const { return asked<advance_deletion>().to; }
  /// Waits as long as it wants to.
  void wait_and_tick() {
    ASSERT_TRUE(out.pause);
    now += *out.pause;
    tick();
  }
  /// As far as the step before the pivot, inclusive.
  void begin_and_hide() {
    tick();
    (void)asked<begin_deletion>();
    answer(row_in(state::hiding));
    (void)asked<hide_rooms>();
    answer(rooms_hidden{1});
  }
  void pass_the_pivot() {
    begin_and_hide();
    EXPECT_EQ(advanced_to(), state::purging);
    answer(row_in(state::purging));
  }
  void resume(state in) {
    saga = delete_user{row_in(in, 7), {}, now};
    tick();
  }
};

TEST_F(DeleteUser, TakesItsStepsInOrderAndEndsWithTheReceipt) {
  EXPECT_FALSE(saga.begun());
  pass_the_pivot();
  EXPECT_EQ(asked<purge_rooms>().user.value, "ann");
  EXPECT_EQ(asked<purge_rooms>().lease.value, 1u);
  answer(rooms_purged{purged_away});
  const auto last = asked<advance_deletion>();
  EXPECT_EQ(last.to, state::completed);
  EXPECT_EQ(last.receipt.messages, 30u);
  EXPECT_EQ(last.receipt.sessions, 3u) << "counted when it began";
  answer(row_in(state::completed));
  EXPECT_TRUE(out.over);
  EXPECT_FALSE(out.ask || out.pause || out.refused);
  EXPECT_EQ(saga.row().state, state::completed);
}

TEST_F(DeleteUser, KeepsToTheChoicesOfTheRowWhoeverCarriesItOn) {
  const deletion_choices chosen{true, true};
  auto wanted = wish();
  wanted.choices = chosen;
  saga = delete_user{wanted, {}, now};
  tick();
  EXPECT_EQ(asked<begin_deletion>().choices, chosen);
  // It was begun before with others, which the row has.
  for (const auto& begun_with : {chosen, deletion_choices{false, true}, deletion_choices{}}) {
    saga = delete_user{wanted, {}, now};
    tick();
    auto row = row_in(state::hiding);
    row.choices = begun_with;
    answer(row);
    EXPECT_EQ(asked<hide_rooms>().choices, begun_with);
    answer(rooms_hidden{1});
    row.state = state::purging;
    answer(row);
    EXPECT_EQ(asked<purge_rooms>().choices, begun_with);

    for (const auto in : {state::hiding, state::purging}) {
      auto claimed = row_in(in, 7);
      claimed.choices = begun_with;
      saga = delete_user{claimed, {}, now};
      tick();
      EXPECT_EQ(in == state::hiding ? asked<hide_rooms>().choices : asked<purge_rooms>().choices, begun_with);
    }
  }
}

TEST_F(DeleteUser, TriesToBeginTwiceAndTellsWhyItCannot) {
  tick();
  answer(ec::unavailable);
  wait_and_tick();
  EXPECT_EQ(asked<begin_deletion>().operation, id) << "the same request: it may have begun";
  answer(error{ec::unavailable, "away", 1});
  ASSERT_TRUE(out.refused);
  EXPECT_EQ(out.refused->detail, "away");
}

TEST_F(DeleteUser, DoesNotInsistWhereItIsRefused) {
  for (const auto why : {ec::invalid_token, ec::bad_credentials, ec::forbidden, ec::not_found, ec::rate_limited}) {
    saga = delete_user{wish(), {}, now};
    tick();
    answer(why);
    ASSERT_TRUE(out.refused) << to_string(why);
    EXPECT_EQ(out.refused->code, why);
  }
}

TEST_F(DeleteUser, TakesUpItsOwnRowWhoseAnswerGotLost) {
  tick();
  answer(ec::unknown_outcome);
  wait_and_tick();
  answer(row_in(state::hiding, 0));
  EXPECT_FALSE(saga.following());
  EXPECT_EQ(asked<hide_rooms>().lease.value, 1u);
}

TEST_F(DeleteUser, OnlyLooksAtWhatSomebodyElseCarriesOut) {
  tick();
  auto other = row_in(state::purging, 0);
  other.operation = {"another"};
  answer(other);
  EXPECT_TRUE(saga.following());
  wait_and_tick();
  EXPECT_EQ(asked<read_deletion>().operation.value, "another");
  other.lease = {1};
  answer(other);
  EXPECT_FALSE(out.ask);
  wait_and_tick();
  answer(ec::unavailable);
  wait_and_tick();
  other.state = state::completed;
  answer(other);
  EXPECT_TRUE(out.over);
  EXPECT_EQ(saga.row().operation.value, "another");
}

TEST_F(DeleteUser, HearsAtOnceOfADeletionThatHasEnded) {
  tick();
  answer(row_in(state::completed, 0));
  EXPECT_TRUE(out.over);
  EXPECT_FALSE(out.ask);
}

TEST_F(DeleteUser, UndoesWhatIsRefusedBeforeThePivot) {
  tick();
  answer(row_in(state::hiding));
  answer(ec::forbidden);
  EXPECT_EQ(advanced_to(), state::undoing);
  answer(row_in(state::undoing));
  EXPECT_EQ(asked<restore_rooms>().operation, id) << "whatever part of it was made";
  answer(done{});
  EXPECT_EQ(advanced_to(), state::undone);
  answer(row_in(state::undone));
  EXPECT_TRUE(out.over);
  EXPECT_EQ(saga.row().state, state::undone);
}

TEST_F(DeleteUser, RepeatsBeforeThePivotUntilTheDeadlineAndThenUndoes) {
  tick();
  answer(row_in(state::hiding));
  unsigned tries = 0;
  while (now < begun + std::chrono::minutes{1}) {
    if (std::holds_alternative<advance_deletion>(out.ask.value().what)) {
      if (advanced_to() == state::undoing) break;
      answer(row_in(state::hiding));  // the lease, renewed
      continue;
    }
    (void)asked<hide_rooms>();
    ++tries;
    answer(ec::unavailable);
    wait_and_tick();
  }
  EXPECT_EQ(advanced_to(), state::undoing);
  EXPECT_GE(now - begun, std::chrono::seconds{10});
  EXPECT_LE(now - begun, std::chrono::seconds{13});
  EXPECT_GE(tries, 5u);
}

TEST_F(DeleteUser, RepeatsAfterThePivotForEver) {
  pass_the_pivot();
  std::chrono::milliseconds longest{};
  for (const auto end = now + std::chrono::hours{1}; now < end;) {
    if (std::holds_alternative<advance_deletion>(out.ask.value().what)) {
      EXPECT_EQ(advanced_to(), state::purging) << "only the lease";
      answer(row_in(state::purging));
      continue;
    }
    (void)asked<purge_rooms>();
    answer(now.time_since_epoch().count() % 2 == 0 ? ec::unavailable : ec::forbidden);
    longest = std::max(longest, out.pause.value());
    wait_and_tick();
  }
  EXPECT_LE(longest, std::chrono::seconds{2});
  if (!std::holds_alternative<purge_rooms>(out.ask.value().what)) answer(row_in(state::purging));
  answer(rooms_purged{purged_away});
  EXPECT_EQ(advanced_to(), state::completed);
}

TEST_F(DeleteUser, RenewsTheLeaseWhileTheChatDatabaseIsAway) {
  pass_the_pivot();
  auto renewed = now;
  for (int i = 0; i < 200; ++i) {
    if (std::holds_alternative<advance_deletion>(out.ask.value().what)) {
      EXPECT_LE(now - renewed, std::chrono::seconds{6});
      renewed = now;
      answer(row_in(state::purging));
    } else {
      answer(ec::unavailable);
      wait_and_tick();
    }
  }
  EXPECT_GT(renewed, begun + std::chrono::minutes{1});
}

TEST_F(DeleteUser, StopsWhereItsLeaseIsLost) {
  for (const bool chat : {true, false}) {
    saga = delete_user{wish(), {}, now};
    tick();
    answer(row_in(state::hiding));
    if (!chat) answer(rooms_hidden{});
    answer(ec::fenced);
    EXPECT_TRUE(out.over);
    EXPECT_FALSE(out.ask || out.pause);
    EXPECT_FALSE(saga.tick(now).ask) << "for good";
  }
}

TEST_F(DeleteUser, StopsWhereItsRowIsNoMoreButNotWhereTheChatDatabaseFindsNothing) {
  begin_and_hide();
  (void)asked<advance_deletion>();
  answer(ec::not_found);
  EXPECT_TRUE(out.over);

  resume(state::hiding);
  (void)asked<hide_rooms>();
  answer(ec::not_found);
  EXPECT_FALSE(out.over);
  EXPECT_TRUE(out.ask) << "it undoes";
}

TEST_F(DeleteUser, ReadsTheRowWhereAStepDoesNotFitAndBelievesIt) {
  begin_and_hide();
  now += std::chrono::seconds{11};
  answer(ec::unavailable);  // the pivot may have been passed
  wait_and_tick();
  EXPECT_EQ(advanced_to(), state::undoing) << "too late";
  answer(ec::conflict);
  (void)asked<read_deletion>();
  answer(row_in(state::purging));
  EXPECT_EQ(advanced_to(), state::purging) << "the lease is old";
  answer(row_in(state::purging));
  (void)asked<purge_rooms>();
}

TEST_F(DeleteUser, UndoesWhereThePivotIsRefusedAndTheRowSaysNoMore) {
  begin_and_hide();
  answer(ec::conflict);
  (void)asked<read_deletion>();
  answer(row_in(state::hiding));
  EXPECT_EQ(advanced_to(), state::undoing);
}

TEST_F(DeleteUser, StopsWhereTheRowIsSomebodyElsesNow) {
  begin_and_hide();
  answer(ec::conflict);
  answer(row_in(state::hiding, 2));
  EXPECT_TRUE(out.over);
  EXPECT_FALSE(out.ask);
}

TEST_F(DeleteUser, GoesOnWhereAnotherOneStopped) {
  resume(state::hiding);
  EXPECT_EQ(asked<hide_rooms>().lease.value, 7u);
  resume(state::purging);
  EXPECT_EQ(asked<purge_rooms>().lease.value, 7u);
  resume(state::undoing);
  EXPECT_EQ(asked<restore_rooms>().lease.value, 7u);
}

TEST_F(DeleteUser, HasItsWholeDeadlineWhereItGoesOn) {
  now += std::chrono::hours{1};
  resume(state::hiding);
  answer(rooms_hidden{});
  EXPECT_EQ(advanced_to(), state::purging);
}

TEST_F(DeleteUser, IgnoresTheAnswerToAStepThatItDoesNotWaitFor) {
  begin_and_hide();
  const auto late = saga.answered(1, saga_answer{row_in(state::undone)}, now);
  EXPECT_FALSE(late.ask || late.over);
  EXPECT_FALSE(saga.tick(now).ask) << "a step is out";
  answer(row_in(state::purging));
  (void)asked<purge_rooms>();
}

TEST_F(DeleteUser, LetsItsLeaseGoWhenItsGatewayStops) {
  pass_the_pivot();
  out = saga.release();
  EXPECT_TRUE(asked<advance_deletion>().release);
  EXPECT_EQ(advanced_to(), state::purging) << "the state that it has";
  EXPECT_TRUE(out.over);
  EXPECT_FALSE(saga.tick(now).ask);
}

/// Two databases that do as they should, answers that get lost, and coordinators that die: in the end both parts or
/// neither, never one.
TEST(DeleteUserWalk, EndsWithBothPartsOrNeitherWhateverGetsLost) {
  unsigned completed = 0, undone = 0;
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    std::mt19937 chance{seed};
    const auto one_in = [&](unsigned n) { return chance() % n == 0; };
    auto row = row_in(state::hiding);
    bool hidden = false, gone = false, purged = false, restored = false;
    auto now = begun;
    delete_user saga{row, {}, now};
    auto out = saga.tick(now);
    const auto advance = [&](const advance_deletion& step) -> result<saga_answer> {
      if (step.lease != row.lease) return ec::fenced;
      const auto next = std::pair{row.state, step.to};
      if (step.to != row.state) {
        if (next == std::pair{state::hiding, state::purging})
          gone = true;
        else if (next != std::pair{state::hiding, state::undoing} &&
                 next != std::pair{state::purging, state::completed} &&
                 next != std::pair{state::undoing, state::undone})
          return ec::conflict;
        row.state = step.to;
      }
      return saga_answer{row};
    };
    const auto make = [&](const saga_step& step) -> result<saga_answer> {
      if (const auto* to = std::get_if<advance_deletion>(&step.what)) return advance(*to);
      if (std::holds_alternative<read_deletion>(step.what)) return saga_answer{row};
      if (std::holds_alternative<hide_rooms>(step.what)) {
        if (restored || purged) return ec::conflict;
        if (one_in(12)) return ec::forbidden;
        hidden = true;
        return saga_answer{rooms_hidden{}};
      }
      if (std::holds_alternative<restore_rooms>(step.what)) {
        if (purged) return ec::conflict;
        restored = true;
        hidden = false;
        return saga_answer{done{}};
      }
      purged = true;
      return saga_answer{rooms_purged{}};
    };
    unsigned steps = 0;
    for (; !has_ended(row.state) && steps < 2000; ++steps) {
      now += milliseconds{chance() % 300};
      if (one_in(20) || out.over) {  // dies, and another one claims
        ++row.lease.value;
        saga = delete_user{row, {}, now};
        out = saga.tick(now);
      } else if (out.ask) {
        const auto step = *out.ask;
        const bool reached = !one_in(4), heard = !one_in(4);
        auto answer = reached ? make(step) : result<saga_answer>{ec::unavailable};
        out = saga.answered(step.number, heard ? std::move(answer) : result<saga_answer>{ec::unavailable}, now);
      } else {
        now += out.pause.value_or(milliseconds{0});
        out = saga.tick(now);
      }
    }
    ASSERT_LT(steps, 2000u) << "seed " << seed;
    const bool both = gone && purged && !restored, neither = !gone && !purged && !hidden;
    ASSERT_TRUE(row.state == state::completed ? both : neither) << "seed " << seed;
    (row.state == state::completed ? completed : undone) += 1;
  }
  EXPECT_GT(completed, 100u);
  EXPECT_GT(undone, 100u);
}

}  // namespace
}  // namespace greenroom::core
