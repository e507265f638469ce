#include "core/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace greenroom::core {
namespace {

node_record chat_node(const std::string& name) {
  return {{name}, {1}, {{"chat", "127.0.0.1", 8008}}, {}, {}, {}, false, {}, {}};
}

cluster_view view_of(const std::vector<std::string>& names) {
  cluster_view view{{1}, {}};
  for (const auto& name : names) view.nodes.push_back(chat_node(name));
  return view;
}

room_id room(int i) { return {"room-" + std::to_string(i)}; }

TEST(Placement, GivesEveryNodeItsShare) {
  const auto view = view_of({"a", "b", "c"});
  std::map<node_name, int> rooms;
  for (int i = 0; i < 9000; ++i) ++rooms[*placement(view, room(i))];
  ASSERT_EQ(rooms.size(), 3u);
  for (const auto& [name, count] : rooms) EXPECT_NEAR(count, 3000, 200) << name.value;
}

TEST(Placement, MovesOnlyTheRoomsOfTheNodeThatLeft) {
  const auto three = view_of({"a", "b", "c"});
  const auto two = view_of({"c", "a"});
  int moved = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto before = *placement(three, room(i));
    const auto after = *placement(two, room(i));
    if (before.value == "b") {
      ++moved;
      EXPECT_NE(after.value, "b");
    } else {
      EXPECT_EQ(before, after);
    }
  }
  EXPECT_GT(moved, 800);
}

TEST(Placement, BringsANewNodeRoomsFromAllAndMovesNoOther) {
  const auto two = view_of({"a", "b"});
  const auto three = view_of({"a", "b", "c"});
  std::map<node_name, int> given;
  for (int i = 0; i < 3000; ++i) {
    const auto before = *placement(two, room(i));
    const auto after = *placement(three, room(i));
    if (before == after) continue;
    EXPECT_EQ(after.value, "c");
    ++given[before];
  }
  EXPECT_EQ(given.size(), 2u);
}

TEST(Placement, LeavesOutWhoDrainsAndWhoHasNoChatRole) {
  auto view = view_of({"a", "b", "c"});
  view.nodes[0].draining = true;
  view.nodes[1].http = {{"users", "127.0.0.1", 8010}};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(placement(view, room(i))->value, "c");
  view.nodes[2].draining = true;
  EXPECT_FALSE(placement(view, room(1)));
  EXPECT_FALSE(placement({}, room(1)));
}

TEST(Placement, LeavesOutWhoseDatabaseIsAwayWhileAnothersAnswers) {
  auto view = view_of({"a", "b"});
  view.nodes[0].database_away = true;
  view.nodes[0].pins = {room(1)};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(placement(view, room(i))->value, "b");
  view.nodes[1].database_away = true;
  const auto both = view_of({"a", "b"});
  for (int i = 2; i < 100; ++i) EXPECT_EQ(placement(view, room(i)), placement(both, room(i)));
  view.nodes[1].draining = true;
  EXPECT_EQ(placement(view, room(1))->value, "a");
}

TEST(Placement, DependsNeitherOnTheOrderOfNodesNorOnTheCaseOfNames) {
  auto view = view_of({"a", "b", "c", "d"});
  const auto home = placement(view, {"Lobby"});
  std::reverse(view.nodes.begin(), view.nodes.end());
  EXPECT_EQ(placement(view, {"Lobby"}), home);
  EXPECT_EQ(placement(view, {"LOBBY"}), home);
}

// Two names that FNV-1a of 64 bits can't tell apart.
TEST(Placement, TakesTheSmallerNameOfTwoThatWeighTheSame) {
  auto view = view_of({"8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ"});
  const auto smaller = std::min(view.nodes[0].name, view.nodes[1].name);
  EXPECT_EQ(placement(view, room(1)), smaller);
  std::reverse(view.nodes.begin(), view.nodes.end());
  EXPECT_EQ(placement(view, room(1)), smaller);
}

TEST(Placement, HashesAsItAlwaysDid) {
  EXPECT_EQ(stable_hash(""), 0xefd01f60ba992926ull);
  EXPECT_EQ(stable_hash("node\nlobby"), 0xfb1bba66553d0b41ull);
}

// Nodes of two builds must agree on homes.
TEST(Placement, WeighsTheHashOfANodesNameALineBreakAndTheFoldedRoom) {
  const std::vector<std::string> names{"a", "node-17", "c"};
  const auto view = view_of(names);
  for (int i = 0; i < 200; ++i) {
    const auto weight = [i](const std::string& name) { return stable_hash(name + "\nroom-" + std::to_string(i)); };
    const auto heaviest = std::max_element(
        names.begin(), names.end(), [&](const auto& one, const auto& other) { return weight(one) < weight(other); });
    EXPECT_EQ(placement(view, {"Room-" + std::to_string(i)})->value, *heaviest);
  }
}

TEST(Placement, HonoursThePinsOfALiveNodeThatDoesNotDrain) {
  auto view = view_of({"a", "b", "c"});
  for (int i = 0; i < 20; ++i) {
    const auto home = *placement(view, room(i));
    for (auto& node : view.nodes) {
      node.pins = {room(i)};
      EXPECT_EQ(*placement(view, {"ROOM-" + std::to_string(i)}), node.name);
      node.draining = true;
      EXPECT_NE(*placement(view, room(i)), node.name);
      node.draining = false;
      node.pins.clear();
    }
    for (auto& node : view.nodes) node.pins = {room(i)};  // the order of their weights decides
    EXPECT_EQ(*placement(view, room(i)), home);
    for (auto& node : view.nodes) node.pins.clear();
  }
}

// A user's home is by the same weights; the databases, and pins of a room of that name, don't count.
TEST(Placement, PlacesAUsersHomeByTheFoldedName) {
  auto view = view_of({"a", "node-17", "c"});
  std::map<std::string, int> homes;
  for (int i = 0; i < 200; ++i) {
    const auto name = "Room-" + std::to_string(i);
    const auto home = home_of(view, {name});
    EXPECT_EQ(home, placement(view, {name}));
    EXPECT_EQ(home, home_of(view, {"ROOM-" + std::to_string(i)}));
    ++homes[home->value];
    auto pinned = view;
    for (auto& node : pinned.nodes) node.pins = {{name}};
    pinned.nodes[0].database_away = true;
    EXPECT_EQ(home, home_of(pinned, {name}));
  }
  for (const auto& [node, users] : homes) EXPECT_GT(users, 30) << node;
  EXPECT_FALSE(home_of({}, {"ann"}));
}

TEST(Placement, HasNoHomesOnNodesThatDrainOrPlayAnotherRole) {
  auto view = view_of({"a", "b", "c"});
  const auto before = view;
  EXPECT_TRUE(same_homes(before, view));
  view.nodes[0].draining = true;
  view.nodes[1].http = {{"gateway", "127.0.0.1", 1}};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(home_of(view, {"user-" + std::to_string(i)}), node_name{"c"});
  EXPECT_FALSE(same_homes(before, view));
  auto turned = before;
  std::reverse(turned.nodes.begin(), turned.nodes.end());
  turned.version = {9};
  EXPECT_TRUE(same_homes(before, turned));
}

}  // namespace
}  // namespace greenroom::core
