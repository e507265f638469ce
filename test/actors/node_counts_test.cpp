#include <algorithm>

#include "test/actors/node_fixture.hpp"

/// Numbers that a node gathers: people in rooms, clients and rooms of the cluster.
namespace greenroom::actors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct NodeCounts : node_fixture {
  std::vector<std::string> people(std::vector<core::room_id> rooms, bool forwarded = false) {
    const auto found = system.ask<core::people_counted>(home, core::count_people{std::move(rooms), forwarded});
    std::vector<std::string> out;
    if (!found) return {"refused: " + found.why().text()};
    for (const auto& one : found->rooms) out.push_back(one.room.value + " " + std::to_string(one.people));
    std::sort(out.begin(), out.end());
    return out;
  }
  node_actor a_counting_peer(const std::string& name) {
    return a_peer(
        name,
        [this, name](const core::count_people& asked) {
          core::people_counted out;
          for (const auto& room : asked.rooms) {
            log.push_back(name + " counts " + room.value + (asked.forwarded ? ", passed on" : ""));
            out.rooms.push_back({room, 5});
          }
          return out;
        },
        [](const core::count_cluster& asked) {
          EXPECT_TRUE(asked.forwarded);
          return core::cluster_counted{{10, 2, 1}, {}, 0};
        });
  }
};

TEST_F(NodeCounts, PeopleOfRoomsThatLiveHere) {
  ASSERT_TRUE(find("den"));
  EXPECT_THAT(people({{"Den"}, {"nowhere"}}), ElementsAre("den 0"));
  EXPECT_THAT(people({{"den"}}, true), ElementsAre("den 0"));
  EXPECT_THAT(people({}), IsEmpty());
  EXPECT_EQ(rooms(), 1u) << "a room that isn't live is not opened for it";
}

TEST_F(NodeCounts, PeopleOfRoomsThatLiveElsewhere) {
  link("p", a_counting_peer("p"));
  view(4, {chat("p")});
  EXPECT_THAT(people({{"den"}, {"hall"}}), ElementsAre("den 5", "hall 5"));
  EXPECT_THAT(take_log(), ElementsAre("p counts den, passed on", "p counts hall, passed on"));
  EXPECT_THAT(people({{"den"}}, true), IsEmpty()) << "who was asked by another node asks none";
  EXPECT_THAT(take_log(), IsEmpty());
}

TEST_F(NodeCounts, ARoomWithoutAWayIsLeftOut) {
  view(4, {chat("p")});
  EXPECT_THAT(people({{"den"}}), IsEmpty());
}

TEST_F(NodeCounts, AnUnansweredQuestionIsGivenUp) {
  link("p", a_peer("p", [](const core::count_people&) -> caf::result<core::people_counted> {
         return caf::delegated<core::people_counted>{};
       }));
  view(4, {chat("p")});
  const auto answer = begin<core::people_counted>(core::count_people{{{"den"}}, false});
  EXPECT_FALSE(*answer);
  system.advance(core::milliseconds{1100});
  ASSERT_TRUE(*answer);
  ASSERT_TRUE(**answer);
  EXPECT_TRUE((**answer)->rooms.empty());
}

TEST_F(NodeCounts, AllThatThereIs) {
  ASSERT_TRUE(find("den"));
  const auto alone = system.ask<core::cluster_counted>(home, core::count_cluster{});
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->here.clients, 3u);
  EXPECT_EQ(alone->here.rooms, 1u);
  EXPECT_EQ(alone->others, 0u);
  link("p", a_counting_peer("p"));
  link("q", a_counting_peer("q"));
  const auto all = system.ask<core::cluster_counted>(home, core::count_cluster{});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->here.clients, 3u);
  EXPECT_EQ(all->elsewhere.clients, 20u);
  EXPECT_EQ(all->elsewhere.rooms, 4u);
  EXPECT_EQ(all->elsewhere.operators, 2u);
  EXPECT_EQ(all->others, 2u);
  const auto own = system.ask<core::cluster_counted>(home, core::count_cluster{true});
  ASSERT_TRUE(own);
  EXPECT_EQ(own->others, 0u) << "whom another node asks asks nobody";
}

}  // namespace
}  // namespace greenroom::actors
