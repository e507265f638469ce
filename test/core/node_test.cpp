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

TEST(Node, AsksTheNodeWhereTheRoomLives) {
  node n({"a"});
  (void)n.view_changed(view_of(1, {"b"}));
  n.linked({"b"});
  const auto out = n.find({1}, lobby);
  ASSERT_EQ(out.forward.size(), 1u);
  EXPECT_EQ(out.forward[0].to, node_name{"b"});
  EXPECT_EQ(n.forward_failed({1}, {ec::fenced, {}, 1}).refused.size(), 1u);
}

TEST(Node, WithoutRoomsOpensNoneAndAsksTheirHomes) {
  node n({"g"}, rooms_here::no);
  EXPECT_EQ(n.find({1}, lobby).refused.at(0).second.code, ec::unavailable) << "before the first view";
  (void)n.view_changed(view_of(1, {"b"}));
  n.linked({"b"});
  EXPECT_EQ(n.find({2}, lobby).forward.size(), 1u);
  (void)n.view_changed(view_of(2, {}));
  const auto out = n.find({3}, lobby);
  EXPECT_TRUE(out.open.empty());
  EXPECT_EQ(out.refused.at(0).second.code, ec::unavailable) << "no node takes rooms";
  EXPECT_TRUE(describe(out.refused.at(0).second.code).retry);
  n.drain();
  EXPECT_EQ(n.find({4}, lobby).refused.at(0).second.code, ec::unavailable);
}

TEST(Node, ForwardsNothingThatWasForwarded) {
  node n({"a"});
  (void)n.view_changed(view_of(1, {"b"}));
  n.linked({"b"});
  const auto out = n.find({1}, lobby, true);
  EXPECT_TRUE(out.forward.empty());
  EXPECT_EQ(out.refused.at(0).second.code, ec::fenced);
}

TEST(Node, RefusesRetryablyWhatLivesOnANodeOutOfReach) {
  node n({"a"});
  (void)n.view_changed(view_of(1, {"b"}));
  EXPECT_EQ(n.find({1}, lobby).refused.at(0).second.code, ec::unavailable);
  n.linked({"b"});
  (void)n.find({2}, lobby);
  const auto out = n.unlinked({"b"});
  ASSERT_EQ(out.refused.size(), 1u);
  EXPECT_EQ(out.refused[0].first, asker_id{2});
  EXPECT_TRUE(describe(out.refused[0].second.code).retry);
  EXPECT_TRUE(n.forward_failed({2}, {ec::unavailable, {}, 1}).refused.empty());
}

TEST(Node, AsksTheOwnerThatIsWrittenWhereItsOwnViewIsTooOld) {
  node n({"a"});
  (void)n.view_changed(view_of(1, {"a"}));
  n.linked({"b"});
  EXPECT_EQ(n.find({1}, lobby).open.size(), 1u);
  EXPECT_TRUE(n.find({2}, lobby, true).open.empty());
  const auto out = n.opened(lobby, error{ec::fenced, "b", 0});
  ASSERT_EQ(out.forward.size(), 1u);
  EXPECT_EQ(out.forward[0].asker, asker_id{1});
  ASSERT_EQ(out.refused.size(), 1u);
  EXPECT_EQ(out.refused[0].second.code, ec::fenced);
}

TEST(Node, RefusesRetryablyWhereTheWrittenOwnerIsUnknown) {
  node n({"a"});
  for (const auto* owner : {"", "a", "c"}) {
    (void)n.find({1}, lobby);
    const auto out = n.opened(lobby, error{ec::fenced, owner, 0});
    ASSERT_EQ(out.refused.size(), 1u) << owner;
    EXPECT_TRUE(describe(out.refused[0].second.code).retry);
    EXPECT_TRUE(out.refused[0].second.detail.empty());
  }
}

TEST(Node, KeepsItsRoomsWhenItDrainsUntilTheViewSaysSo) {
  node n({"a"});
  (void)n.view_changed(view_of(1, {"a", "b"}));
  (void)n.find({1}, lobby, true);
  ASSERT_EQ(n.rooms(), 1u) << "a is the room's home";
  (void)n.opened(lobby, opened());
  n.drain();
  EXPECT_EQ(n.find({2}, lobby).found.size(), 1u);
  EXPECT_TRUE(n.view_changed(view_of(2, {"a", "b"})).retire.empty());
  auto view = view_of(3, {"a", "b"});
  view.nodes[0].draining = true;
  EXPECT_EQ(n.view_changed(view).retire.size(), 1u);
  EXPECT_FALSE(n.drained());
  (void)n.stopped(lobby);
  EXPECT_TRUE(n.drained());
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
  n.drain();
  EXPECT_EQ(n.hand_over().retire.size(), 1u);
  (void)n.stopped(lobby);
  EXPECT_EQ(n.find({2}, lobby).refused.at(0).second.code, ec::draining);
  EXPECT_EQ(n.rooms(), 0u);
}

TEST(Node, LetsNobodyWaitForANodeThatIsNotTheHomeAnyMore) {
  node n({"a"});
  (void)n.view_changed(view_of(1, {"b"}));
  n.linked({"b"});
  (void)n.find({1}, lobby);
  EXPECT_TRUE(n.view_changed(view_of(2, {"b"})).refused.empty());
  EXPECT_EQ(n.view_changed(view_of(3, {"c"})).refused.size(), 1u);
}

TEST(Node, KnowsTheWayToAUsersHome) {
  const user_id ann{"ann"};
  node n({"a"}), edge({"g"}, rooms_here::no);
  EXPECT_EQ(n.way_home(ann, false), node_name{"a"}) << "before the first view";
  EXPECT_FALSE(edge.way_home(ann, false));
  for (auto* one : {&n, &edge}) (void)one->view_changed(view_of(1, {"b"}));
  EXPECT_FALSE(n.way_home(ann, false)) << "not linked";
  for (auto* one : {&n, &edge}) one->linked({"b"});
  EXPECT_EQ(n.way_home(ann, false), node_name{"b"});
  EXPECT_EQ(edge.way_home(ann, false), node_name{"b"});
  EXPECT_EQ(n.way_home(ann, true), node_name{"a"}) << "the other one's view may be newer";
  EXPECT_FALSE(edge.way_home(ann, true));
  (void)n.view_changed(view_of(2, {"a"}));
  EXPECT_EQ(n.way_home(ann, false), node_name{"a"});
  (void)edge.view_changed(view_of(2, {}));
  EXPECT_FALSE(edge.way_home(ann, false));
}

TEST(LiveRooms, ComeInPagesByName) {
  std::vector<live_room> rooms;
  for (std::size_t i = max_live_rooms_told * 2; i > 0; --i)
    rooms.push_back({{"Room" + std::to_string(100000 + i)}, {1}});
  rooms.push_back({{"a"}, {7}});
  const auto first = page_of(rooms, {});
  ASSERT_EQ(first.rooms.size(), max_live_rooms_told);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.rooms.front().room.value, "a");
  const auto second = page_of(rooms, first.rooms.back().room);
  EXPECT_TRUE(second.more);
  const auto last = page_of(rooms, second.rooms.back().room);
  ASSERT_EQ(last.rooms.size(), 1u);
  EXPECT_FALSE(last.more);
  EXPECT_EQ(last.rooms.front().room.value, "Room" + std::to_string(100000 + 2 * max_live_rooms_told));
  EXPECT_FALSE(page_of({}, {}).more);
}

}  // namespace
}  // namespace greenroom::core
