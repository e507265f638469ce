#include "net/proxy_protocol.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "test/net/proxy_header.hpp"

namespace greenroom::net {
namespace {

using namespace std::string_view_literals;

core::result<proxied> read(std::string_view header) {
  return read_proxied(header.substr(0, proxy_head_size), header.substr(proxy_head_size));
}

TEST(ProxyProtocol, NamesTheClient) {
  const auto v4 = read(proxy_header(0x21, 0x11, inet_addresses("192.0.2.7")));
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->client, boost::asio::ip::make_address("192.0.2.7"));
  EXPECT_FALSE(v4->secure);
  const auto v6 = read(proxy_header(0x21, 0x21, inet_addresses("2001:db8::7")));
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->client, boost::asio::ip::make_address("2001:db8::7"));
}

TEST(ProxyProtocol, SaysWhetherTheClientSpokeTls) {
  const auto addresses = inet_addresses("192.0.2.7");
  const std::string other{"\x04\0\x02xx", 5}, tls{"\x20\0\x05\x01\0\0\0\0", 8}, plain{"\x20\0\x05\x06\0\0\0\0", 8};
  EXPECT_TRUE(read(proxy_header(0x21, 0x11, addresses + other + tls))->secure);
  EXPECT_FALSE(read(proxy_header(0x21, 0x11, addresses + plain))->secure);
}

TEST(ProxyProtocol, NamesNobodyWhereTheProxySpeaksForItself) {
  for (const auto& header : {proxy_header(0x20, 0x00, {}), proxy_header(0x20, 0x11, inet_addresses("192.0.2.7")),
                             proxy_header(0x21, 0x00, {}), proxy_header(0x21, 0x31, std::string(216, '/'))}) {
    const auto said = read(header);
    ASSERT_TRUE(said);
    EXPECT_FALSE(said->client);
  }
}

TEST(ProxyProtocol, RefusesWhatIsNoHeader) {
  const auto good = proxy_header(0x21, 0x11, inet_addresses("192.0.2.7"));
  EXPECT_EQ(proxy_rest_size(good.substr(0, proxy_head_size)).ok(), true);
  for (const auto& bad :
       {std::string(good.size(), 'x'), std::string("PROXY TCP4 192.0.2.7 192.0.2.8 1 2\r\n"),
        proxy_header(0x11, 0x11, inet_addresses("192.0.2.7")), proxy_header(0x22, 0x11, inet_addresses("192.0.2.7")),
        proxy_header(0x21, 0x11, "1234"), proxy_header(0x21, 0x21, inet_addresses("192.0.2.7")),
        proxy_header(0x21, 0x11, inet_addresses("192.0.2.7") + "\x04"),
        proxy_header(0x21, 0x11, inet_addresses("192.0.2.7") + std::string("\x04\0\x02x", 4)), good + "x"})
    EXPECT_FALSE(read(bad)) << bad;
  EXPECT_FALSE(proxy_rest_size(proxy_header(0x21, 0x11, std::string(4097, 'x')).substr(0, proxy_head_size)));
  EXPECT_FALSE(proxy_rest_size("GET / HTTP/1.1\r\n"));
  EXPECT_FALSE(proxy_rest_size(good.substr(0, 15)));
}

}  // namespace
}  // namespace greenroom::net
