#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "test/actors/accounts_fixture.hpp"

namespace greenroom::actors {
namespace {

using testing::SizeIs;

struct AccountPasswords : accounts_fixture {};

TEST_F(AccountPasswords, LimitsTheFailuresOfOneUserFromOneNetwork) {
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto from = [&](std::string name, std::string password, std::string address) {
    return ask<core::logged_in>(core::log_in{{std::move(name)}, std::move(password), "here", {std::move(address), ""}});
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(from("Ann", "wrong", "192.0.2.1").code(), ec::bad_credentials);
  EXPECT_EQ(from("ANN", "password", "192.0.2.1").why(), (core::error{ec::rate_limited, {}, 60}));
  EXPECT_THAT(hasher->compared, SizeIs(10));
  EXPECT_TRUE(from("ann", "password", "192.0.2.2"));
  EXPECT_THAT(metrics.text(), testing::HasSubstr("rate_limited_total{class=\"failures\"} 1\n"));
}

TEST_F(AccountPasswords, HoldsALoginAmongManyGuessesExceptWhereTheUserLoggedInBefore) {
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto begin = [&](std::string password, std::string address) {
    return node.self->request(accounts, an_hour,
                              core::log_in{{"ann"}, std::move(password), "here", {std::move(address), ""}});
  };
  const auto finish = [&](auto& pending) {
    hasher->work();
    node.settle();
    ec out = ec::internal;
    pending.receive([&](const core::logged_in&) { out = ec::none; },
                    [&](const caf::error& why) { out = from_caf(why).code; });
    return out;
  };
  auto home = begin("password", "192.0.2.1");
  node.settle();
  ASSERT_EQ(finish(home), ec::none);
  for (int i = 0; i < 30; ++i) {
    auto guess = begin("wrong", "198.51.100." + std::to_string(i));
    node.settle();
    ASSERT_EQ(finish(guess), ec::bad_credentials);
  }
  auto stranger = begin("password", "203.0.113.1");
  node.settle();
  EXPECT_EQ(hasher->waiting(), 0u) << "it is held";
  home = begin("password", "192.0.2.1");
  node.settle();
  EXPECT_EQ(hasher->waiting(), 1u);
  EXPECT_EQ(finish(home), ec::none);
  node.advance(std::chrono::milliseconds{2200});
  EXPECT_EQ(hasher->waiting(), 1u) << "and let go, not refused";
  EXPECT_EQ(finish(stranger), ec::none);
  EXPECT_THAT(metrics.text(), testing::HasSubstr("logins_slowed_total 1\n"));
}

TEST_F(AccountPasswords, AFloodOfUnknownNamesDelaysNobodyElseByMoreThanItsNetworks) {
  ASSERT_TRUE(sign_up("ann", "password"));
  std::vector<decltype(node.self->request(accounts, an_hour, core::log_in{}))> flood;
  for (int each = 0; each < 10; ++each)
    for (int network = 0; network < 40; ++network)
      flood.push_back(node.self->request(
          accounts, an_hour,
          core::log_in{{"x" + std::to_string(each)}, "guess", "", {"198.51.100." + std::to_string(network), ""}}));
  auto honest = node.self->request(accounts, an_hour, core::log_in{{"ann"}, "password", "", {"192.0.2.1", ""}});
  node.settle();
  int hashes = 0;
  for (bool in = false; !in && hashes < 1000; ++hashes) {
    ASSERT_TRUE(hasher->work_one());
    node.settle();
    in = !hasher->compared.empty() && hasher->compared.back() == "new(password)";
  }
  EXPECT_LE(hashes, 45);
  while (hasher->work_one()) node.settle();
  honest.receive([](const core::logged_in& done) { EXPECT_EQ(done.user.value, "ann"); },
                 [](const caf::error& why) { ADD_FAILURE() << from_caf(why).text(); });
  std::map<ec, int> answers;
  for (auto& one : flood)
    one.receive([&](const core::logged_in&) { ++answers[ec::none]; },
                [&](const caf::error& why) { ++answers[from_caf(why).code]; });
  EXPECT_EQ(answers[ec::bad_credentials] + answers[ec::overloaded], 400);
  EXPECT_GT(answers[ec::overloaded], 0) << "of those who have most";
}

TEST_F(AccountPasswords, NobodyIsInByAPasswordThatIsChangedWhileItIsCompared) {
  ASSERT_TRUE(sign_up("ann", "password"));
  const auto mine = token_of("ann", "password");
  auto login = node.self->request(accounts, an_hour, core::log_in{{"ann"}, "password", "late"});
  node.settle();
  ASSERT_EQ(hasher->waiting(), 1u);
  auto held = hasher->take();  // a thread of the pool has it, and is slow
  EXPECT_TRUE(ask<core::password_changed>(core::change_password{mine, "password", "new password"}));
  held();
  node.settle();
  hasher->work();  // it is compared again, with the hash that stands there now
  node.settle();
  login.receive([](const core::logged_in&) { ADD_FAILURE(); },
                [](const caf::error& why) { EXPECT_EQ(from_caf(why).code, ec::bad_credentials); });
  EXPECT_THAT(ask<core::session_list>(core::list_sessions{mine})->sessions, SizeIs(1));
  EXPECT_EQ(log_in("ann", "password").code(), ec::bad_credentials);
  EXPECT_TRUE(log_in("ann", "new password"));
}

TEST_F(AccountPasswords, ALoginThatIsUnderWayDoesNotBringTheOldPasswordBackByHashingItAgain) {
  ASSERT_TRUE(store->create_user({"ann"}, "old(password)", node.clock->now().wall));
  const auto mine = token_of("ann", "password");
  ASSERT_TRUE(store->set_password_hash({"ann"}, "old(password)"));
  auto login = node.self->request(accounts, an_hour, core::log_in{{"ann"}, "password", "late"});
  node.settle();
  auto held = hasher->take();
  EXPECT_TRUE(ask<core::password_changed>(core::change_password{mine, "password", "new password"}));
  held();
  node.settle();
  EXPECT_EQ(store->find_user({"ann"})->password_hash, "new(new password)");
  hasher->work();
  node.settle();
  login.receive([](const core::logged_in&) { ADD_FAILURE(); }, [](const caf::error&) {});
}

TEST_F(AccountPasswords, APasswordIsTheSameHoweverItsLettersAreComposed) {
  const std::string composed = "caf\xc3\xa9", decomposed = "cafe\xcc\x81";
  ASSERT_TRUE(sign_up("ann", decomposed));
  EXPECT_EQ(store->find_user({"ann"})->password_hash, "new(" + composed + ")");
  EXPECT_TRUE(log_in("ann", composed));
  EXPECT_TRUE(log_in("ann", decomposed));
  // A hash from before passwords were prepared.
  ASSERT_TRUE(store->create_user({"bob"}, "new(" + decomposed + ")", node.clock->now().wall));
  EXPECT_EQ(log_in("bob", composed).code(), ec::bad_credentials);
  EXPECT_TRUE(log_in("bob", decomposed));
  EXPECT_EQ(store->find_user({"bob"})->password_hash, "new(" + composed + ")");
  EXPECT_TRUE(log_in("bob", composed));
}

TEST_F(AccountPasswords, HashesAgainWhenTheParametersChanged) {
  ASSERT_TRUE(store->create_user({"ann"}, "old(password)", node.clock->now().wall));
  ASSERT_TRUE(log_in("ann", "password"));
  EXPECT_EQ(store->find_user({"ann"})->password_hash, "new(password)");
  EXPECT_TRUE(log_in("ann", "password"));
}

}  // namespace
}  // namespace greenroom::actors
