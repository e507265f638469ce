#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "net/http/service.hpp"

namespace greenroom::net::http {
namespace {

/// A clock that stands where it is put.
struct paper_clock final : core::clock {
  core::instant at{};
  [[nodiscard]] core::instant now() const override { return at; }
};

struct HttpService : testing::Test {
  io_pool pool{1};
  std::shared_ptr<paper_clock> clock = std::make_shared<paper_clock>();
  service tested{{"chat", &pool, clock, {}, {"n1"}, "1.2.3"}};
  role_state state{{{"database", true}}};
};

TEST_F(HttpService, IsReadyAsLongAsAllThatItsRoleNeedsIsThereAndItDoesNotLeave) {
  const auto probes = tested.probes([this] { return state; });
  EXPECT_TRUE(probes.ready().ready);
  state.checks[0].second = false;
  EXPECT_FALSE(probes.ready().ready);
  state.checks[0].second = true;
  state.why = "It was put back.";
  EXPECT_FALSE(probes.ready().ready);
  EXPECT_EQ(probes.ready().why, "It was put back.");
  state.why.clear();
  EXPECT_TRUE(probes.ready().ready);
  tested.leave();
  const auto leaving = probes.ready();
  EXPECT_FALSE(leaving.ready);
  EXPECT_EQ(leaving.checks[0], (std::pair<std::string, bool>{"serving", false}));
}

TEST_F(HttpService, SaysWhoItIsAndHowLongItHasBeenUp) {
  const auto head = tested.head();
  clock->at.mono += core::seconds{90};
  EXPECT_EQ(head().role, "chat");
  EXPECT_EQ(head().node.value, "n1");
  EXPECT_EQ(head().version, "1.2.3");
  EXPECT_EQ(head().uptime_seconds, 90u);
}

TEST_F(HttpService, CanLeaveDrainAndStopBeforeItListens) {
  tested.drain();
  EXPECT_TRUE(tested.leaving());
  EXPECT_EQ(tested.open(), 0u);
  tested.stop();
}

}  // namespace
}  // namespace greenroom::net::http
