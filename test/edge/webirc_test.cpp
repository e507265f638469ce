#include "edge/webirc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace greenroom::edge {
namespace {

using boost::asio::ip::make_address;

std::vector<webirc_gateway> some_gateways() {
  auto all = read_webirc_gateways("# ours\n\nfirst 192.0.2.0/24, 2001:db8::/32\r\nsecond 198.51.100.7");
  EXPECT_TRUE(all);
  return all ? *all : std::vector<webirc_gateway>{};
}

std::optional<webirc_client> announced(std::string_view line, const char* peer = "192.0.2.1") {
  return announced_by(protocol::irc::parse(line), make_address(peer), some_gateways());
}

TEST(Webirc, NamesTheClientOfAGatewayThatKnowsItsPassword) {
  const auto one = announced("WEBIRC first gate host.example 203.0.113.7");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->address, make_address("203.0.113.7"));
  EXPECT_FALSE(one->secure);
  EXPECT_EQ(announced("WEBIRC first gate host 0::7")->address, make_address("::7"));
  EXPECT_TRUE(announced("WEBIRC second gate host 203.0.113.7", "198.51.100.7"));
  EXPECT_TRUE(announced("WEBIRC first gate host 203.0.113.7", "2001:db8::1"));
}

TEST(Webirc, SaysWhetherTheClientCameOverTls) {
  EXPECT_TRUE(announced("WEBIRC first gate host 203.0.113.7 :local-port=6697 secure")->secure);
  EXPECT_FALSE(announced("WEBIRC first gate host 203.0.113.7 :insecure securely")->secure);
}

TEST(Webirc, IsRefusedToOthers) {
  EXPECT_FALSE(announced("WEBIRC second gate host 203.0.113.7")) << "the password of another network";
  EXPECT_FALSE(announced("WEBIRC first gate host 203.0.113.7", "203.0.113.1"));
  EXPECT_FALSE(announced("WEBIRC firs gate host 203.0.113.7"));
  EXPECT_FALSE(announced("WEBIRC first gate host example.org"));
  EXPECT_FALSE(announced("WEBIRC first gate host"));
  EXPECT_FALSE(announced("WEBIRC"));
}

TEST(Webirc, AFileNamesItsFirstBadLine) {
  for (const auto& [text, line] :
       {std::pair{"one 10.0.0.0/8\nalone\n", "line 2"}, {"one 10.0.0.0/99", "line 1"}, {"# x\n\none ,", "line 3"}}) {
    const auto all = read_webirc_gateways(text);
    ASSERT_FALSE(all) << text;
    EXPECT_THAT(all.why().text(), testing::HasSubstr(line));
  }
  EXPECT_TRUE(read_webirc_gateways("")->empty());
}

}  // namespace
}  // namespace greenroom::edge
