#include "app/cluster.hpp"

#include <boost/asio/ip/address.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "app/admin/cluster.hpp"
#include "app/membership.hpp"

namespace greenroom::app {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

struct Cluster : testing::Test {
  std::filesystem::path folder;
  config settings;

  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::temp_directory_path() / ("greenroom-cluster-" + std::to_string(getpid()) + test->name());
    std::filesystem::create_directories(folder);
    settings.data_dir = folder.string();
    settings.node = "chat-1";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  static boost::asio::ip::tcp::endpoint at(const char* host, std::uint16_t port = 8008) {
    return {boost::asio::ip::make_address(host), port};
  }
};

TEST_F(Cluster, RefusesLinksOffLoopbackWithoutSecretOrCertificates) {
  settings.link_listen = {"0.0.0.0", 7000};
  const auto refused = check_links(settings);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.why().text(),
              AllOf(HasSubstr("cluster-secret-file"), HasSubstr("link-cert"), HasSubstr("127.0.0.1")));
  settings.cluster_secret_file = "secret";
  EXPECT_TRUE(check_links(settings));
  settings.cluster_secret_file.clear();
  settings.link_cert = "chat-1.pem";
  EXPECT_TRUE(check_links(settings));
}

TEST_F(Cluster, RefusesToLookForDiscoveryAtItself) {
  EXPECT_TRUE(check_links(settings)) << "with the discovery role both are the same";
  settings.roles.discovery = false;
  EXPECT_THAT(check_links(settings).why().text(), HasSubstr("link-listen and discovery are both 127.0.0.1:7000"));
  settings.link_listen.port = 7001;
  EXPECT_TRUE(check_links(settings));
}

TEST_F(Cluster, MakesOneSecretForAllProcessesOfADataFolder) {
  std::vector<std::string> found(8);
  std::vector<std::thread> all;
  for (auto& mine : found)
    all.emplace_back([this, &mine] {
      const auto secret = cluster_secret(settings);
      mine = secret ? *secret : secret.why().text();
    });
  for (auto& one : all) one.join();
  EXPECT_GE(found[0].size(), 32u);
  for (const auto& each : found) EXPECT_EQ(each, found[0]);
  struct stat status {};
  ASSERT_EQ(::stat((folder / "cluster.secret").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  const auto files = std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
  EXPECT_EQ(files, 1) << "nothing is left beside it";
}

TEST_F(Cluster, ReadsTheOperatorsSecretWithoutItsLineEnd) {
  const std::string text = "4f6d2f0be2a8b7c1d39e5a60718293a4";
  settings.cluster_secret_file = (folder / "secret").string();
  std::ofstream{settings.cluster_secret_file} << text << "\r\n";
  std::filesystem::permissions(settings.cluster_secret_file, std::filesystem::perms{0600});
  const auto secret = cluster_secret(settings);
  ASSERT_TRUE(secret);
  EXPECT_EQ(*secret, text);
  std::ofstream{settings.cluster_secret_file} << "short\n";
  EXPECT_THAT(cluster_secret(settings).why().text(), HasSubstr("at least 32 bytes"));
}

TEST_F(Cluster, AdvertisesWhatOthersCanReach) {
  EXPECT_EQ(advertised(settings, "chat", at("10.0.0.7")).host, "10.0.0.7");
  EXPECT_EQ(advertised(settings, "chat", at("0.0.0.0")).host, "127.0.0.1") << "others are on this machine";
  EXPECT_EQ(advertised(settings, "chat", at("::")).host, "::1");
  settings.link_listen.host = "0.0.0.0";
  EXPECT_EQ(advertised(settings, "chat", at("0.0.0.0")).host, "chat-1") << "the node's name";
  settings.advertise = "one.example";
  const auto told = advertised(settings, "chat", at("10.0.0.7", 8009));
  EXPECT_EQ(told.host, "one.example");
  EXPECT_EQ(told.port, 8009);
  EXPECT_EQ(told.role, "chat");
}

TEST_F(Cluster, LinksAsItIsConfigured) {
  settings.cluster = "tea";
  settings.discovery = {"discovery", 7001};
  settings.roles.discovery = false;
  settings.link_cert = "a";
  settings.link_key = "b";
  settings.link_ca = "c";
  core::node_record self;
  self.name = {"chat-1"};
  self.incarnation = {9};
  self.chat_database = "db";
  const auto out = mesh_options(settings, "secret", self);
  EXPECT_EQ(out.self.cluster, "tea");
  EXPECT_EQ(out.self.node.value, "chat-1");
  EXPECT_EQ(out.self.incarnation.value, 9u);
  EXPECT_EQ(out.self.chat_database, "db");
  EXPECT_EQ(out.credentials.secret + out.credentials.cert_file + out.credentials.key_file + out.credentials.ca_file,
            "secretabc");
  EXPECT_FALSE(out.has_discovery);
  EXPECT_EQ(out.discovery_host + std::to_string(out.discovery_port), "discovery7001");
}

core::cluster_view with(std::vector<core::node_record> nodes) { return {{1}, std::move(nodes)}; }

TEST(Membership, IsOfThisLifeOfTheNode) {
  membership mine{{"a"}, {1}};
  EXPECT_FALSE(mine.is_member());
  core::node_record me;
  me.name = {"a"};
  me.incarnation = {2};
  mine.view_changed(with({me}));
  EXPECT_FALSE(mine.is_member()) << "an earlier life is in the view";
  me.incarnation = {1};
  mine.view_changed(with({me}));
  EXPECT_TRUE(mine.is_member());
  mine.view_changed(with({}));
  EXPECT_FALSE(mine.is_member());
}

TEST(Membership, WaitsForADrainUntilEverybodyWasTold) {
  membership mine{{"a"}, {1}};
  core::node_record me;
  me.name = {"a"};
  me.incarnation = {1};
  mine.view_changed(with({me}));
  mine.wait_until_draining(1ms);
  std::thread told([&] {
    me.draining = true;
    mine.view_changed(with({me}));
  });
  const auto began = std::chrono::steady_clock::now();
  mine.wait_until_draining(1h);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  told.join();
}

TEST(Membership, WhoIsNoMemberWaitsForNobody) {
  membership mine{{"a"}, {1}};
  mine.wait_until_draining(1h);
  EXPECT_FALSE(mine.is_member());
}

TEST(NodesText, HasALineForEachNode) {
  core::node_record one;
  one.name = {"chat-1"};
  one.http = {{"chat", "10.0.0.1", 8008}, {"users", "10.0.0.1", 8010}};
  one.version = "1.2";
  one.draining = true;
  one.load = {42, 7};
  one.link = {"link", "::1", 7000};
  EXPECT_EQ(admin::nodes_text(with({one})),
            "NODE    ROLES       STATE     CONNECTIONS  ROOMS  PINNED  LINK        VERSION\n"
            "chat-1  chat,users  draining  42           7      0       [::1]:7000  1.2\n");
}

}  // namespace
}  // namespace greenroom::app
