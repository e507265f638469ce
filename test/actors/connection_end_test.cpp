#include "test/actors/connection_fixture.hpp"

/// How a connection ends.
namespace greenroom::actors {
namespace {

using ConnectionActor = connection_fixture;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(ConnectionActor, EndsAtOnceWithItsSessionAndLeavesAllItsRooms) {
  be_in();
  say({join("other")});
  ready(ec::none, false, "other");
  say({post("a1")});
  (void)take_log();
  tell(end_connection{ec::invalid_token, "the session ended"});
  EXPECT_EQ(socket->closed, ec::invalid_token);
  EXPECT_EQ(socket->reason, "the session ended");
  EXPECT_THAT(take_log(), testing::UnorderedElementsAre("relay unlisten 7", "another unlisten 7"));
  EXPECT_TRUE(ended());
}

TEST_F(ConnectionActor, LeavesAllItsRoomsWhenItsSocketCloses) {
  be_in();
  say({join("other")});
  (void)take_log();
  tell(socket_closed{});
  EXPECT_THAT(take_log(), testing::UnorderedElementsAre("relay unlisten 7", "another unlisten 7"));
  EXPECT_EQ(socket->closed, ec::none);
  EXPECT_TRUE(ended());
}

struct DrainingConnection : ConnectionActor {
  void SetUp() override {
    be_in();
    say({post("a1")});
    begin_again();
    tell(end_connection{ec::draining, "restarting"});
  }
};

TEST_F(DrainingConnection, HangsUpWhenItsPostsAreAnswered) {
  EXPECT_EQ(socket->closed, ec::none);
  say({post("a2")});
  EXPECT_THAT(log, IsEmpty());
  EXPECT_THAT(socket->sent,
              ElementsAre(testing::AllOf(HasSubstr("draining"), HasSubstr("a2"), HasSubstr(R"("retry_after":1)"))));
  say({R"({"type":"ping"})"});
  EXPECT_EQ(socket->sent.size(), 2u) << "other commands are carried out";
  answered(1, ec::conflict);
  EXPECT_THAT(socket->sent.back(), HasSubstr("conflict"));
  EXPECT_EQ(socket->closed, ec::draining);
  EXPECT_EQ(socket->reason, "restarting");
  EXPECT_THAT(take_log(), ElementsAre("relay unlisten 7"));
  EXPECT_TRUE(ended());
}

TEST_F(DrainingConnection, WaitsNoLongerThanASecond) {
  node.advance(milliseconds{999});
  EXPECT_EQ(socket->closed, ec::none);
  node.advance(milliseconds{1});
  EXPECT_EQ(socket->closed, ec::draining);
  EXPECT_THAT(take_log(), ElementsAre("relay unlisten 7"));
}

TEST_F(DrainingConnection, EndsAtOnceWithItsSession) {
  tell(end_connection{ec::invalid_token, "over"});
  EXPECT_EQ(socket->closed, ec::invalid_token);
  EXPECT_TRUE(ended());
}

TEST_F(ConnectionActor, HangsUpAtOnceWhereItsNodeDrainsAndNothingIsUnderWay) {
  be_in();
  tell(end_connection{ec::draining, "restarting"});
  EXPECT_EQ(socket->closed, ec::draining);
  EXPECT_TRUE(ended());
}

TEST_F(ConnectionActor, OfOneRoomJoinsItFromTheStartAndEndsWithIt) {
  ann = connect({"lobby"});
  node.settle();
  EXPECT_THAT(take_log(), ElementsAre("find lobby")) << "it was let in before";
  tell(outbox_roomy{});
  EXPECT_THAT(take_log(), ElementsAre("relay listen 7 ann after 4 lines"));
  say({"SEND hi"});
  ready();
  EXPECT_THAT(take_log(), ElementsAre("room post ann 7 1:=hi"));
  tell(entries_missed{{5}, {1}, {2}});
  EXPECT_THAT(socket->sent, IsEmpty()) << "its dialect has no word for gaps";
  ready(ec::gone);
  EXPECT_EQ(socket->closed, ec::gone);
  EXPECT_TRUE(ended());
}

}  // namespace
}  // namespace greenroom::actors
