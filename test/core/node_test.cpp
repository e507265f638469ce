#include "core/node.hpp"

#include <gtest/gtest.h>

namespace greenroom::core {
namespace {

const room_id lobby{"lobby"};

cluster_view view_of(std::uint64_t version, std::initializer_list<const char*> names) {
  cluster_view out{{version}, {}};
  for (const auto* name : names) {
    node_record record;
    record.name = {name};
    record.http = {{"chat", "127.0.0.1", 1}};
    out.nodes.push_back(std::move(record));
  }
  return out;
}
room_opened opened() { return {lobby, {1}, {1}, {9}, {}, {}}; }

TEST(Node, OpensARoomOnceForAllWhoAsk) {
  node n({"a"});
  EXPECT_EQ(n.find({1}, lobby).open.size(), 1u);
  EXPECT_TRUE(n.find({2}, lobby).open.empty());
  const auto out = n.opened(lobby, opened());
  EXPECT_EQ(out.spawn.size(), 1u);
  EXPECT_EQ(out.found.size(), 2u);
  EXPECT_EQ(n.find({3}, lobby).found.size(), 1u);
}

TEST(Node, TellsEverybodyWhyARoomCannotBeHad) {
  node n({"a"});
  (void)n.find({1}, lobby);
  EXPECT_EQ(n.opened(lobby, ec::not_found).refused.at(0).second.code, ec::not_found);
  EXPECT_EQ(n.find({2}, lobby).open.size(), 1u);
}

TEST(Node, RefusesARoomWhoseHomeIsElsewhere) {
  node n({"a"});
  (void)n.view_changed(view_of(1, {"b"}));
  EXPECT_EQ(n.find({1}, lobby).refused.at(0).second.code, ec::fenced);
}

TEST(Node, RetiresWhatMovedAndIgnoresAnOlderView) {
  node n({"a"});
  (void)n.view_changed(view_of(5, {"a"}));
  (void)n.find({1}, lobby);
  (void)n.opened(lobby, opened());
  EXPECT_TRUE(n.view_changed(view_of(4, {"b"})).retire.empty());
  const auto out = n.view_changed(view_of(6, {"b"}));
  ASSERT_EQ(out.retire.size(), 1u);
  EXPECT_EQ(out.retire[0].second, ec::fenced);
}

TEST(Node, OpensAgainWhenAStoppingRoomIsAskedFor) {
  node n({"a"});
  (void)n.view_changed(view_of(1, {"a"}));
  (void)n.find({1}, lobby);
  (void)n.opened(lobby, opened());
  (void)n.view_changed(view_of(2, {"b"}));
  (void)n.view_changed(view_of(3, {"a"}));
  EXPECT_TRUE(n.find({2}, lobby).open.empty());
  EXPECT_EQ(n.stopped(lobby).open.size(), 1u);
  EXPECT_EQ(n.opened(lobby, opened()).found.size(), 1u);
}

TEST(Node, GivesNoRoomWhileItDrains) {
  node n({"a"});
  (void)n.find({1}, lobby);
  (void)n.opened(lobby, opened());
  EXPECT_EQ(n.drain().retire.size(), 1u);
  (void)n.stopped(lobby);
  EXPECT_EQ(n.find({2}, lobby).refused.at(0).second.code, ec::draining);
  EXPECT_EQ(n.rooms(), 0u);
}

}  // namespace
}  // namespace greenroom::core
