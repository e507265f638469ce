#include "protocol/gateway_api.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace greenroom::protocol {
namespace {

TEST(GatewayApi, ReadsThePasswordThatADeletionNeeds) {
  EXPECT_EQ(read_deletion_request(R"({"password":"x"})")->password, "x");
  EXPECT_EQ(read_deletion_request(R"({"password":""})").code(), core::ec::bad_credentials);
  EXPECT_EQ(read_deletion_request(R"({"password":")" + std::string(1025, 'x') + R"("})").code(),
            core::ec::bad_credentials);
  EXPECT_EQ(read_deletion_request(R"({"password":7})").code(), core::ec::bad_request);
  EXPECT_EQ(read_deletion_request("{}")->password, "") << "an admin needs none";
  EXPECT_EQ(read_deletion_request("").code(), core::ec::bad_json);
}

TEST(GatewayApi, ReadsTheChoicesOfADeletion) {
  const auto chosen = [](const std::string& body) {
    const auto read = read_deletion_request(body);
    EXPECT_TRUE(read) << body;
    return read->choices;
  };
  EXPECT_EQ(chosen("{}"), core::deletion_choices{});
  EXPECT_EQ(chosen(R"({"private_rooms":"delete","messages":"keep"})"), core::deletion_choices{});
  EXPECT_EQ(chosen(R"({"password":"x","private_rooms":"keep"})"), (core::deletion_choices{true, false}));
  EXPECT_EQ(chosen(R"({"messages":"erase","private_rooms":"delete"})"), (core::deletion_choices{false, true}));
  const auto detail = [](const std::string& body) {
    const auto read = read_deletion_request(body);
    EXPECT_EQ(read.code(), core::ec::bad_request) << body;
    return read.why().detail;
  };
  EXPECT_EQ(detail(R"({"private_rooms":"erase"})"), "`private_rooms` must be delete or keep.");
  EXPECT_EQ(detail(R"({"password":"x","messages":"delete"})"), "`messages` must be keep or erase.");
  EXPECT_EQ(detail(R"({"messages":true})"), "`messages` must be a string.");
  EXPECT_EQ(detail(R"({"password":"x","message":"erase"})"),
            "A deletion has `password`, `private_rooms` and `messages`, and no other field.");
}

TEST(GatewayApi, ShowsADeletionWithItsChoicesAndItsReceipt) {
  core::deletion known{{"op"}, {"ann"}, core::deletion_state::purging, {1}, {}, {}, {}};
  EXPECT_EQ(to_json(known), R"({"operation":"op","state":"purging","private_rooms":"delete","messages":"keep",)"
                            R"("begun_at":"1970-01-01T00:00:00.000Z"})");
  known.state = core::deletion_state::completed;
  known.choices = {true, true};
  known.receipt = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(
      to_json(known),
      R"({"operation":"op","state":"completed","private_rooms":"keep","messages":"erase",)"
      R"("begun_at":"1970-01-01T00:00:00.000Z","ended_at":"1970-01-01T00:00:00.000Z",)"
      R"("receipt":{"rooms":1,"messages":2,"anonymised":3,"erased":7,"memberships":4,"passed_on":5,"sessions":6}})");
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
