#include "actors/monitor_once.hpp"

#include <gtest/gtest.h>

#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

caf::behavior idle(caf::event_based_actor*, int) {
  return {[](int) {}};
}
caf::behavior watcher(caf::event_based_actor* self, int* ends, caf::actor whom) {
  self->set_down_handler([ends](const caf::down_msg&) { ++*ends; });
  return {[self, whom](int times) {
    for (int i = 0; i < times; ++i) monitor_once(self, whom);
  }};
}

TEST(MonitorOnce, HearsOneEndHoweverOftenItIsAskedFor) {
  test::node node;
  const auto whom = node.spawn(idle, 0);
  int ends = 0;
  caf::anon_send(node.spawn(watcher, &ends, whom), 3);
  node.settle();
  node.kill(whom);
  EXPECT_EQ(ends, 1);
}

}  // namespace
}  // namespace greenroom::actors
