#include "protocol/gateway_api.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace greenroom::protocol {
namespace {

TEST(GatewayApi, ReadsThePasswordThatADeletionNeeds) {
  EXPECT_EQ(*read_deletion_password(R"({"password":"x"})"), "x");
  EXPECT_EQ(read_deletion_password(R"({"password":""})").code(), core::ec::bad_credentials);
  EXPECT_EQ(read_deletion_password(R"({"password":")" + std::string(1025, 'x') + R"("})").code(),
            core::ec::bad_credentials);
  EXPECT_EQ(read_deletion_password(R"({"password":7})").code(), core::ec::bad_request);
  EXPECT_EQ(read_deletion_password("{}").why().detail, "`password` is missing: a string.");
  EXPECT_EQ(read_deletion_password("").code(), core::ec::bad_json);
}

TEST(GatewayApi, StatusHasEveryUpstreamAndItsCircuit) {
  const status_head gateway{"gateway", {"g"}, "0.1.0", 1};
  const std::array counts{status_count{"connections", 4}};
  const std::array upstreams{upstream_instance{"users", {"u1"}, "127.0.0.1", 8010, "closed", false, {2, 0}},
                             upstream_instance{"chat", {"c1"}, "::1", 8008, "half_open", true, {9, 5}}};
  EXPECT_EQ(
      gateway_status(gateway, counts, upstreams),
      R"({"status":"Alive","role":"gateway","node":"g","version":"0.1.0","uptime_seconds":1,"connections":4,"upstreams":[)"
      R"({"role":"users","node":"u1","address":"127.0.0.1:8010","circuit":"closed","draining":false,)"
      R"("load":{"connections":2,"rooms":0}},)"
      R"({"role":"chat","node":"c1","address":"[::1]:8008","circuit":"half_open","draining":true,)"
      R"("load":{"connections":9,"rooms":5}}]})");
  EXPECT_EQ(gateway_status(gateway, {}, {}),
            R"({"status":"Alive","role":"gateway","node":"g","version":"0.1.0","uptime_seconds":1,"upstreams":[]})");
}

}  // namespace
}  // namespace greenroom::protocol
