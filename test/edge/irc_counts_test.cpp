#include "edge/irc_counts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace greenroom::edge {
namespace {

using testing::HasSubstr;

TEST(IrcCounts, CommandsByNameWhateverTheirCaseAndUnknownOnesTogether) {
  const auto metrics = telemetry::metrics::live("test");
  const irc_counts counts(metrics);
  for (const auto* one : {"JOIN", "join", "ZNC", "ADMIN", "BOGUS", "", "\xff"}) counts.heard(one);
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("greenroom_irc_commands_total{command=\"JOIN\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("greenroom_irc_commands_total{command=\"ZNC\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("greenroom_irc_commands_total{command=\"ADMIN\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("greenroom_irc_commands_total{command=\"other\"} 3\n"));
}

TEST(IrcCounts, EndsByReason) {
  const auto metrics = telemetry::metrics::live("test");
  const irc_counts counts(metrics);
  for (const auto why : {core::ec::idle, core::ec::idle, core::ec::rate_limited, core::ec::gone}) counts.ended(why);
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("greenroom_irc_ended_total{reason=\"silent\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("greenroom_irc_ended_total{reason=\"flood\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("greenroom_irc_ended_total{reason=\"other\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("greenroom_irc_ended_total{reason=\"quit\"} 0\n"));
}

}  // namespace
}  // namespace greenroom::edge
