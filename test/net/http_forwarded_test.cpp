#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "net/http/forwarded.hpp"

namespace greenroom::net::http {
namespace {

using namespace std::chrono_literals;
using minute_time = std::chrono::system_clock::time_point;

const forwarded seen{"192.0.2.7", "chat.example", "https", "/chat"};
const minute_time signed_at{1'700'000'030s};

boost::beast::http::fields signed_fields(const signed_request& what) {
  field_list list;
  sign_forwarded(list, "secret", seen, what);
  boost::beast::http::fields out;
  for (const auto& [name, value] : list) out.insert(std::string(name), std::string(value));
  return out;
}

TEST(Forwarded, ASignatureIsForOneRequest) {
  const auto fields = signed_fields({"GET", "/rooms?limit=3", signed_at});
  EXPECT_EQ(believe_forwarded("secret", fields, {"GET", "/rooms?limit=3", signed_at}), seen);
  EXPECT_FALSE(believe_forwarded("secret", fields, {"POST", "/rooms?limit=3", signed_at}));
  EXPECT_FALSE(believe_forwarded("secret", fields, {"GET", "/rooms?limit=4", signed_at}));
  EXPECT_FALSE(believe_forwarded("secret", fields, {"GET", "/rooms", signed_at}));
  EXPECT_FALSE(believe_forwarded("another", fields, {"GET", "/rooms?limit=3", signed_at}));
  EXPECT_FALSE(believe_forwarded("", fields, {"GET", "/rooms?limit=3", signed_at}));
}

TEST(Forwarded, ASignatureHoldsForItsMinuteAndTheNeighbours) {
  const auto fields = signed_fields({"POST", "/ticket", signed_at});
  for (const auto later : {-60s, -1s, 0s, 1s, 60s})
    EXPECT_TRUE(believe_forwarded("secret", fields, {"POST", "/ticket", signed_at + later})) << later.count();
  for (const std::chrono::seconds later : {-2min - 0s, 0s + 2min, 0s + 24h})
    EXPECT_FALSE(believe_forwarded("secret", fields, {"POST", "/ticket", signed_at + later})) << later.count();
}

TEST(Forwarded, TheMinuteIsSignedToo) {
  auto fields = signed_fields({"GET", "/", signed_at});
  std::string signature{fields["X-Forwarded-Signature"]};
  const auto dash = signature.find('-');
  const auto minutes = std::stoll(signature.substr(0, dash));
  signature.replace(0, dash, std::to_string(minutes + 1440));
  fields.set("X-Forwarded-Signature", signature);
  EXPECT_FALSE(believe_forwarded("secret", fields, {"GET", "/", signed_at + 24h}));
}

TEST(Forwarded, WhatIsNoSignatureIsNone) {
  for (const std::string bad : {"", "-", "28333333", "28333333-", "x-00", "28333333 00", "99999999999999999999-00"}) {
    auto fields = signed_fields({"GET", "/", signed_at});
    fields.set("X-Forwarded-Signature", bad);
    EXPECT_FALSE(believe_forwarded("secret", fields, {"GET", "/", signed_at})) << bad;
  }
}

TEST(Forwarded, ALongTargetIsSignedAsAShortOne) {
  const std::string target = "/rooms?after=" + std::string(4000, 'x');
  const auto fields = signed_fields({"GET", target, signed_at});
  EXPECT_TRUE(believe_forwarded("secret", fields, {"GET", target, signed_at}));
  EXPECT_FALSE(believe_forwarded("secret", fields, {"GET", target + "x", signed_at}));
}

}  // namespace
}  // namespace greenroom::net::http
