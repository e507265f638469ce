#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "actors/accounts_actor.hpp"
#include "actors/secrets.hpp"
#include "test/actors/accounts_fixture.hpp"
#include "test/support/captured_log.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Accounts : accounts_fixture {};

TEST_F(Accounts, RegistersAndLogsIn) {
  EXPECT_TRUE(sign_up("Ann", "a long password"));
  const auto in = log_in("ANN", "a long password");
  ASSERT_TRUE(in);
  EXPECT_EQ(in->user.value, "Ann") << "as first written";
  EXPECT_EQ(in->expires_at, node.clock->now().wall + std::chrono::hours{30 * 24});
  const auto who = ask<core::token_checked>(core::check_token{token_hash_of(in->token)});
  ASSERT_TRUE(who);
  EXPECT_EQ(who->user.value, "Ann");
  EXPECT_EQ(who->session, in->session);
  EXPECT_FALSE(who->admin);
}

TEST_F(Accounts, LogsInByAProof) {
  EXPECT_TRUE(sign_up("Ann", "a long password"));
  const auto found = ask<core::scram_found>(core::find_scram{{"ann"}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->rounds, 4096u);
  EXPECT_NE(found->nonce, ask<core::scram_found>(core::find_scram{{"ann"}})->nonce);
  EXPECT_EQ(ask<core::scram_found>(core::find_scram{{"bob"}}).code(), ec::bad_credentials);
  const auto in = ask<core::logged_in>(core::log_in{{"ann"}, {}, {}, {}, false, {"all", "a long password"}});
  ASSERT_TRUE(in);
  EXPECT_EQ(in->user.value, "Ann");
  EXPECT_EQ(in->scram_signature, "signed");
  EXPECT_TRUE(ask<core::token_checked>(core::check_token{token_hash_of(in->token)}));
  const auto wrong = ask<core::logged_in>(core::log_in{{"ann"}, {}, {}, {}, false, {"all", "another"}});
  EXPECT_EQ(wrong.code(), ec::bad_credentials);
  for (int i = 0; i < 9; ++i) (void)ask<core::logged_in>(core::log_in{{"ann"}, {}, {}, {}, false, {"all", "another"}});
  EXPECT_EQ(ask<core::logged_in>(core::log_in{{"ann"}, {}, {}, {}, false, {"all", "a long password"}}).code(),
            ec::rate_limited);
}

TEST_F(Accounts, WarnsOfAWeakPassword) {
  EXPECT_TRUE(ask<core::user_registered>(core::register_user{{"root"}, "root"})->weak_password);
  EXPECT_FALSE(ask<core::user_registered>(core::register_user{{"ann"}, "twelve bytes"})->weak_password);
}

TEST_F(Accounts, RefusesNamesAndPasswordsThatAreNone) {
  EXPECT_EQ(sign_up("9lives", "password").code(), ec::bad_name);
  EXPECT_EQ(sign_up("System", "password").code(), ec::bad_name);
  EXPECT_EQ(sign_up("ann", "abc").code(), ec::bad_password);
  EXPECT_EQ(sign_up("ann", std::string(1025, 'x')).code(), ec::bad_password);
}

TEST_F(Accounts, TellsATakenNameWithoutHashing) {
  ASSERT_TRUE(sign_up("ann", "password"));
  hasher->refuses = ec::overloaded;
  EXPECT_EQ(sign_up("Ann", "password").code(), ec::taken);
}

TEST_F(Accounts, OnlyOneOfTwoThatWantANameGetsIt) {
  auto first = node.self->request(accounts, an_hour, core::register_user{{"ann"}, "password"});
  auto second = node.self->request(accounts, an_hour, core::register_user{{"ANN"}, "password"});
  node.settle();
  EXPECT_EQ(hasher->waiting(), 2u);
  hasher->work();
  node.settle();
  first.receive([](const core::user_registered&) {}, [](const caf::error&) { ADD_FAILURE(); });
  second.receive([](const core::user_registered&) { ADD_FAILURE(); },
                 [](const caf::error& why) { EXPECT_EQ(from_caf(why).code, ec::taken); });
}

TEST_F(Accounts, SaysTheSameOfAnUnknownUserAndAWrongPasswordAfterTheSameWork) {
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto wrong = log_in("ann", "passwort");
  const auto unknown = log_in("bob", "password");
  const auto nobody = log_in("", "password");
  EXPECT_EQ(wrong.why(), (core::error{ec::bad_credentials, {}, 0}));
  EXPECT_EQ(unknown.why(), wrong.why());
  EXPECT_EQ(nobody.why(), wrong.why());
  EXPECT_THAT(hasher->compared, ElementsAre("new(password)", "", ""));
}

TEST_F(Accounts, AUserWhoWasDeletedWhileThePasswordWasComparedGetsNoToken) {
  ASSERT_TRUE(sign_up("ann", "password"));
  auto pending = node.self->request(accounts, an_hour, core::log_in{{"ann"}, "password", ""});
  node.settle();
  ASSERT_TRUE(store->begin_deletion({{"op"}, {"ann"}, {}, {}, {"gate"}}, {}, {}, {}));
  hasher->work();
  node.settle();
  pending.receive([](const core::logged_in&) { ADD_FAILURE(); },
                  [](const caf::error& why) { EXPECT_EQ(from_caf(why).code, ec::bad_credentials); });
}

TEST_F(Accounts, AnswersEachOfFourKindsOfQuestionThatAreOpenAtOnce) {
  ASSERT_TRUE(sign_up("ann", "password"));
  ASSERT_TRUE(sign_up("bob", "password"));
  const auto anns = token_of("ann", "password");
  const auto bobs = token_of("bob", "password");
  auto registering = node.self->request(accounts, an_hour, core::register_user{{"carl"}, "password"});
  auto logging_in = node.self->request(accounts, an_hour, core::log_in{{"ann"}, "wrong", ""});
  auto changing = node.self->request(accounts, an_hour, core::change_password{anns, "password", "new password"});
  auto deleting = node.self->request(accounts, an_hour, core::begin_deletion{{"op"}, {"bob"}, bobs, "wrong", {"gate"}});
  for (int rounds = 0; rounds < 6; ++rounds) {
    node.settle();
    hasher->work();
  }
  node.settle();
  const auto failed = [](const caf::error& why) { ADD_FAILURE() << from_caf(why).text(); };
  const auto refused = [](const caf::error& why) { EXPECT_EQ(from_caf(why).code, ec::bad_credentials); };
  registering.receive([](const core::user_registered& done) { EXPECT_EQ(done.user.value, "carl"); }, failed);
  logging_in.receive([](const core::logged_in&) { ADD_FAILURE(); }, refused);
  changing.receive([](const core::password_changed&) {}, failed);
  deleting.receive([](const core::deletion&) { ADD_FAILURE(); }, refused);
}

TEST_F(Accounts, LogsOutAndTellsTheNodesAtOnce) {
  watch();
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto token = token_of("ann", "password");
  ASSERT_EQ(check(token), ec::none);
  const auto out = ask<core::session_ended>(core::log_out{token});
  ASSERT_TRUE(out);
  ASSERT_THAT(told, SizeIs(1));
  ASSERT_THAT(told[0].tokens, SizeIs(1));
  EXPECT_EQ(told[0].tokens[0].token, token);
  EXPECT_EQ(told[0].tokens[0].number, out->tokens[0].number);
  EXPECT_EQ(check(token), ec::invalid_token);
  EXPECT_EQ(ask<core::session_ended>(core::log_out{token}).code(), ec::invalid_token);
}

TEST_F(Accounts, WhatANodeMissedItCanPull) {
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto first = token_of("ann", "password");
  const auto second = token_of("ann", "password");
  (void)ask<core::session_ended>(core::log_out{first});
  const auto number = ask<core::session_ended>(core::pull_ended{0})->tokens.at(0).number;
  (void)ask<core::session_ended>(core::log_out{second});
  const auto later = ask<core::session_ended>(core::pull_ended{number});
  ASSERT_THAT(later->tokens, SizeIs(1));
  EXPECT_EQ(later->tokens[0].token, second);
  EXPECT_GT(later->tokens[0].number, number);
}

TEST_F(Accounts, ListsOnesOwnSessionsAndEndsOne) {
  watch();
  ASSERT_TRUE(sign_up("ann", "password"));
  ASSERT_TRUE(sign_up("bob", "password"));
  const auto phone = token_of("ann", "password");
  const auto desk = token_of("ann", "password");
  const auto bobs = token_of("bob", "password");
  const auto list = ask<core::session_list>(core::list_sessions{desk});
  ASSERT_THAT(list->sessions, SizeIs(2));
  core::session_id other;
  for (const auto& one : list->sessions) {
    EXPECT_EQ(one.client, "here");
    if (!one.current) other = one.session;
  }
  EXPECT_EQ(ask<core::session_ended>(core::end_session{bobs, other}).code(), ec::not_found) << "not one's own";
  EXPECT_TRUE(ask<core::session_ended>(core::end_session{desk, other}));
  EXPECT_EQ(check(phone), ec::invalid_token);
  EXPECT_EQ(check(desk), ec::none);
  EXPECT_THAT(told, SizeIs(1));
}

TEST_F(Accounts, AChangeOfPasswordEndsTheOtherSessions) {
  watch();
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto other = token_of("ann", "password");
  const auto mine = token_of("ann", "password");
  const auto changed = ask<core::password_changed>(core::change_password{mine, "password", "new password"});
  ASSERT_TRUE(changed);
  EXPECT_FALSE(changed->weak_password);
  EXPECT_EQ(check(other), ec::invalid_token);
  EXPECT_EQ(check(mine), ec::none);
  EXPECT_THAT(told, SizeIs(1));
  EXPECT_EQ(log_in("ann", "password").code(), ec::bad_credentials);
  EXPECT_TRUE(log_in("ann", "new password"));
}

TEST_F(Accounts, APasswordIsNotChangedWithoutTheOldOneOrAGoodNewOne) {
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto mine = token_of("ann", "password");
  const auto change = [&](std::string old, std::string next) {
    return ask<core::password_changed>(core::change_password{mine, std::move(old), std::move(next)}).code();
  };
  EXPECT_EQ(change("wrong", "new password"), ec::bad_credentials);
  EXPECT_EQ(change("password", "abc"), ec::bad_password);
  EXPECT_TRUE(log_in("ann", "password"));
}

TEST_F(Accounts, APasswordIsNotChangedByATokenThatEndedMeanwhile) {
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto mine = token_of("ann", "password");
  auto pending = node.self->request(accounts, an_hour, core::change_password{mine, "password", "new password"});
  node.settle();
  ASSERT_TRUE(store->end_token(mine, node.clock->now().wall));
  hasher->work();
  node.settle();
  hasher->work();
  node.settle();
  pending.receive([](const core::password_changed&) { ADD_FAILURE(); },
                  [](const caf::error& why) { EXPECT_EQ(from_caf(why).code, ec::invalid_token); });
  EXPECT_TRUE(log_in("ann", "password"));
}

TEST_F(Accounts, SaysWhenToTryAgainWhileTheDatabaseIsAway) {
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto token = token_of("ann", "password");
  store->broken = ec::unavailable;
  const core::error away{ec::unavailable, {}, 1};
  EXPECT_EQ(sign_up("bob", "password").why(), away);
  EXPECT_EQ(log_in("ann", "password").why(), away);
  EXPECT_EQ(ask<core::token_checked>(core::check_token{token}).why(), away);
  EXPECT_EQ(ask<core::session_ended>(core::log_out{token}).why(), away);
  EXPECT_EQ(ask<core::session_list>(core::list_sessions{token}).why(), away);
  EXPECT_EQ(ask<core::session_ended>(core::pull_ended{0}).why(), away);
  store->broken = ec::none;
  EXPECT_TRUE(log_in("ann", "password"));
  EXPECT_EQ(check(token), ec::none);
}

TEST_F(Accounts, RefusesWhileTheHasherIsOverloaded) {
  ASSERT_TRUE(sign_up("ann", "password"));
  hasher->refuses = ec::overloaded;
  EXPECT_EQ(log_in("ann", "password").why(), (core::error{ec::overloaded, {}, 1}));
  EXPECT_EQ(sign_up("bob", "password").code(), ec::overloaded);
  EXPECT_THAT(metrics.text(), testing::HasSubstr("overloaded"));
}

TEST_F(Accounts, LivesOnAfterAnException) {
  ASSERT_TRUE(sign_up("ann", "password"));
  store->throws = true;
  EXPECT_EQ(log_in("ann", "password").code(), ec::internal);
  EXPECT_EQ(check({"any"}), ec::internal);
  store->throws = false;
  EXPECT_TRUE(log_in("ann", "password"));
}

TEST_F(Accounts, ForgetsExpiredSessionsEveryMinute) {
  ASSERT_TRUE(sign_up("ann", "password"));
  (void)token_of("ann", "password");
  node.clock->advance(std::chrono::hours{31 * 24});
  node.advance(std::chrono::seconds{61});
  EXPECT_EQ(*store->sweep(node.clock->now().wall), 0u) << "the actor has swept before";
}

TEST_F(Accounts, CountsUsers) {
  ASSERT_TRUE(sign_up("ann", "password"));
  EXPECT_EQ(*node.ask<std::uint64_t>(accounts, count_users{}), 1u);
}

TEST_F(Accounts, EndsTheOldestSessionOfWhoHasTooMany) {
  ASSERT_TRUE(sign_up("ann", "a long password"));
  watch();
  const auto first = token_of("ann", "a long password");
  for (int i = 0; i < 100; ++i) {
    node.advance(core::milliseconds{1});
    ASSERT_TRUE(log_in("ann", "a long password"));
  }
  EXPECT_EQ(check(first), ec::invalid_token);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].tokens.at(0).token, first);
  const auto newest = token_of("ann", "a long password");
  EXPECT_THAT(ask<core::session_list>(core::list_sessions{newest})->sessions, SizeIs(100));
}

TEST_F(Accounts, TellsOfManyEndedSessionsInPieces) {
  ASSERT_TRUE(sign_up("ann", "a long password"));
  std::vector<storage::new_session> many;
  const auto now = node.clock->now().wall;
  for (int i = 0; i < 2500; ++i)
    many.push_back({token_hash_of(std::to_string(i)), {std::to_string(i)}, {"ann"}, "", now, now + an_hour});
  ASSERT_TRUE(store->add_sessions(many));
  watch();
  const auto done = ask<core::administered>(core::administer{core::account_act::end_sessions, {"ann"}});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->ended, 2500u);
  ASSERT_THAT(told, SizeIs(3));
  for (const auto& piece : told) EXPECT_LE(piece.tokens.size(), core::max_ended_told);
}

TEST_F(Accounts, GivesALoginForARoomTheLifeOfItsTicketAndMoreWhileItIsInUse) {
  ASSERT_TRUE(sign_up("ann", "a long password"));
  core::log_in wanted{{"ann"}, "a long password", "here"};
  wanted.for_room = true;
  const auto unused = token_hash_of(ask<core::logged_in>(wanted)->token);
  const auto used = token_hash_of(ask<core::logged_in>(wanted)->token);
  EXPECT_TRUE(ask<core::token_checked>(core::check_token{unused})->for_room);
  node.advance(core::seconds{34});
  EXPECT_EQ(check(unused), ec::none);
  ASSERT_TRUE(ask<core::token_checked>(core::check_token{used, true}));
  node.advance(core::seconds{2});
  EXPECT_EQ(check(unused), ec::invalid_token) << "its ticket was never used";
  for (int i = 0; i < 20; ++i) {
    node.advance(core::seconds{30});
    ASSERT_TRUE(ask<core::token_checked>(core::check_token{used, true})) << i;
  }
  node.advance(core::seconds{119});
  EXPECT_EQ(check(used), ec::none) << "for three minutes from when half of them were over, a minute ago";
  node.advance(core::seconds{1});
  EXPECT_EQ(check(used), ec::invalid_token) << "its websocket was closed";
}

TEST_F(Accounts, TellsOnlyWhoKnowsThePasswordThatAnAccountIsDisabled) {
  ASSERT_TRUE(sign_up("ann", "a long password"));
  const auto token = token_of("ann", "a long password");
  watch();
  core::administer suspend{core::account_act::suspend, {"ann"}};
  suspend.text = "stolen";
  suspend.until = node.clock->now().wall + an_hour;
  EXPECT_EQ(ask<core::administered>(suspend)->ended, 1u);
  EXPECT_EQ(check(token), ec::invalid_token);
  EXPECT_THAT(told, SizeIs(1));
  EXPECT_EQ(log_in("ann", "a wrong password").code(), ec::bad_credentials);
  const auto refused = log_in("ann", "a long password");
  EXPECT_EQ(refused.code(), ec::suspended);
  ASSERT_TRUE(refused.why().because) << "it crosses links with why and until when";
  EXPECT_EQ(*refused.why().because, (core::sanction{{"ann"}, {}, "stolen", suspend.until}));
  ASSERT_TRUE(ask<core::administered>(core::administer{core::account_act::resume, {"ann"}}));
  EXPECT_TRUE(log_in("ann", "a long password"));
}

TEST_F(Accounts, LetsASuspendedUserInOnTime) {
  ASSERT_TRUE(sign_up("ann", "a long password"));
  core::administer suspend{core::account_act::suspend, {"ann"}};
  suspend.until = node.clock->now().wall + core::seconds{10};
  ASSERT_TRUE(ask<core::administered>(suspend));
  const auto listed = [&] { return ask<core::administered>(core::administer{})->accounts.at(0); };
  EXPECT_TRUE(listed().suspended);
  EXPECT_EQ(listed().suspended_until, suspend.until);
  node.advance(core::milliseconds{9'999});
  EXPECT_EQ(log_in("ann", "a long password").code(), ec::suspended);
  node.advance(core::milliseconds{1});
  EXPECT_TRUE(log_in("ann", "a long password"));
  EXPECT_FALSE(listed().suspended);
}

TEST_F(Accounts, RefusesASuspensionThatCannotEndThen) {
  ASSERT_TRUE(sign_up("ann", "a long password"));
  core::administer suspend{core::account_act::suspend, {"ann"}};
  const auto now = node.clock->now().wall;
  const auto ten_years = core::seconds{3653LL * 24 * 3600};
  for (const auto until : {now, now - core::seconds{1}, now + ten_years + core::milliseconds{1}}) {
    suspend.until = until;
    const auto refused = ask<core::administered>(suspend);
    EXPECT_EQ(refused.code(), ec::bad_request);
    EXPECT_THAT(refused.why().detail, testing::HasSubstr("`until`"));
  }
  EXPECT_TRUE(log_in("ann", "a long password")) << "nothing happened";
  suspend.until = now + ten_years;
  EXPECT_TRUE(ask<core::administered>(suspend));
}

TEST_F(Accounts, LetsAdminsAndNobodyElseSuspendByTheirToken) {
  ASSERT_TRUE(sign_up("root", "a long password"));
  ASSERT_TRUE(sign_up("ann", "a long password"));
  ASSERT_TRUE(ask<core::administered>(core::administer{core::account_act::grant, {"root"}}));
  const auto root = token_of("root", "a long password");
  const auto ann = token_of("ann", "a long password");
  watch();
  test::captured_log log;
  const auto act = [&](const core::token_hash& token, core::account_act what, std::string on) {
    return ask<core::administered>(core::admin_act{token, {what, {std::move(on)}}, {"192.0.2.7", "req"}});
  };
  using enum core::account_act;
  EXPECT_EQ(act(ann, suspend, "root").code(), ec::forbidden);
  EXPECT_THAT(log.take(), testing::HasSubstr("act=suspend_user outcome=forbidden by=ann user=root address=192.0.2.7"));
  EXPECT_EQ(act(ann, sessions, "root").code(), ec::forbidden);
  EXPECT_EQ(act(token_hash_of("none"), suspend, "ann").code(), ec::invalid_token);
  EXPECT_EQ(act(root, suspend, "nobody").code(), ec::no_user);
  EXPECT_EQ(act(root, resume, "nobody").code(), ec::no_user);
  EXPECT_EQ(act(root, sessions, "nobody").code(), ec::no_user);
  EXPECT_EQ(act(root, suspend, "root").code(), ec::conflict) << "the last one";
  EXPECT_THAT(told, testing::IsEmpty());
  EXPECT_THAT(act(root, sessions, "ann")->sessions, SizeIs(1));
  (void)log.take();
  EXPECT_EQ(act(root, suspend, "ann")->ended, 1u);
  EXPECT_THAT(log.take(), testing::HasSubstr("act=suspend_user outcome=done by=root user=ann address=192.0.2.7"));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].tokens.at(0).token, ann);
  EXPECT_TRUE(act(root, resume, "ann"));
  EXPECT_THAT(log.take(), testing::HasSubstr("act=resume_user outcome=done by=root user=ann"));
  EXPECT_TRUE(act(root, resume, "ann")) << "who isn't suspended";
  EXPECT_TRUE(log_in("ann", "a long password"));
}

TEST_F(Accounts, BeginsADeletionForAnOperator) {
  ASSERT_TRUE(sign_up("ann", "a long password"));
  const auto token = token_of("ann", "a long password");
  core::administer remove{core::account_act::remove, {"ann"}};
  remove.operation = "00112233445566778899aabbccddeeff";
  const auto begun = ask<core::administered>(remove);
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->operation, remove.operation);
  EXPECT_EQ(begun->state, "hiding");
  EXPECT_EQ(begun->ended, 1u);
  EXPECT_EQ(check(token), ec::invalid_token);
  remove.user = {"nobody"};
  remove.operation = "ffeeddccbbaa99887766554433221100";
  EXPECT_EQ(ask<core::administered>(remove).code(), ec::not_found);
}

TEST_F(Accounts, FindsUsersForRooms) {
  ASSERT_TRUE(sign_up("Ann", "a long password"));
  const auto found = ask<core::users_found>(core::find_users{{{"ANN"}, {"nobody"}}});
  ASSERT_TRUE(found);
  ASSERT_THAT(found->users, SizeIs(1));
  EXPECT_EQ(found->users[0].value, "Ann");
  EXPECT_EQ(ask<core::users_found>(core::find_users{std::vector<core::user_id>(501, {"ann"})}).code(), ec::bad_request);
}

TEST_F(Accounts, WritesOneAuditLineForEachAct) {
  test::captured_log log;
  const auto lines = [&] {
    std::vector<std::string> out;
    std::istringstream read{log.take()};
    for (std::string line; std::getline(read, line);)
      if (const auto at = line.find(" audit "); at != line.npos) out.push_back(line.substr(at + 7));
    return out;
  };
  const core::request_origin from{"192.0.2.7", "req\n1"};
  (void)ask<core::user_registered>(core::register_user{{"ann"}, "a long password", from});
  EXPECT_THAT(lines(), ElementsAre(R"(act=register outcome=done by=ann address=192.0.2.7 request_id="req\n1")"));
  (void)ask<core::logged_in>(core::log_in{{"ann"}, "a wrong password", "here", from});
  EXPECT_THAT(lines(), ElementsAre(testing::StartsWith("act=login outcome=bad_credentials by=ann address=192.0.2.7")));
  const auto in = ask<core::logged_in>(core::log_in{{"ann"}, "a long password", "here", from});
  EXPECT_THAT(lines(), ElementsAre(testing::StartsWith("act=login outcome=done by=ann address=192.0.2.7")));
  const auto token = token_hash_of(in->token);
  (void)ask<core::password_changed>(core::change_password{token, "a long password", "a longer password", from});
  EXPECT_THAT(lines(), ElementsAre(testing::StartsWith("act=password_change outcome=done by=ann address=192.0.2.7")));
  const auto other = token_of("ann", "a longer password");
  (void)lines();
  (void)ask<core::session_ended>(core::end_session{token, {"no such"}, from});
  EXPECT_THAT(lines(), ElementsAre(testing::StartsWith("act=end_session outcome=not_found by=ann")));
  (void)ask<core::session_ended>(core::log_out{other, from});
  EXPECT_THAT(lines(), ElementsAre(testing::StartsWith("act=logout outcome=done by=ann address=192.0.2.7")));
  (void)ask<core::administered>(core::administer{core::account_act::grant, {"ann"}});
  EXPECT_THAT(lines(), ElementsAre("act=grant_admin outcome=done by=operator user=ann"));
  ASSERT_TRUE(sign_up("root", "a long password"));
  (void)ask<core::administered>(core::administer{core::account_act::grant, {"root"}});  // ann isn't the last one
  (void)lines();
  core::begin_deletion begin{{"op"}, {"ann"}, token, "a longer password", {"gate"}, from};
  (void)ask<core::deletion>(begin);
  EXPECT_THAT(lines(), ElementsAre(testing::StartsWith("act=begin_deletion outcome=done by=ann address=192.0.2.7")));
  (void)ask<core::deletion>(core::advance_deletion{{"op"}, {1}, core::deletion_state::purging, {}});
  (void)ask<core::deletion>(core::advance_deletion{{"op"}, {1}, core::deletion_state::completed, {}});
  EXPECT_THAT(lines(), ElementsAre("act=end_deletion outcome=done detail=op"));
}

TEST_F(Accounts, AuditADeletionOnceThoughTwoAskForIt) {
  test::captured_log log;
  ASSERT_TRUE(sign_up("ann", "a long password"));
  ASSERT_TRUE(sign_up("root", "a long password"));
  (void)ask<core::administered>(core::administer{core::account_act::grant, {"root"}});
  const auto admins = token_of("root", "a long password");
  const auto begin = [&](std::string operation) {
    return ask<core::deletion>(core::begin_deletion{{std::move(operation)}, {"ann"}, admins, {}, {"gate"}, {}});
  };
  EXPECT_TRUE(begin("one")->lease);
  (void)log.take();
  const auto again = begin("two");
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->lease) << "it is under way";
  EXPECT_THAT(log.take(), testing::Not(testing::HasSubstr("act=begin_deletion")));
}

}  // namespace
}  // namespace greenroom::actors
