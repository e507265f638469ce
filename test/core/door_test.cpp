#include "core/door.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace greenroom::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const user_id ann{"ann"};
const token_hash token{"t1"};

instant at(int s) { return {wall_time{seconds{1000 + s}}, mono_time{seconds{1000 + s}}}; }
token_checked who(const user_id& user = ann) { return {user, {"s1"}, wall_time{seconds{100000}}, false}; }
ec refusal(const door_effects& out) { return out.refused.empty() ? ec::none : out.refused.front().second.code; }

struct Door : testing::Test {
  door_limits limits;
  door machine{{"n.1"}, limits};

  void let_in(const token_hash& shown, int s) {
    if (!machine.admit({99}, shown, at(s)).check.empty()) (void)machine.checked(shown, who(), at(s));
  }
  std::string ticket(int s, std::string secret = "secret") {
    auto out = machine.mint({98}, token, std::move(secret), at(s));
    if (!out.check.empty()) out = machine.checked(token, who(), at(s));
    return out.minted.empty() ? "" : out.minted.front().ticket;
  }
};

TEST_F(Door, AsksOnceHoweverManyWaitForTheSameToken) {
  EXPECT_THAT(machine.admit({1}, token, at(0)).check, ElementsAre(token));
  EXPECT_THAT(machine.admit({2}, token, at(0)).check, IsEmpty());
  const auto out = machine.checked(token, who(), at(1));
  ASSERT_THAT(out.admitted, SizeIs(2));
  EXPECT_EQ(out.admitted[1].asker, asker_id{2});
  EXPECT_EQ(out.admitted[1].who.user, ann);
}

TEST_F(Door, BelievesACheckedTokenForThirtySeconds) {
  let_in(token, 0);
  EXPECT_THAT(machine.admit({1}, token, at(29)).admitted, SizeIs(1));
  const auto out = machine.admit({2}, token, at(30));
  EXPECT_THAT(out.admitted, IsEmpty());
  EXPECT_THAT(out.check, ElementsAre(token));
}

TEST_F(Door, NeverBelievesATokenBeyondItsOwnEnd) {
  (void)machine.admit({1}, token, at(0));
  auto short_lived = who();
  short_lived.expires_at = at(5).wall;
  (void)machine.checked(token, short_lived, at(0));
  EXPECT_THAT(machine.admit({2}, token, at(4)).admitted, SizeIs(1));
  EXPECT_THAT(machine.admit({3}, token, at(5)).check, ElementsAre(token));
}

TEST_F(Door, RefusesWithTheErrorOfTheCheck) {
  (void)machine.admit({1}, token, at(0));
  const auto out = machine.checked(token, error{ec::unavailable, "no database", 1}, at(1));
  ASSERT_THAT(out.refused, SizeIs(1));
  EXPECT_EQ(out.refused.front().second, (error{ec::unavailable, "no database", 1}));
}

TEST_F(Door, RefusesAnAnswerThatMeetsATombstone) {
  (void)machine.admit({1}, token, at(0));
  (void)machine.ended({{7, token}}, at(1));
  const auto out = machine.checked(token, who(), at(2));
  EXPECT_THAT(out.admitted, IsEmpty());
  EXPECT_EQ(refusal(out), ec::invalid_token);
  EXPECT_EQ(refusal(machine.admit({2}, token, at(60))), ec::invalid_token);
}

TEST_F(Door, KeepsATombstoneForSixtySeconds) {
  (void)machine.ended({{7, token}}, at(0));
  (void)machine.sweep(at(59));
  EXPECT_EQ(refusal(machine.admit({1}, token, at(59))), ec::invalid_token);
  (void)machine.sweep(at(60));
  EXPECT_THAT(machine.admit({2}, token, at(60)).check, ElementsAre(token));
}

TEST_F(Door, TellsTheSessionOfAnEndedToken) {
  let_in(token, 0);
  const auto out = machine.ended({{7, token}, {8, {"unknown here"}}}, at(1));
  ASSERT_THAT(out.ended, SizeIs(1));
  EXPECT_EQ(out.ended.front().first, ann);
  EXPECT_EQ(out.ended.front().second.token, token);
}

TEST_F(Door, ATicketOpensOnce) {
  const auto shown = ticket(0);
  EXPECT_EQ(shown, "n.1.secret");
  EXPECT_THAT(machine.redeem({1}, shown, at(1)).admitted, SizeIs(1));
  EXPECT_EQ(refusal(machine.redeem({2}, shown, at(1))), ec::invalid_ticket);
}

TEST_F(Door, ATicketIsVoidAfterThirtySeconds) {
  const auto in_time = ticket(0, "a");
  const auto late = ticket(0, "b");
  EXPECT_EQ(refusal(machine.redeem({1}, in_time, at(29))), ec::none);
  EXPECT_EQ(refusal(machine.redeem({2}, late, at(30))), ec::invalid_ticket);
}

TEST_F(Door, RefusesWhatIsNoTicket) {
  (void)ticket(0);
  for (const auto* shown : {"", ".", "secret", ".secret", "n.1.", "n.1.Secret"})
    EXPECT_EQ(refusal(machine.redeem({1}, shown, at(1))), ec::invalid_ticket) << shown;
}

TEST_F(Door, ClaimsATicketOfAnotherNodeThereAndChecksItsTokenHere) {
  const auto out = machine.redeem({1}, "n.2.secret", at(1));
  ASSERT_THAT(out.claim, SizeIs(1));
  EXPECT_EQ(out.claim[0].minter, node_name{"n.2"});
  EXPECT_THAT(out.admitted, SizeIs(0));
  EXPECT_THAT(machine.claimed({1}, token_hash{"another's"}, at(1)).check_in_use, SizeIs(1));
  (void)machine.redeem({2}, "n.2.other", at(1));
  EXPECT_EQ(refusal(machine.claimed({2}, error{ec::unavailable, {}, 1}, at(1))), ec::unavailable);
  EXPECT_DEATH((void)machine.claimed({3}, token_hash{"nobody's"}, at(1)), "door.cpp:[0-9]+: check failed: a count");
}

TEST_F(Door, SaysThatTheTicketOfASessionForARoomIsInUse) {
  (void)machine.mint({98}, token, "secret", at(0));
  auto brief = who();
  brief.for_room = true;
  const auto minted = machine.checked(token, brief, at(0));
  ASSERT_THAT(minted.minted, SizeIs(1));
  const auto out = machine.redeem({1}, minted.minted[0].ticket, at(1));
  EXPECT_THAT(out.admitted, IsEmpty()) << "the session would end under its websocket";
  EXPECT_THAT(out.check_in_use, ElementsAre(token));
  EXPECT_THAT(machine.checked(token, brief, at(1)).admitted, SizeIs(1));
  EXPECT_THAT(machine.redeem({2}, ticket(40, "other"), at(41)).admitted, SizeIs(1)) << "an ordinary one is just known";
}

TEST_F(Door, GivesATicketToOneClaimOnly) {
  const auto shown = ticket(0);
  EXPECT_TRUE(machine.claim(shown, at(1)));
  EXPECT_EQ(machine.claim(shown, at(1)).code(), ec::invalid_ticket);
  EXPECT_EQ(refusal(machine.redeem({1}, shown, at(1))), ec::invalid_ticket);
  EXPECT_EQ(machine.claim(ticket(1, "late"), at(31)).code(), ec::invalid_ticket);
}

TEST_F(Door, ATicketOfAnEndedTokenOpensNothing) {
  const auto shown = ticket(0);
  (void)machine.ended({{7, token}}, at(1));
  EXPECT_EQ(refusal(machine.redeem({1}, shown, at(2))), ec::invalid_token);
}

TEST_F(Door, MintsOnlyForAGoodToken) {
  (void)machine.mint({1}, token, "secret", at(0));
  const auto out = machine.checked(token, ec::invalid_token, at(0));
  EXPECT_THAT(out.minted, IsEmpty());
  EXPECT_EQ(refusal(out), ec::invalid_token);
  EXPECT_EQ(refusal(machine.redeem({2}, "n.1.secret", at(0))), ec::invalid_ticket);
}

TEST_F(Door, ChecksTokensInUseAgainAndEndsWhatIsNotGoodAnyMore) {
  let_in(token, 0);
  EXPECT_THAT(machine.in_use(ann, {token}, at(10)).check_in_use, IsEmpty());
  EXPECT_THAT(machine.in_use(ann, {token}, at(30)).check_in_use, ElementsAre(token));
  EXPECT_THAT(machine.in_use(ann, {token}, at(30)).check_in_use, IsEmpty()) << "one check is under way";
  EXPECT_THAT(machine.checked(token, ec::unavailable, at(31)).ended, IsEmpty());
  EXPECT_THAT(machine.in_use(ann, {token}, at(60)).check_in_use, ElementsAre(token));
  const auto out = machine.checked(token, ec::invalid_token, at(61));
  ASSERT_THAT(out.ended, SizeIs(1));
  EXPECT_EQ(out.ended.front().first, ann);
}

TEST_F(Door, EndsAConnectionThatAttachedAfterItsTokenEnded) {
  let_in(token, 0);
  (void)machine.ended({{7, token}}, at(1));
  EXPECT_THAT(machine.in_use(ann, {token}, at(20)).ended, SizeIs(1));
}

TEST_F(Door, ForgetsTokensThatNoSessionMentions) {
  let_in(token, 0);
  (void)machine.sweep(at(60));
  (void)machine.sweep(at(90));
  EXPECT_THAT(machine.ended({{7, token}}, at(92)).ended, IsEmpty());
  let_in({"t2"}, 100);
  (void)machine.in_use(ann, {{"t2"}}, at(160));
  (void)machine.sweep(at(200));
  EXPECT_THAT(machine.ended({{8, {"t2"}}}, at(201)).ended, SizeIs(1));
}

TEST_F(Door, RetiresAnIdleSessionOnlyWhenNoAttachCanBeUnderWay) {
  let_in(token, 0);
  EXPECT_THAT(machine.session_idle(ann, at(59)).retire, IsEmpty());
  (void)machine.admit({1}, token, at(20));
  EXPECT_THAT(machine.session_idle(ann, at(79)).retire, IsEmpty());
  EXPECT_THAT(machine.session_idle(ann, at(80)).retire, ElementsAre(ann));
  EXPECT_THAT(machine.session_idle(ann, at(200)).retire, IsEmpty()) << "it is retired already";
}

TEST_F(Door, PullsEveryFiveSecondsFromWhereItIs) {
  EXPECT_EQ(machine.sweep(at(0)).pull, 0u);
  EXPECT_FALSE(machine.sweep(at(6)).pull) << "the first is not answered yet";
  EXPECT_FALSE(machine.pulled({{3, token}, {4, {"t2"}}}, at(6)).pull);
  EXPECT_EQ(machine.sweep(at(7)).pull, 4u);
  machine.pull_failed();
  EXPECT_FALSE(machine.sweep(at(8)).pull);
  EXPECT_EQ(machine.sweep(at(12)).pull, 4u);
  EXPECT_EQ(refusal(machine.admit({1}, {"t2"}, at(13))), ec::invalid_token);
}

TEST_F(Door, PullsOnAtOnceWhileThePagesAreFull) {
  (void)machine.sweep(at(0));
  std::vector<ended_token> page;
  for (std::uint64_t i = 1; i <= 1000; ++i) page.push_back({i, {std::to_string(i)}});
  EXPECT_EQ(machine.pulled(page, at(1)).pull, 1000u);
}

TEST_F(Door, AToldEndDoesNotMoveThePullBeyondWhatWasNotTold) {
  (void)machine.ended({{9, token}}, at(0));
  EXPECT_EQ(machine.sweep(at(0)).pull, 0u);
}

TEST(DoorBounds, RefusesAsOverloadedWhatItCannotRemember) {
  door_limits limits;
  limits.max_tickets = 1;
  limits.max_tokens = 2;
  limits.max_tombstones = 1;
  limits.max_waiting = 3;
  door machine{{"n"}, limits};
  (void)machine.admit({1}, {"a"}, at(0));
  (void)machine.admit({2}, {"b"}, at(0));
  (void)machine.admit({3}, {"c"}, at(0));
  EXPECT_EQ(refusal(machine.admit({4}, {"d"}, at(0))), ec::overloaded);
  (void)machine.checked({"a"}, who(), at(0));
  (void)machine.checked({"b"}, who(), at(0));
  EXPECT_EQ(refusal(machine.checked({"c"}, who(), at(0))), ec::overloaded);
  EXPECT_THAT(machine.mint({5}, {"a"}, "1", at(0)).minted, SizeIs(1));
  EXPECT_EQ(refusal(machine.mint({6}, {"a"}, "2", at(0))), ec::overloaded);
  (void)machine.sweep(at(30));
  EXPECT_THAT(machine.mint({6}, {"a"}, "2", at(30)).check, SizeIs(1)) << "30 s later";
  EXPECT_THAT(machine.checked({"a"}, who(), at(30)).minted, SizeIs(1)) << "what ran out is forgotten";
  (void)machine.ended({{1, {"x"}}, {2, {"y"}}}, at(30));
  EXPECT_EQ(refusal(machine.admit({7}, {"y"}, at(30))), ec::invalid_token);
  EXPECT_THAT(machine.admit({8}, {"x"}, at(30)).check, SizeIs(1)) << "the oldest tombstone made way";
}

TEST(DoorBounds, HasNoMoreClaimsUnderWayThanItMay) {
  door_limits limits;
  limits.max_waiting = 2;
  door machine{{"n"}, limits};
  EXPECT_THAT(machine.redeem({1}, "m.1", at(0)).claim, SizeIs(1));
  EXPECT_THAT(machine.redeem({2}, "m.2", at(0)).claim, SizeIs(1));
  EXPECT_EQ(refusal(machine.redeem({3}, "m.3", at(0))), ec::overloaded);
  (void)machine.claimed({1}, ec::invalid_ticket, at(1));
  EXPECT_THAT(machine.redeem({4}, "m.4", at(1)).claim, SizeIs(1));
  EXPECT_EQ(refusal(machine.redeem({5}, "m.5", at(1))), ec::overloaded);
}

// An oracle that knows which tokens are alive. Ends are told late or only pulled; answers are as old as their question.
TEST(DoorWalk, LetsNobodyInWithATokenWhoseEndItHasHeardAndAnswersEverybodyOnce) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random{seed};
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    door machine{{"n"}};
    std::vector<ended_token> log;
    std::set<token_hash> ended, heard;
    std::vector<std::pair<token_hash, bool>> questions;
    std::map<std::uint64_t, token_hash> waiting;
    std::uint64_t next = 0;
    std::optional<std::uint64_t> pull;
    const auto see = [&](const door_effects& out) {
      for (const auto& one : out.check) questions.emplace_back(one, !ended.contains(one));
      for (const auto& one : out.check_in_use) questions.emplace_back(one, !ended.contains(one));
      if (out.pull) pull = out.pull;
      for (const auto& one : out.admitted) {
        ASSERT_FALSE(heard.contains(one.token)) << "seed " << seed;
        ASSERT_EQ(waiting.erase(one.asker.value), 1u);
      }
      for (const auto& [asker, why] : out.refused) {
        ASSERT_TRUE(ended.contains(waiting.at(asker.value)));
        waiting.erase(asker.value);
      }
    };
    int ms = 0;
    for (int step = 0; step < 2000 && !testing::Test::HasFatalFailure(); ++step) {
      ms += static_cast<int>(below(20));
      const instant now{at(0).wall + milliseconds{ms}, at(0).mono + milliseconds{ms}};
      const token_hash shown{std::to_string(below(200))};
      switch (below(5)) {
        case 0:
        case 1:
          waiting[++next] = shown;
          see(machine.admit({next}, shown, now));
          break;
        case 2:
          if (ended.insert(shown).second) log.push_back({log.size() + 1, shown});
          if (below(2) == 0) {
            heard.insert(shown);
            see(machine.ended({{1, shown}}, now));
          }
          break;
        case 3:
          if (questions.empty()) break;
          {
            const auto at_question = static_cast<std::ptrdiff_t>(below(questions.size()));
            const auto [asked, good] = questions[static_cast<std::size_t>(at_question)];
            questions.erase(questions.begin() + at_question);
            see(machine.checked(asked, good ? result<token_checked>{who()} : ec::invalid_token, now));
          }
          break;
        default:
          if (pull) {
            const std::vector<ended_token> page(log.begin() + static_cast<std::ptrdiff_t>(*pull), log.end());
            pull.reset();
            for (const auto& one : page) heard.insert(one.token);
            see(machine.pulled(page, now));
          }
          see(machine.sweep(now));
      }
    }
    for (const auto& [asked, good] : std::vector(questions))
      see(machine.checked(asked, good ? result<token_checked>{who()} : ec::invalid_token, at(60)));
    EXPECT_THAT(waiting, IsEmpty()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace greenroom::core
