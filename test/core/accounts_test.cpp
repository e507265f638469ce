#include "core/accounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace greenroom::core {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

const credentials ann{{"Ann"}, "hash(password)"};

/// The machine, and a pool that says whether "hash(x)" is the hash of x.
struct Accounts : testing::Test {
  account_limits limits;
  accounts machine{limits};
  instant now{wall_time{1h}, mono_time{} + 1h};
  asker_id last_asker;

  static hasher::verified compare(const comparison_start& task) {
    const auto of = [](const std::string& form) { return "hash(" + form + ")"; };
    if (task.stored == of(task.password.prepared)) return {true, {}};
    if (task.stored == of(task.password.typed)) return {true, of(task.password.prepared)};
    return {};
  }
  static log_in login(std::string user, std::string password, std::string address) {
    return {{std::move(user)}, std::move(password), "client", {std::move(address), "id"}};
  }
  /// A login up to what waits for the pool.
  accounts_effects begin(log_in request, const result<credentials>& row) {
    auto out = machine.log_in(++last_asker, std::move(request), now);
    if (out.look.empty()) return out;
    EXPECT_THAT(out.look, SizeIs(1));
    return machine.found(out.look.at(0).work, row, now);
  }
  /// What a login comes to: `none` where a session is to be stored.
  ec try_login(std::string user, std::string password, std::string address, const result<credentials>& row) {
    auto out = begin(login(std::move(user), std::move(password), std::move(address)), row);
    if (!out.refused.empty()) return out.refused.at(0).why.code;
    if (out.compare.empty()) return ec::overloaded;  // it is held
    const auto work = out.compare.at(0).work;
    out = machine.verified(work, compare(out.compare.at(0)), now);
    if (!out.refused.empty()) return out.refused.at(0).why.code;
    EXPECT_THAT(machine.stored(work, done{}, now).refused, IsEmpty());
    return ec::none;
  }
  static credentials from_home() {
    auto row = ann;
    row.familiar = true;
    return row;
  }
};

TEST_F(Accounts, StoresASessionThatNamesTheHashThatWasCompared) {
  auto out = begin(login("ANN", "password", "192.0.2.1"), ann);
  ASSERT_THAT(out.compare, SizeIs(1));
  EXPECT_EQ(out.compare[0].stored, "hash(password)");
  out = machine.verified(out.compare[0].work, hasher::verified{true, "better"}, now);
  ASSERT_THAT(out.start, SizeIs(1));
  EXPECT_EQ(out.start[0].user.value, "Ann") << "as first written";
  EXPECT_EQ(out.start[0].verified, "hash(password)");
  EXPECT_EQ(out.start[0].better, "better");
  EXPECT_EQ(out.start[0].network, "192.0.2.1");
  EXPECT_EQ(out.start[0].request.password, "") << "no longer than it must be kept";
}

TEST_F(Accounts, ComparesAgainWithTheHashThatStandsThereByThen) {
  auto out = begin(login("ann", "password", "192.0.2.1"), ann);
  const auto work = out.compare.at(0).work;
  out = machine.verified(work, hasher::verified{true, {}}, now);
  out = machine.stored(work, ec::conflict, now);
  EXPECT_THAT(out.refused, IsEmpty());
  ASSERT_THAT(out.look, SizeIs(1));
  out = machine.found(work, credentials{{"Ann"}, "hash(other)"}, now);
  ASSERT_THAT(out.compare, SizeIs(1));
  EXPECT_EQ(out.compare[0].stored, "hash(other)");
  out = machine.verified(work, compare(out.compare[0]), now);
  ASSERT_THAT(out.refused, SizeIs(1));
  EXPECT_EQ(out.refused[0].why.code, ec::bad_credentials);
}

TEST_F(Accounts, TakesNoAnswerToWorkThatIsDone) {
  const auto work = begin(login("ann", "password", "192.0.2.1"), ann).compare.at(0).work;
  ASSERT_THAT(machine.verified(work, hasher::verified{true, {}}, now).start, SizeIs(1));
  (void)machine.stored(work, done{}, now);
  const auto again = machine.stored(work, ec::conflict, now);
  EXPECT_THAT(again.look, IsEmpty());
  EXPECT_THAT(again.refused, IsEmpty());
}

TEST_F(Accounts, GivesUpWhereTheHashNeverStandsStill) {
  auto out = begin(login("ann", "password", "192.0.2.1"), ann);
  const auto work = out.compare.at(0).work;
  for (int tries = 0; tries < 3; ++tries) {
    out = machine.verified(work, hasher::verified{true, {}}, now);
    ASSERT_THAT(out.start, SizeIs(1));
    out = machine.stored(work, ec::conflict, now);
    if (!out.look.empty()) out = machine.found(work, ann, now);
  }
  ASSERT_THAT(out.refused, SizeIs(1));
  EXPECT_EQ(out.refused[0].why, (error{ec::overloaded, {}, 1}));
}

TEST_F(Accounts, ComparesNobodysPasswordAsAnybodys) {
  for (const result<credentials>& row :
       {result<credentials>(ec::not_found), result<credentials>(credentials{{"ann"}, "hash(password)", false})}) {
    const auto out = begin(login("ann", "password", "192.0.2.1"), row);
    ASSERT_THAT(out.compare, SizeIs(1));
    EXPECT_EQ(out.compare[0].stored, "");
    (void)machine.verified(out.compare[0].work, hasher::verified{}, now);
  }
  const auto out = machine.log_in({99}, login("no name", "password", "192.0.2.1"), now);
  EXPECT_THAT(out.look, IsEmpty());
  EXPECT_THAT(out.compare, SizeIs(1));
}

TEST_F(Accounts, ChangesAPasswordOnlyWhereTheHashThatWasComparedStillStands) {
  const token_checked who{{"Ann"}, {"session"}};
  auto out = machine.change_password({1}, {{"token"}, "password", "cafe\xcc\x81", {"192.0.2.1", "id"}}, who, now);
  const auto work = out.look.at(0).work;
  out = machine.found(work, ann, now);
  out = machine.verified(work, compare(out.compare.at(0)), now);
  ASSERT_THAT(out.hash, SizeIs(1));
  EXPECT_EQ(out.hash[0].password, "caf\xc3\xa9") << "a hash is of the prepared form";
  out = machine.hashed(work, std::string("new"), now);
  ASSERT_THAT(out.replace, SizeIs(1));
  EXPECT_EQ(out.replace[0].verified, "hash(password)");
  EXPECT_EQ(out.replace[0].password_hash, "new");
  EXPECT_EQ(out.replace[0].token.value, "token");
  // A login made a better hash of the old password meanwhile: that is compared, and the new one isn't hashed again.
  out = machine.stored(work, ec::conflict, now);
  out = machine.found(out.look.at(0).work, credentials{{"Ann"}, "better"}, now);
  out = machine.verified(work, hasher::verified{true, {}}, now);
  ASSERT_THAT(out.replace, SizeIs(1));
  EXPECT_EQ(out.replace[0].verified, "better");
}

TEST_F(Accounts, ComparesNothingForANewPasswordThatMayBeNone) {
  const token_checked who{{"Ann"}, {"session"}};
  const auto out = machine.change_password({1}, {{"token"}, "password", "abc", {"192.0.2.1", "id"}}, who, now);
  EXPECT_THAT(out.look, IsEmpty());
  ASSERT_THAT(out.refused, SizeIs(1));
  EXPECT_EQ(out.refused[0].asker, asker_id{1});
  EXPECT_EQ(out.refused[0].user, user_id{"Ann"});
  EXPECT_EQ(out.refused[0].why.code, ec::bad_password);
}

TEST_F(Accounts, DeletesOnlyByTheHashThatWasCompared) {
  const token_checked who{{"Ann"}, {"session"}};
  auto out = machine.delete_user({1}, {{"op"}, {"ann"}, {"token"}, "password", {"gate"}}, who, now);
  const auto work = out.look.at(0).work;
  out = machine.found(work, ann, now);
  out = machine.verified(work, compare(out.compare.at(0)), now);
  ASSERT_THAT(out.remove, SizeIs(1));
  EXPECT_EQ(out.remove[0].verified, "hash(password)");
  EXPECT_EQ(out.remove[0].request.operation.value, "op");
  EXPECT_THAT(machine.stored(work, ec::bad_credentials, now).look, SizeIs(1)) << "it has another password by now";
}

TEST_F(Accounts, SayWhyTheLastAdminCanNotBeDeleted) {
  const token_checked who{{"Ann"}, {"session"}};
  auto out = machine.delete_user({1}, {{"op"}, {"ann"}, {"token"}, "password", {"gate"}}, who, now);
  const auto work = out.look.at(0).work;
  out = machine.found(work, ann, now);
  out = machine.verified(work, compare(out.compare.at(0)), now);
  out = machine.stored(work, error{ec::conflict, "The last one.", 0}, now);
  EXPECT_THAT(out.look, IsEmpty());
  ASSERT_THAT(out.refused, SizeIs(1));
  EXPECT_EQ(out.refused[0].why.code, ec::conflict);
  EXPECT_EQ(out.refused[0].why.detail, "The last one.");
}

TEST_F(Accounts, RegistersOnlyWhatMayBeAPassword) {
  const auto code = [&](std::string user, std::string password) {
    const auto out = machine.register_user({1}, {{std::move(user)}, std::move(password)}, now);
    return out.refused.empty() ? ec::none : out.refused[0].why.code;
  };
  EXPECT_EQ(code("9lives", "password"), ec::bad_name);
  EXPECT_EQ(code("ann", "abc"), ec::bad_password);
  EXPECT_EQ(code("ann", "tab\tbed"), ec::bad_password);
  EXPECT_EQ(code("ann", std::string(1025, 'x')), ec::bad_password);
  EXPECT_EQ(code("ann", "abcd"), ec::none);
}

TEST_F(Accounts, RefusesAfterTenFailuresFromOneNetworkAndNobodyElse) {
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(try_login("ann", "wrong", "2001:db8::" + std::to_string(i), ann), ec::bad_credentials);
  EXPECT_EQ(try_login("ANN", "password", "2001:db8::ffff", ann), ec::rate_limited) << "one /64 is one client";
  EXPECT_EQ(try_login("bob", "password", "2001:db8::1", credentials{{"bob"}, "hash(password)"}), ec::none);
  EXPECT_EQ(try_login("ann", "password", "2001:db8:0:1::1", ann), ec::none);
  now.mono += 60s;
  EXPECT_EQ(try_login("ann", "password", "2001:db8::1", ann), ec::none);
}

TEST_F(Accounts, CountsFailuresOnly) {
  for (int i = 0; i < 50; ++i) EXPECT_EQ(try_login("ann", "password", "192.0.2.1", ann), ec::none);
  for (int i = 0; i < 9; ++i) (void)try_login("ann", "wrong", "192.0.2.1", ann);
  EXPECT_EQ(try_login("ann", "password", "192.0.2.1", ann), ec::none);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(try_login("ann", "wrong", "192.0.2.1", ann), ec::bad_credentials);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(try_login("bob", "password", "192.0.2.1", ec::unavailable), ec::unavailable);
  EXPECT_EQ(try_login("bob", "wrong", "192.0.2.1", ec::not_found), ec::bad_credentials);
}

TEST_F(Accounts, CountsTriesThatAreUnderWayAsFailures) {
  for (int i = 0; i < 10; ++i) EXPECT_THAT(begin(login("ann", "guess", "192.0.2.1"), ann).refused, IsEmpty());
  EXPECT_THAT(begin(login("ann", "guess", "192.0.2.1"), ann).refused, SizeIs(1));
}

TEST_F(Accounts, SlowsGuessesFromManyNetworksAndRefusesNobody) {
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(try_login("ann", "wrong", "192.0.2." + std::to_string(i), ann), ec::bad_credentials);
  auto out = begin(login("ann", "password", "198.51.100.1"), ann);
  EXPECT_EQ(out.slowed, 1u);
  EXPECT_THAT(out.refused, IsEmpty());
  EXPECT_THAT(out.compare, IsEmpty()) << "it is held";
  now.mono += 2s;
  out = machine.tick(now);
  EXPECT_THAT(out.compare, SizeIs(1));
  (void)machine.verified(out.compare.at(0).work, hasher::verified{true, {}}, now);
  EXPECT_EQ(try_login("ann", "password", "203.0.113.1", from_home()), ec::none) << "they logged in there before";
  EXPECT_EQ(try_login("bob", "wrong", "198.51.100.2", ec::not_found), ec::bad_credentials);
}

TEST_F(Accounts, WrongPasswordsWhereSheLoggedInBeforeSlowNobody) {
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(try_login("ann", "wrong", "192.0.2." + std::to_string(i), from_home()), ec::bad_credentials);
  EXPECT_EQ(begin(login("ann", "password", "198.51.100.1"), ann).slowed, 0u);
}

TEST_F(Accounts, WhoHasATokenIsNotHeldUpByWhatOthersTry) {
  for (int i = 0; i < 40; ++i) (void)try_login("ann", "wrong", "192.0.2." + std::to_string(i / 10), ann);
  const token_checked who{{"Ann"}, {"session"}};
  const auto change = [&](std::string old, const token_checked& by) {
    auto out = machine.change_password({1}, {{"token"}, std::move(old), "new password", {"192.0.2.1", ""}}, by, now);
    out = machine.found(out.look.at(0).work, ann, now);
    if (!out.refused.empty()) return out.refused[0].why.code;
    out = machine.verified(out.compare.at(0).work, compare(out.compare.at(0)), now);
    return out.refused.empty() ? ec::none : out.refused[0].why.code;
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(change("wrong", who), ec::bad_credentials);
  EXPECT_EQ(change("password", who), ec::rate_limited) << "but a token that was stolen is no way to guess";
  EXPECT_EQ(change("password", {{"Ann"}, {"another"}}), ec::none);
}

TEST_F(Accounts, RefusesWhatWaitedTooLongAndTakesItsChargeBack) {
  for (int i = 0; i < 3; ++i) (void)begin(login("ann", "password", "192.0.2.1"), ann);
  EXPECT_EQ(machine.waiting(), 1u);
  now.mono += limits.queue.patience;
  const auto out = machine.tick(now);
  ASSERT_THAT(out.refused, SizeIs(1));
  EXPECT_EQ(out.refused[0].why, (error{ec::overloaded, {}, 1}));
  EXPECT_EQ(machine.waiting(), 0u);
}

}  // namespace
}  // namespace greenroom::core
