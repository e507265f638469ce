#include "protocol/discovery_api.hpp"

#include <gtest/gtest.h>

namespace greenroom::protocol {
namespace {

core::cluster_view two_nodes() {
  core::node_record all;
  all.name = {"one"};
  all.incarnation = {0xbeef};
  all.http = {{"users", "127.0.0.1", 8010}, {"chat", "127.0.0.1", 8008}};
  all.version = "0.1.0";
  all.load = {7, 3};
  core::node_record second;
  second.name = {"two"};
  second.incarnation = {1};
  second.http = {{"chat", "fe80::2", 8009}};
  second.version = "0.1.1";
  second.draining = true;
  return {{12}, {all, second}};
}

TEST(DiscoveryApi, StatusNamesTheServicesAndCountsTheInstances) {
  EXPECT_EQ(discovery_status({"discovery", {"d"}, "0.1.0", 2}, two_nodes()),
            R"({"status":"Alive","role":"discovery","node":"d","version":"0.1.0","uptime_seconds":2,)"
            R"("services":["chat","users"],"services_count":3,"view":12,"instances":[)"
            R"({"service":"users","node":"one","incarnation":"000000000000beef","address":"127.0.0.1:8010",)"
            R"("version":"0.1.0","draining":false,"load":{"connections":7,"rooms":3}},)"
            R"({"service":"chat","node":"one","incarnation":"000000000000beef","address":"127.0.0.1:8008",)"
            R"("version":"0.1.0","draining":false,"load":{"connections":7,"rooms":3}},)"
            R"({"service":"chat","node":"two","incarnation":"0000000000000001","address":"[fe80::2]:8009",)"
            R"("version":"0.1.1","draining":true,"load":{"connections":0,"rooms":0}}]})");
}

TEST(DiscoveryApi, OfANodeItIsToldWhetherItsDatabaseIsThere) {
  auto view = two_nodes();
  view.nodes.pop_back();
  view.nodes[0].database_away = true;
  EXPECT_NE(nodes(view).find(R"("draining":false,"database_away":true,"link":)"), std::string::npos) << nodes(view);
}

TEST(DiscoveryApi, WithoutNodesThereAreNoServices) {
  EXPECT_EQ(discovery_status({"discovery", {"d"}, "0.1.0", 2}, {}),
            R"({"status":"Alive","role":"discovery","node":"d","version":"0.1.0","uptime_seconds":2,)"
            R"("services":[],"services_count":0,"view":0,"instances":[]})");
  EXPECT_EQ(service_discovery({}), "[]");
}

TEST(DiscoveryApi, PrometheusGetsOneGroupAnInstance) {
  EXPECT_EQ(service_discovery(two_nodes()), R"([{"targets":["127.0.0.1:8010"],"labels":{"role":"users","node":"one"}},)"
                                            R"({"targets":["127.0.0.1:8008"],"labels":{"role":"chat","node":"one"}},)"
                                            R"({"targets":["[fe80::2]:8009"],"labels":{"role":"chat","node":"two"}}])");
}

// A gateway's own port has its metrics for admins only.
TEST(DiscoveryApi, PrometheusFindsAGatewayWhereItsMetricsAre) {
  core::node_record open, shut;
  open.name = {"open"};
  open.http = {{"gateway", "127.0.0.1", 5000}, {"metrics", "127.0.0.1", 9100}};
  shut.name = {"shut"};
  shut.http = {{"gateway", "127.0.0.1", 5001}};
  const core::cluster_view view{{1}, {open, shut}};
  EXPECT_EQ(service_discovery(view), R"([{"targets":["127.0.0.1:9100"],"labels":{"role":"gateway","node":"open"}}])");
  const auto status = discovery_status({"discovery", {"d"}, "0.1.0", 2}, view);
  EXPECT_NE(status.find(R"("services":["gateway"],"services_count":2)"), std::string::npos) << status;
  EXPECT_EQ(status.find("9100"), std::string::npos) << "it is no instance";
}

}  // namespace
}  // namespace greenroom::protocol
