#include "storage/open.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "storage/soci/arrays.hpp"

namespace greenroom::test {
namespace {

using core::ec;

TEST(Open, RefusesUrlsOfOtherKinds) {
  for (const auto* url : {"", "mysql://db/chat", "chat.db", "sqlite:", "memory"}) {
    EXPECT_EQ(storage::open_users(url, {}).code(), ec::bad_request) << url;
    EXPECT_EQ(storage::open_chat(url, {}).code(), ec::bad_request) << url;
  }
}

TEST(Open, SaysPlainlyThatPostgresqlIsAwayAndKeepsThePassword) {
  const auto opened = storage::open_chat("postgresql://ann:secret@127.0.0.1:1/chat", {});
  EXPECT_EQ(opened.code(), ec::unavailable);
  EXPECT_NE(opened.why().detail.find("Connection refused"), std::string::npos) << opened.why().detail;
  EXPECT_NE(opened.why().detail.find("//***@"), std::string::npos);
  EXPECT_EQ(opened.why().detail.find("secret"), std::string::npos);
}

TEST(ArrayLiteral, QuotesEveryText) {
  storage::soci::array_literal array;
  array.clear();
  EXPECT_EQ(array.finished(), "{}");
  array.clear();
  array.add(std::int64_t{-5});
  array.add(std::string_view{"NULL"});
  array.add(std::string_view{"a\"b\\c,{}"});
  array.add(std::string_view{});
  array.add(std::string_view{"\\\""});
  EXPECT_EQ(array.finished(), R"({-5,"NULL","a\"b\\c,{}","","\\\""})");
}

}  // namespace
}  // namespace greenroom::test
