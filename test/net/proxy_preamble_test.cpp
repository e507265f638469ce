#include "net/proxy_preamble.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "test/net/proxy_header.hpp"

namespace greenroom::net {
namespace {

// What a connection begins with, read in pieces of at most `piece` bytes. What wasn't asked for stays.
struct preamble_reader {
  proxy_preamble preamble{};
  std::string left;
  std::size_t asked = 0;

  preamble_reader(std::string bytes, std::size_t piece) : left(std::move(bytes)) {
    while (preamble.wants() > 0 && !left.empty()) {
      const auto count = std::min({piece, preamble.wants(), left.size()});
      preamble.take(left.substr(0, count));
      left.erase(0, count);
      ++asked;
    }
  }
  [[nodiscard]] bool decided() const { return preamble.wants() == 0; }
};

const std::string v1 = "PROXY TCP4 192.0.2.7 192.0.2.8 1234 6667\r\n";

TEST(ProxyPreamble, TakesAHeaderAndNoByteBehindIt) {
  const auto v2 = proxy_header(0x21, 0x11, inet_addresses("192.0.2.7"));
  const std::string v6 = "PROXY TCP6 2001:db8::7 2001:db8::8 1 2\r\n";
  for (const std::size_t piece : {1u, 3u, 500u}) {
    for (const auto& header : {v1, v2, v6}) {
      preamble_reader one(header + "NICK ada\r\n", piece);
      ASSERT_TRUE(one.decided());
      ASSERT_TRUE(one.preamble.outcome()) << header;
      EXPECT_EQ(one.preamble.outcome()->client,
                boost::asio::ip::make_address(&header == &v6 || header == v6 ? "2001:db8::7" : "192.0.2.7"));
      EXPECT_EQ(std::move(one.preamble).rest(), "");
      EXPECT_EQ(one.left, "NICK ada\r\n");
    }
  }
}

TEST(ProxyPreamble, SaysWhetherTheClientSpokeTls) {
  const std::string tls{"\x20\0\x05\x01\0\0\0\0", 8};
  preamble_reader one(proxy_header(0x21, 0x11, inet_addresses("192.0.2.7") + tls), 500);
  ASSERT_TRUE(one.preamble.outcome());
  EXPECT_TRUE(one.preamble.outcome()->secure);
}

TEST(ProxyPreamble, KeepsWhatIsNoHeader) {
  for (const std::size_t piece : {1u, 3u, 500u})
    for (const std::string begin : {"PASS x\r\n", "PING 1\r\n", "\r\nNICK a\r\n", "\n", "NICK a\r\n", "PR"}) {
      preamble_reader one(begin + "USER a 0 * :A\r\n", piece);
      ASSERT_TRUE(one.decided()) << begin;
      ASSERT_TRUE(one.preamble.outcome()) << begin;
      EXPECT_FALSE(one.preamble.outcome()->client);
      EXPECT_EQ(std::move(one.preamble).rest() + one.left, begin + "USER a 0 * :A\r\n");
    }
}

TEST(ProxyPreamble, DecidesAsSoonAsItCanBeNoHeader) {
  preamble_reader one("PI", 1);
  EXPECT_TRUE(one.decided());
  preamble_reader other("PROXY T", 500);
  EXPECT_FALSE(other.decided());
}

TEST(ProxyPreamble, AsksForALineByteByByteOnlyWhereItMayEnd) {
  preamble_reader one(v1, 500);
  EXPECT_LE(one.asked, v1.size() - 13);
}

TEST(ProxyPreamble, RefusesAHeaderThatIsNone) {
  const std::string endless = "PROXY TCP4 " + std::string(200, '1');
  const std::string other_version = proxy_header(0x11, 0x11, inet_addresses("192.0.2.7"));
  for (const auto& bad :
       {endless, other_version, std::string("PROXY TCP4 192.0.2.7\r\n"),
        std::string("PROXY TCP6 192.0.2.7 192.0.2.8 1 2\r\n"), std::string("PROXY UDP4 1.1.1.1 1.1.1.1 1 2\r\n"),
        std::string("PROXY TCP4 192.0.2.7 192.0.2.8 1 99999\r\n"),
        std::string("PROXY TCP4 192.0.2.7 192.0.2.8 1 2\n\n")}) {
    preamble_reader one(bad, 500);
    ASSERT_TRUE(one.decided()) << bad;
    EXPECT_FALSE(one.preamble.outcome()) << bad;
  }
}

TEST(ProxyPreamble, UnknownNamesNobody) {
  for (const std::string line : {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"}) {
    preamble_reader one(line, 500);
    ASSERT_TRUE(one.preamble.outcome()) << line;
    EXPECT_FALSE(one.preamble.outcome()->client);
  }
}

TEST(ProxyPreamble, NoneBeginsLikeTls) {
  EXPECT_FALSE(may_begin_proxy_header('\x16'));
  EXPECT_TRUE(may_begin_proxy_header('P'));
  EXPECT_TRUE(may_begin_proxy_header('\r'));
}

}  // namespace
}  // namespace greenroom::net
