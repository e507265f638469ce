#include "edge/origin.hpp"

#include <gtest/gtest.h>

namespace greenroom::edge {
namespace {

TEST(Origin, IsTheRequestsOwnOrOneOfThoseAllowed) {
  const std::vector<std::string> allowed{"https://chat.example"};
  EXPECT_TRUE(origin_allowed("", "http", "here:1", allowed));
  EXPECT_TRUE(origin_allowed("http://HERE:1", "http", "here:1", allowed));
  EXPECT_TRUE(origin_allowed("https://chat.example", "http", "here:1", allowed));
  EXPECT_FALSE(origin_allowed("https://here:1", "http", "here:1", allowed));
  EXPECT_FALSE(origin_allowed("https://chat.example.evil", "http", "here:1", allowed));
  EXPECT_FALSE(origin_allowed("null", "http", "here:1", allowed));
  EXPECT_TRUE(origin_allowed("http://here", "http", "here:80", allowed)) << "a scheme's own port need not be said";
  EXPECT_TRUE(origin_allowed("https://here:443", "https", "here", allowed));
  EXPECT_TRUE(origin_allowed("https://chat.example:443", "http", "here", allowed));
  EXPECT_FALSE(origin_allowed("http://here", "http", "here:443", allowed));
  EXPECT_FALSE(origin_allowed("http://here:443", "http", "here", allowed));
  EXPECT_FALSE(origin_allowed("http://here", "http", "here:8080", allowed));
}

}  // namespace
}  // namespace greenroom::edge
