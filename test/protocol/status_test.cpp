#include "protocol/status.hpp"

#include <gtest/gtest.h>

#include <array>

namespace greenroom::protocol {
namespace {

const status_head head{"chat", {"chat-1"}, "0.1.0", 75};

TEST(Status, BeginsTheSameForEveryRole) {
  EXPECT_EQ(status_text(head, {}),
            R"({"status":"Alive","role":"chat","node":"chat-1","version":"0.1.0","uptime_seconds":75})");
}

TEST(Status, CountsFollowInTheirOrder) {
  const std::array counts{status_count{"rooms", 3}, status_count{"connections", 0}};
  EXPECT_EQ(status_text(head, counts), R"({"status":"Alive","role":"chat","node":"chat-1","version":"0.1.0",)"
                                       R"("uptime_seconds":75,"rooms":3,"connections":0})");
}

}  // namespace
}  // namespace greenroom::protocol
