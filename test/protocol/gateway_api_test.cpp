#include "protocol/gateway_api.hpp"

#include <gtest/gtest.h>

#include <array>

namespace greenroom::protocol {
namespace {

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
