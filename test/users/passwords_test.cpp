#include "users/passwords.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>

namespace greenroom::users {
namespace {

using core::ec;
using testing::StartsWith;

constexpr password_settings cheapest{1, 8192, 1, 64};

core::result<std::string> hash(passwords& pool, std::string password) {
  const auto promise = std::make_shared<std::promise<core::result<std::string>>>();  // set_value may outlast get
  auto future = promise->get_future();
  pool.hash(std::move(password), [promise](core::result<std::string> out) { promise->set_value(std::move(out)); });
  return future.get();
}
core::hasher::verified verify(passwords& pool, std::string password, std::string stored) {
  const auto promise = std::make_shared<std::promise<core::result<core::hasher::verified>>>();
  auto future = promise->get_future();
  pool.verify(core::forms_of(std::move(password)), std::move(stored),
              [promise](core::result<core::hasher::verified> out) { promise->set_value(std::move(out)); });
  return *future.get();
}

TEST(Passwords, KnowsAPasswordAgainByItsHash) {
  passwords pool{cheapest};
  const auto stored = *hash(pool, "correct horse");
  EXPECT_THAT(stored, StartsWith("$argon2id$"));
  EXPECT_TRUE(verify(pool, "correct horse", stored).match);
  EXPECT_FALSE(verify(pool, "correct horsf", stored).match);
  EXPECT_FALSE(verify(pool, "", stored).match);
}

TEST(Passwords, SaltsEveryHash) {
  passwords pool{cheapest};
  EXPECT_NE(*hash(pool, "same"), *hash(pool, "same"));
}

TEST(Passwords, TellsLongPasswordsApartByTheirLastByte) {
  passwords pool{cheapest};
  const std::string long_one(1023, 'x');
  const auto stored = *hash(pool, long_one + 'a');
  EXPECT_TRUE(verify(pool, long_one + 'a', stored).match);
  EXPECT_FALSE(verify(pool, long_one + 'b', stored).match);
}

TEST(Passwords, MakesABetterHashOnlyWhereTheSettingsChanged) {
  passwords before{cheapest};
  const auto stored = *hash(before, "password");
  EXPECT_EQ(verify(before, "password", stored).better_hash, "");
  auto settings = cheapest;
  settings.operations = 2;
  passwords after{settings};
  const auto outcome = verify(after, "password", stored);
  EXPECT_TRUE(outcome.match);
  EXPECT_TRUE(verify(after, "password", outcome.better_hash).match);
  EXPECT_EQ(verify(after, "password", outcome.better_hash).better_hash, "");
  EXPECT_EQ(verify(after, "wrong", stored).better_hash, "");
}

TEST(Passwords, KnowsAPasswordInEitherFormAndMakesItsHashOfThePreparedOne) {
  const std::string composed = "caf\xc3\xa9", decomposed = "cafe\xcc\x81";
  passwords pool{cheapest};
  const auto prepared = *hash(pool, composed);
  EXPECT_TRUE(verify(pool, composed, prepared).match);
  EXPECT_TRUE(verify(pool, decomposed, prepared).match);
  EXPECT_EQ(verify(pool, decomposed, prepared).better_hash, "");
  const auto as_typed = *hash(pool, decomposed);  // as hashes were made before passwords were prepared
  const auto outcome = verify(pool, decomposed, as_typed);
  EXPECT_TRUE(outcome.match);
  EXPECT_TRUE(verify(pool, composed, outcome.better_hash).match);
  EXPECT_FALSE(verify(pool, "cafe", as_typed).match);
}

TEST(Passwords, MatchesNothingWhereThereIsNoHash) {
  passwords pool{cheapest};
  for (const auto* stored : {"", "*", "!", "password", "$argon2id$", "$2b$10$abcdefghijklmnopqrstuv"})
    EXPECT_FALSE(verify(pool, "password", stored).match) << stored;
}

// Time itself is no thing to test; that the same work is done is: the settings make it measurable.
TEST(Passwords, WorksAsHardForNobodyAsForSomebody) {
  auto settings = cheapest;
  settings.operations = 3;
  settings.memory_bytes = 16 * 1024 * 1024;
  passwords pool{settings};
  const auto stored = *hash(pool, "password");
  const auto time = [&](const std::string& against) {
    auto best = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 3; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      (void)verify(pool, "wrong", against);
      best = std::min(best, std::chrono::steady_clock::now() - begin);
    }
    return std::chrono::duration<double>(best).count();
  };
  const double somebody = time(stored);
  EXPECT_GT(time(""), somebody / 4);
  EXPECT_GT(time("*"), somebody / 4);
}

TEST(Passwords, RefusesWhatDoesNotFitInItsQueue) {
  auto settings = cheapest;
  settings.max_waiting = 2;
  passwords pool{settings};
  std::promise<void> busy, go_on;
  pool.hash("first", [&](const core::result<std::string>&) {
    busy.set_value();
    go_on.get_future().wait();
  });
  busy.get_future().wait();
  std::promise<void> last;
  pool.hash("second", [](const core::result<std::string>&) {});
  pool.hash("third", [&](const core::result<std::string>&) { last.set_value(); });
  ec refused = ec::none;
  unsigned retry = 0;
  pool.hash("fourth", [&](const core::result<std::string>& out) {
    refused = out.code();
    retry = out.why().retry_after;
  });
  EXPECT_EQ(refused, ec::overloaded) << "at once, on the caller's thread";
  EXPECT_EQ(retry, 1u);
  go_on.set_value();
  last.get_future().wait();
  EXPECT_TRUE(hash(pool, "fifth"));
}

TEST(Passwords, DropsWhatWaitsWhenItStops) {
  auto settings = cheapest;
  settings.max_waiting = 100'000'000;
  auto pool = std::make_unique<passwords>(settings);
  std::promise<void> busy, go_on;
  pool->hash("first", [&](const core::result<std::string>&) {
    busy.set_value();
    go_on.get_future().wait();
  });
  busy.get_future().wait();
  bool called = false;
  pool->hash("second", [&](const core::result<std::string>&) { called = true; });
  auto stopping = std::async(std::launch::async, [&] { pool->stop(); });
  while (true) {
    ec refused = ec::none;
    pool->hash("late", [&](const core::result<std::string>& out) { refused = out.code(); });
    if (refused == ec::overloaded) break;
  }
  go_on.set_value();
  stopping.get();
  EXPECT_FALSE(called);
}

core::hasher::verified prove(passwords& pool, core::scram_proof proof, std::string stored) {
  const auto promise = std::make_shared<std::promise<core::result<core::hasher::verified>>>();
  auto future = promise->get_future();
  pool.prove(std::move(proof), std::move(stored),
             [promise](core::result<core::hasher::verified> out) { promise->set_value(std::move(out)); });
  return *future.get();
}

TEST(Passwords, HaveKeysForScramWhereTheseAreWanted) {
  passwords plain{cheapest};
  auto settings = cheapest;
  settings.scram_rounds = 4096;
  passwords pool{settings};
  const auto stored = *hash(pool, "pencil");
  EXPECT_TRUE(verify(pool, "pencil", stored).match);
  EXPECT_FALSE(verify(pool, "pencils", stored).match);
  EXPECT_EQ(verify(pool, "pencil", stored).better_hash, "");
  EXPECT_EQ(pool.scram_of(stored)->rounds, 4096u);
  EXPECT_FALSE(prove(pool, {"n=ada", std::string(32, 'x')}, stored).match);
  EXPECT_FALSE(prove(pool, {"n=ada", std::string(32, 'x')}, "").match);
  EXPECT_FALSE(plain.scram_of(stored)) << "it isn't offered";
}

TEST(Passwords, GetAndLoseThoseKeysWhenTheyAreUsedNext) {
  passwords plain{cheapest};
  auto settings = cheapest;
  settings.scram_rounds = 4096;
  passwords pool{settings};
  const auto before = *hash(plain, "pencil");
  EXPECT_FALSE(pool.scram_of(before));
  const auto better = verify(pool, "pencil", before).better_hash;
  EXPECT_TRUE(pool.scram_of(better));
  EXPECT_TRUE(verify(pool, "pencil", better).match);
  settings.scram_rounds = 5000;
  passwords later{settings};
  EXPECT_EQ(later.scram_of(verify(later, "pencil", better).better_hash)->rounds, 5000u);
  const auto without = verify(plain, "pencil", better).better_hash;
  EXPECT_EQ(without.find("SCRAM"), without.npos);
  EXPECT_THAT(without, StartsWith("$argon2id$"));
}

}  // namespace
}  // namespace greenroom::users
