#include "test/cluster/fixture.hpp"

// Clients of a node without rooms: what happens to the nodes behind it must not happen to them.
namespace greenroom::test {
namespace {

using core::ec;
using core::milliseconds;

struct Edges : Cluster {
  core::room_id lobby;
  person ann, bob;

  void SetUp() override {
    start("a");
    start("b");
    start_edge("g");
    view({"a", "b", "g"});
    lobby = room_at("a", {"a", "b"});
    ann = connect("g", "ann");
    bob = connect("b", "bob");
    join(ann, lobby);
    join(bob, lobby);
  }
  void expect_open(const person& who) {
    EXPECT_EQ(who.socket->closed, ec::none);
    EXPECT_EQ(who.times(R"("type":"joined")"), 1u) << "the socket never noticed";
    EXPECT_FALSE(who.heard(R"("type":"error")"));
  }
};

TEST_F(Edges, HaveRoomsOfEveryNodeAndNoneOfTheirOwn) {
  send(ann, lobby, "from the edge");
  send(bob, lobby, "from a node");
  for (const auto* who : {&ann, &bob}) {
    EXPECT_EQ(who->times(R"("text":"from the edge")"), 1u);
    EXPECT_EQ(who->times(R"("text":"from a node")"), 1u);
  }
  EXPECT_EQ(rooms("a"), 1u);
  EXPECT_EQ(rooms("g"), 0u);
  say(ann, R"({"type":"history","room":")" + lobby.value + R"(","limit":5})");
  EXPECT_TRUE(ann.heard(R"("type":"history")"));
}

TEST_F(Edges, HearTheHeadsOfRoomsSoThatALossIsSeen) {
  send(ann, lobby, "one");
  system.advance(milliseconds{20'000});
  EXPECT_TRUE(ann.heard(R"("type":"heads")"));
}

TEST_F(Edges, KeepTheirSocketsWhenTheRoomsNodeDies) {
  send(ann, lobby, "before");
  crash("a");
  send(ann, lobby, "meanwhile");
  view({"b", "g"});
  system.advance(milliseconds{700});
  send(ann, lobby, "after");
  expect_open(ann);
  EXPECT_EQ(ann.times(R"("text":"meanwhile")"), 1u);
  EXPECT_TRUE(ann.heard(R"("seq":3)"));
  EXPECT_EQ(rooms("b"), 1u);
}

TEST_F(Edges, KeepTheirSocketsWhenTheRoomsNodeDrains) {
  send(ann, lobby, "before");
  at("a").record.draining = true;
  view({"a", "b", "g"});
  send(ann, lobby, "after");
  system.advance(milliseconds{700});
  expect_open(ann);
  EXPECT_TRUE(ann.heard(R"("seq":2)"));
}

TEST_F(Edges, SayThatThereIsNoNodeForRoomsAndGoOnWhenThereIs) {
  send(ann, lobby, "before");
  crash("a");
  crash("b");
  view({"g"});
  send(ann, lobby, "meanwhile");
  for (int i = 0; i < 40; ++i) system.advance(milliseconds{100});
  EXPECT_EQ(ann.socket->closed, ec::none);
  const auto eve = connect("g", "eve");
  join(eve, lobby);
  for (int i = 0; i < 60; ++i) system.advance(milliseconds{100});
  EXPECT_TRUE(eve.heard(R"("code":"unavailable")"));
  EXPECT_EQ(eve.socket->closed, ec::none);
  start("a");
  view({"a", "g"});
  for (int i = 0; i < 20; ++i) system.advance(milliseconds{100});
  send(ann, lobby, "after");
  EXPECT_EQ(ann.times(R"("type":"joined")"), 1u);
  EXPECT_EQ(ann.socket->closed, ec::none);
  EXPECT_EQ(ann.times(R"("text":"after")"), 1u);
}

}  // namespace
}  // namespace greenroom::test
