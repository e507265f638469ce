#include "telemetry/log_sparse.hpp"

#include <gtest/gtest.h>

#include <string>

#include "test/support/captured_log.hpp"

namespace greenroom::telemetry::log {
namespace {

using namespace std::chrono_literals;

TEST(LogSieve, LetsOneLineASecondPassForEachReason) {
  sieve lines;
  const sieve::time begin{};
  EXPECT_EQ(lines.pass("link_refused", "hello", begin), 0u);
  for (int i = 1; i < 1000; ++i) EXPECT_EQ(lines.pass("link_refused", "hello", begin + i * 1ms), std::nullopt);
  EXPECT_EQ(lines.pass("link_refused", "tls", begin + 1ms), 0u) << "another reason is another line";
  EXPECT_EQ(lines.pass("accept_paused", "hello", begin + 1ms), 0u) << "and so is another event";
  EXPECT_EQ(lines.pass("link_refused", "hello", begin + 1000ms), 999u);
  EXPECT_EQ(lines.pass("link_refused", "hello", begin + 1001ms), std::nullopt);
  EXPECT_EQ(lines.pass("link_refused", "hello", begin + 5s), 1u);
}

TEST(LogSieve, KeepsAFloodOutOfTheLog) {
  test::captured_log captured;
  for (int i = 0; i < 10'000; ++i) write_sparsely(level::warn, "sieved", "a flood", {{"peer", "192.0.2.1"}});
  const auto lines = captured.take();
  EXPECT_LT(lines.size(), 1000u);
  EXPECT_NE(lines.find("sieved reason=\"a flood\" peer=192.0.2.1"), std::string::npos) << lines;
}

}  // namespace
}  // namespace greenroom::telemetry::log
