#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/door_actor.hpp"
#include "actors/secrets.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

struct Door : testing::Test {
  test::node node;
  std::vector<std::string> good{"ann's", "ann's other"};  ///< tokens
  std::vector<core::token_hash> checks;
  std::vector<core::ended_token> log;
  std::vector<std::uint64_t> pulls;
  int found = 0;
  accounts_actor accounts = new_accounts();
  int registered = 0;
  local_node_actor home = node.dummy<local_node_actor>(
      [this](find_accounts) {
        ++found;
        return accounts;
      },
      [this](const core::register_session&) { ++registered; });
  local_door_actor door = node.spawn(door_behavior, door_deps{{"n1"}, home, node.clock, {}, {}});

  accounts_actor new_accounts() {
    return node.dummy<accounts_actor>(
        [this](const core::check_token& msg) -> caf::result<core::token_checked> {
          checks.push_back(msg.token);
          for (const auto& one : good)
            if (token_hash_of(one) == msg.token)
              return core::token_checked{{"ann"}, {"s"}, node.clock->now().wall + std::chrono::hours{1}, false};
          return to_caf({ec::invalid_token, {}, 0});
        },
        [](const core::log_in& msg) -> caf::result<core::logged_in> {
          if (msg.password != "password") return to_caf({ec::bad_credentials, {}, 0});
          return core::logged_in{"ann's", msg.user, {"s"}, {}};
        },
        [this](const core::pull_ended& msg) {
          pulls.push_back(msg.after);
          core::session_ended out;
          for (const auto& one : log)
            if (one.number > msg.after) out.tokens.push_back(one);
          return out;
        });
  }
  core::result<admitted> admit(std::string token) { return node.ask<admitted>(door, admit_token{std::move(token)}); }
  core::result<admitted> redeem(std::string ticket) {
    return node.ask<admitted>(door, redeem_ticket{std::move(ticket)});
  }

  /// A connection whose socket is what was sent to it to end.
  std::vector<ec> closed;
  local_connection_actor connect(const admitted& who) {
    auto connection =
        node.dummy<local_connection_actor>([this](const end_connection& end) { closed.push_back(end.why); });
    caf::anon_send(who.session, attach_connection{who.token}, connection);
    node.settle();
    return connection;
  }
};

TEST_F(Door, AdmitsAGoodTokenAndRemembersIt) {
  const auto who = admit("ann's");
  ASSERT_TRUE(who);
  EXPECT_EQ(who->who.user.value, "ann");
  EXPECT_EQ(who->token, token_hash_of("ann's"));
  EXPECT_TRUE(who->session);
  EXPECT_EQ(admit("ann's")->session, who->session);
  EXPECT_EQ(admit("ann's other")->session, who->session) << "one session a user";
  EXPECT_THAT(checks, SizeIs(2));
  EXPECT_EQ(found, 1);
}

TEST_F(Door, RefusesABadToken) { EXPECT_EQ(admit("bob's").code(), ec::invalid_token); }

TEST_F(Door, ATicketOpensOnce) {
  const auto ticket = node.ask<ticket_minted>(door, mint_ticket{"ann's"});
  ASSERT_TRUE(ticket);
  EXPECT_EQ(ticket->user.value, "ann");
  EXPECT_EQ(ticket->expires_in_s, 30u);
  EXPECT_EQ(ticket->ticket.substr(0, 3), "n1.");
  EXPECT_TRUE(redeem(ticket->ticket));
  EXPECT_EQ(redeem(ticket->ticket).code(), ec::invalid_ticket);
  EXPECT_EQ(node.ask<ticket_minted>(door, mint_ticket{"bob's"}).code(), ec::invalid_token);
}

TEST_F(Door, PassesLoginsOn) {
  EXPECT_EQ(node.ask<core::logged_in>(door, core::log_in{{"ann"}, "password", ""})->token, "ann's");
  EXPECT_EQ(node.ask<core::logged_in>(door, core::log_in{{"ann"}, "wrong", ""}).code(), ec::bad_credentials);
}

// Each kind of question alone finds nothing: two kinds must be open at once for their numbers to meet.
TEST_F(Door, AnswersEachOfTwoKindsOfQuestionThatAreOpenAtOnce) {
  auto admitting = node.self->request(door, 3600s, admit_token{"bob's"});
  auto minting = node.self->request(door, 3600s, mint_ticket{"ann's"});
  auto logging_in = node.self->request(door, 3600s, core::log_in{{"ann"}, "password", ""});
  node.settle();
  const auto failed = [](const caf::error& why) { ADD_FAILURE() << from_caf(why).text(); };
  admitting.receive([](const admitted&) { ADD_FAILURE(); },
                    [](const caf::error& why) { EXPECT_EQ(from_caf(why).code, ec::invalid_token); });
  minting.receive([](const ticket_minted& minted) { EXPECT_EQ(minted.user.value, "ann"); }, failed);
  logging_in.receive([](const core::logged_in& in) { EXPECT_EQ(in.token, "ann's"); }, failed);
}

TEST_F(Door, EndsTheConnectionsOfAnEndedTokenAtOnce) {
  const auto first = connect(*admit("ann's"));
  const auto second = connect(*admit("ann's other"));
  caf::anon_send(door, core::session_ended{{{1, token_hash_of("ann's")}}});
  node.settle();
  EXPECT_THAT(closed, ElementsAre(ec::invalid_token));
  EXPECT_EQ(admit("ann's").code(), ec::invalid_token) << "whatever the accounts say within a minute";
}

TEST_F(Door, PullsWhatItWasNotTold) {
  const auto connection = connect(*admit("ann's"));
  node.advance(1s);
  log.push_back({7, token_hash_of("ann's")});
  node.advance(5s);
  EXPECT_THAT(closed, ElementsAre(ec::invalid_token));
  node.advance(5s);
  EXPECT_THAT(pulls, ElementsAre(0, 0, 7));
}

TEST_F(Door, ChecksTheTokensOfOpenConnectionsAgain) {
  const auto connection = connect(*admit("ann's"));
  node.advance(45s);
  EXPECT_THAT(closed, IsEmpty());
  good.clear();
  node.advance(30s);
  EXPECT_THAT(closed, ElementsAre(ec::invalid_token));
}

TEST_F(Door, LeavesOpenConnectionsAloneWhileTheAccountsAreAway) {
  const auto connection = connect(*admit("ann's"));
  node.kill(accounts);
  node.advance(120s);
  EXPECT_THAT(closed, IsEmpty());
  EXPECT_EQ(admit("ann's other").why(), (core::error{ec::unavailable, {}, 1}));
}

TEST_F(Door, FindsTheAccountsAgainWhenTheyMoved) {
  ASSERT_TRUE(admit("ann's"));
  node.kill(accounts);
  accounts = new_accounts();
  EXPECT_TRUE(admit("ann's other"));
  EXPECT_EQ(found, 2);
}

TEST_F(Door, EndsASessionWithoutConnectionsAndMakesAnotherWhenItMust) {
  const auto before = admit("ann's")->session;
  node.advance(100s);
  EXPECT_EQ(node.ask<core::done>(before, sweep_tick{}).code(), ec::unavailable) << "it is no more";
  const auto after = admit("ann's")->session;
  EXPECT_NE(before, after);
}

TEST_F(Door, KeepsTheSessionOfWhoeverIsConnected) {
  const auto before = *admit("ann's");
  auto connection = connect(before);
  node.advance(100s);
  EXPECT_EQ(admit("ann's")->session, before.session);
  node.kill(connection);
  node.advance(160s);
  EXPECT_NE(admit("ann's")->session, before.session);
}

TEST_F(Door, TakesItsSessionsWithIt) {
  const auto session = admit("ann's")->session;
  caf::anon_send_exit(door, caf::exit_reason::user_shutdown);
  node.settle();
  EXPECT_EQ(node.ask<core::done>(session, sweep_tick{}).code(), ec::unavailable);
}

TEST_F(Door, TellsSessionsWhoseHomesMovedOrCanBeReached) {
  const auto who = admit("ann's");
  connect(*who);
  EXPECT_EQ(registered, 1);
  const auto view_of = [](const char* name) {
    core::node_record record;
    record.name = {name};
    record.http = {{"chat", "127.0.0.1", 1}};
    return std::make_shared<const core::cluster_view>(core::cluster_view{{1}, {record}});
  };
  const auto tell = [&](homes_changed what) {
    caf::anon_send(door, std::move(what));
    node.settle();
  };
  tell({view_of("a"), view_of("a"), {}});
  tell({{}, view_of("a"), {"b"}});
  EXPECT_EQ(registered, 1);
  tell({{}, view_of("a"), {"a"}});
  EXPECT_EQ(registered, 2);
  tell({view_of("a"), view_of("b"), {}});
  EXPECT_EQ(registered, 3);
}

}  // namespace
}  // namespace greenroom::actors
