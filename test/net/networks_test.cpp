#include "net/networks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::net {
namespace {

boost::asio::ip::address at(const char* text) { return boost::asio::ip::make_address(text); }

TEST(Networks, ContainTheirAddressesAndNoOthers) {
  networks some;
  EXPECT_FALSE(some.contains(at("127.0.0.1"))) << "none is none";
  for (const char* const text : {"192.0.2.7", "10.0.0.0/8", "172.16.0.0/12", "2001:db8::/33", "::1"})
    EXPECT_TRUE(some.add(text)) << text;
  for (const char* const in :
       {"192.0.2.7", "10.0.0.0", "10.255.255.255", "172.31.255.255", "::ffff:10.1.2.3", "2001:db8:7fff::1", "::1"})
    EXPECT_TRUE(some.contains(at(in))) << in;
  for (const char* const out : {"192.0.2.6", "192.0.2.8", "11.0.0.0", "9.255.255.255", "172.32.0.0", "172.15.255.255",
                                "2001:db8:8000::", "::2", "::10.1.2.3"})
    EXPECT_FALSE(some.contains(at(out))) << out;
}

TEST(Networks, MayBeEverything) {
  networks v4, v6;
  EXPECT_TRUE(v4.add("0.0.0.0/0"));
  EXPECT_TRUE(v6.add("::/0"));
  EXPECT_TRUE(v4.contains(at("203.0.113.1")));
  EXPECT_FALSE(v4.contains(at("2001:db8::1")));
  EXPECT_TRUE(v6.contains(at("2001:db8::1")));
}

TEST(Networks, AreWrittenAsAddressAndBits) {
  for (const char* const text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8",
                                 "::/129", "localhost", "10.0.0.0/255.0.0.0"})
    EXPECT_FALSE(networks{}.add(text)) << text;
}

}  // namespace
}  // namespace greenroom::net
