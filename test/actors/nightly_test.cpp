#include "actors/nightly.hpp"

#include <gtest/gtest.h>

#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using namespace std::chrono_literals;

struct Nightly : testing::Test {
  test::node node;
  unsigned asked = 0;
  core::ec fails = core::ec::none;
  local_node_actor home = node.dummy<local_node_actor>(
      [this](const core::maintain_database& request) -> caf::result<core::database_maintained> {
        ++asked;
        EXPECT_EQ(request.database, core::database_name::users);
        if (fails != core::ec::none) return to_caf({fails, {}, 1});
        return core::database_maintained{2, 1, {}};
      });

  caf::actor begin() {
    // The node's clock begins at midnight.
    return node.spawn(nightly_behavior, nightly_deps{home, core::database_name::users, node.clock, 30s},
                      core::daily(3h, node.clock->now().wall));
  }
};

TEST_F(Nightly, HasTheDatabaseMaintainedOnceADay) {
  begin();
  node.advance(2h + 59min);
  EXPECT_EQ(asked, 0u);
  node.advance(2min);
  EXPECT_EQ(asked, 1u);
  node.advance(23h + 55min);
  EXPECT_EQ(asked, 1u);
  node.advance(6min);
  EXPECT_EQ(asked, 2u);
}

TEST_F(Nightly, TriesAgainWhereAReaderIsInTheWay) {
  fails = core::ec::unavailable;
  begin();
  node.advance(3h + 1min);
  EXPECT_GE(asked, 2u);
  fails = core::ec::none;
  node.advance(1min);
  const auto once = asked;
  node.advance(5min);
  EXPECT_EQ(asked, once);
}

TEST_F(Nightly, WaitsForTheNextDayWhereNoRetryHelps) {
  fails = core::ec::internal;
  begin();
  node.advance(4h);
  EXPECT_EQ(asked, 1u);
}

TEST_F(Nightly, EndsWithTheNode) {
  const auto one = begin().address();
  node.settle();
  EXPECT_TRUE(node.lives(one));
  node.kill(home);
  EXPECT_FALSE(node.lives(one));
}

}  // namespace
}  // namespace greenroom::actors
