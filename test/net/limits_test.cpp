#include "net/limits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace greenroom::net {
namespace {

using core::limit_class;

// Shows what the test sets.
struct set_clock final : core::clock {
  core::instant now() const override { return {{}, core::mono_time{} + core::seconds(seconds.load())}; }
  std::atomic<int> seconds{1000};
};

TEST(Limits, CountEachClassForItself) {
  const set_clock clock;
  limits node{core::default_limit_policies(), clock};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(node.take(limit_class::status, "a", 1).allowed);
  const auto refused = node.take(limit_class::status, "a", 1);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after_s, 10u);
  EXPECT_TRUE(node.take(limit_class::api, "a", 1).allowed);
}

TEST(Limits, PassAgainOnceTheWindowIsOver) {
  set_clock clock;
  limits node{core::default_limit_policies(), clock};
  EXPECT_TRUE(node.take(limit_class::status, "a", 3).allowed);
  EXPECT_FALSE(node.take(limit_class::status, "a", 1).allowed);
  clock.seconds += 10;
  EXPECT_TRUE(node.take(limit_class::status, "a", 3).allowed);
}

TEST(Limits, LetEverythingPassInTheClassNoneAndWherePoliciesAreOff) {
  const set_clock clock;
  auto policies = core::default_limit_policies();
  policies[static_cast<std::size_t>(limit_class::api)] = {};
  limits node{policies, clock};
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(node.take(limit_class::none, "a", 1).allowed);
    EXPECT_EQ(node.take(limit_class::api, "a", 1).quota, 0u);
  }
}

TEST(Limits, TellTheirObserverOfRefusalsOnly) {
  const set_clock clock;
  std::vector<limit_class> refused;
  limits node{core::default_limit_policies(), clock, [&](limit_class which) { refused.push_back(which); }};
  (void)node.take(limit_class::auth, "a", 10);
  EXPECT_TRUE(refused.empty());
  (void)node.take(limit_class::auth, "a", 1);
  EXPECT_EQ(refused, std::vector{limit_class::auth});
}

TEST(Limits, PassExactlyTheQuotaWhoeverAsks) {
  const set_clock clock;
  limits node{core::default_limit_policies(), clock};
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) passed += node.take(limit_class::api, "a", 1).allowed ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(passed, 100);
}

}  // namespace
}  // namespace greenroom::net
