#include "app/irc_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/role_options.hpp"

namespace greenroom::app {
namespace {

using testing::HasSubstr;

config irc_config(std::map<std::string, std::vector<std::string>, std::less<>> flags) {
  setting_sources sources;
  sources.flags = std::move(flags);
  const auto effective = resolve(sources);
  EXPECT_TRUE(effective) << effective.why().text();
  return effective ? effective->values : config{};
}

std::string irc_complaint(std::map<std::string, std::vector<std::string>, std::less<>> flags) {
  setting_sources sources;
  sources.flags = std::move(flags);
  const auto effective = resolve(sources);
  return effective ? std::string{} : effective.why().text();
}

TEST(IrcOptions, DefaultsAreThoseOfTheDocumentation) {
  const auto values = edge_settings(irc_config({})).irc;
  EXPECT_EQ(values.outside, 1000u);
  EXPECT_EQ(values.outside_per_address, 10u);
  EXPECT_EQ(values.per_account, 10u);
  EXPECT_EQ(values.face.rooms, 100u);
  EXPECT_EQ(values.sign_on.patience, std::chrono::seconds(60));
  EXPECT_EQ(values.sign_on.outside, std::chrono::minutes(5));
  EXPECT_EQ(values.socket.ping_every, std::chrono::seconds(90));
  EXPECT_EQ(values.socket.idle_after, std::chrono::seconds(150));
  EXPECT_EQ(values.behind, std::chrono::seconds(30));
  EXPECT_TRUE(values.proxies.empty());
  EXPECT_TRUE(values.gateways.empty());
  EXPECT_FALSE(values.sts);
}

TEST(IrcOptions, ReachTheEdge) {
  const auto values = edge_settings(irc_config({{"irc_outside", {"5"}},
                                                {"irc_outside_per_address", {"2"}},
                                                {"irc_per_account", {"4"}},
                                                {"irc_rooms", {"3"}},
                                                {"irc_sign_on_timeout", {"7s"}},
                                                {"irc_outside_timeout", {"8s"}},
                                                {"irc_ping", {"9s"}},
                                                {"irc_idle", {"10s"}},
                                                {"irc_flood", {"11s"}},
                                                {"irc_receipts", {"12s"}},
                                                {"irc_proxies", {"10.0.0.0/8", "192.0.2.7"}}}))
                          .irc;
  EXPECT_EQ(values.outside, 5u);
  EXPECT_EQ(values.outside_per_address, 2u);
  EXPECT_EQ(values.per_account, 4u);
  EXPECT_EQ(values.face.rooms, 3u);
  EXPECT_EQ(values.sign_on.patience, std::chrono::seconds(7));
  EXPECT_EQ(values.sign_on.outside, std::chrono::seconds(8));
  EXPECT_EQ(values.socket.ping_every, std::chrono::seconds(9));
  EXPECT_EQ(values.socket.idle_after, std::chrono::seconds(10));
  EXPECT_EQ(values.behind, std::chrono::seconds(11));
  EXPECT_EQ(values.socket.check_every, std::chrono::seconds(12));
  EXPECT_EQ(values.websocket.check_every, std::chrono::seconds(12));
  EXPECT_TRUE(values.proxies.contains(boost::asio::ip::make_address("10.1.2.3")));
  EXPECT_TRUE(values.caps.uncounted.contains(boost::asio::ip::make_address("192.0.2.7")));
}

TEST(IrcOptions, RegisterIsOfferedWhereItIsAllowed) {
  using protocol::irc::capability;
  const auto offered = [](const char* who) {
    const auto offer = edge_settings(irc_config({{"irc_register", {who}}})).irc.sign_on.offer;
    return protocol::irc::is_offered(capability::account_registration, offer);
  };
  EXPECT_TRUE(offered("before-connect"));
  EXPECT_TRUE(offered("on"));
  EXPECT_FALSE(offered("off"));
}

TEST(IrcOptions, BadOnesAreRefused) {
  EXPECT_THAT(irc_complaint({{"irc_proxies", {"everyone"}}}), HasSubstr("irc_proxies"));
  EXPECT_THAT(irc_complaint({{"irc_rooms", {"0"}}}), HasSubstr("irc_rooms"));
  EXPECT_THAT(irc_complaint({{"irc_idle", {"90s"}}}), HasSubstr("irc_idle: must be longer than irc_ping"));
  EXPECT_THAT(irc_complaint({{"irc_flood", {"5"}}}), HasSubstr("irc_flood"));
  EXPECT_THAT(irc_complaint({{"irc_sts", {"soon"}}}), HasSubstr("irc_sts"));
  EXPECT_THAT(irc_complaint({{"irc_sts", {"30d"}}}), HasSubstr("irc_sts: needs irc_tls_listen"));
  EXPECT_THAT(irc_complaint({{"irc_tls_listen", {"127.0.0.1:6697"}}}), HasSubstr("needs irc_tls_cert"));
  EXPECT_THAT(irc_complaint({{"irc_tls_cert", {"/nowhere"}}}), HasSubstr("go together"));
  EXPECT_THAT(irc_complaint({{"irc_webirc", {"/nowhere/at/all"}}}), HasSubstr("irc_webirc: /nowhere/at/all"));
}

TEST(IrcOptions, AFileOfGatewaysIsASecretAndMustBeOne) {
  const auto path = std::filesystem::path{testing::TempDir()} / "irc-gateways";
  const auto write = [&](const std::string& text, std::filesystem::perms how) {
    std::ofstream(path) << text;
    std::filesystem::permissions(path, how);
  };
  constexpr auto closed = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  write("password 10.0.0.0/8\n", closed);
  EXPECT_EQ(edge_settings(irc_config({{"irc_webirc", {path.string()}}})).irc.gateways.size(), 1u);
  write("password\n", closed);
  EXPECT_THAT(irc_complaint({{"irc_webirc", {path.string()}}}), HasSubstr("line 1"));
  write("password 10.0.0.0/8\n", closed | std::filesystem::perms::others_read);
  EXPECT_NE(irc_complaint({{"irc_webirc", {path.string()}}}), "");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace greenroom::app
