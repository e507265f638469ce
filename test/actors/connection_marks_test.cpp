#include "test/actors/connection_fixture.hpp"

/// A connection's read marks, and the rooms that it comes back to.
namespace greenroom::actors {
namespace {

using ConnectionActor = connection_fixture;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

struct ConnectionMarks : ConnectionActor {
  static std::string read(int seq) { return R"({"type":"read","room":"lobby","seq":)" + std::to_string(seq) + "}"; }
};

TEST_F(ConnectionMarks, AreHandedOnOnceASecond) {
  be_in();
  say({read(2), read(4), read(3)});
  EXPECT_THAT(take_log(), ElementsAre("room read ann 2", "room read ann 4", "room read ann 3"));
  node.advance(std::chrono::seconds(1));
  EXPECT_THAT(take_log(), ElementsAre("mark ann lobby 4"));
  node.advance(std::chrono::seconds(5));
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConnectionMarks, AreHandedOnWhenItsSocketCloses) {
  be_in();
  say({read(4)});
  begin_again();
  tell(socket_closed{});
  EXPECT_THAT(take_log(), Contains("mark ann lobby 4"));
}

TEST_F(ConnectionMarks, AreHandedOnWhenItsSessionEnds) {
  be_in();
  say({read(4)});
  begin_again();
  tell(end_connection{ec::invalid_token, "the session ended"});
  EXPECT_THAT(take_log(), Contains("mark ann lobby 4"));
}

TEST_F(ConnectionMarks, OfItsRoomsStandInAPageWhenTheSocketHasRoom) {
  core::rooms_synced found;
  found.rooms.push_back({.room = {"den"}, .unread = 7});
  synced = found;
  say({R"({"type":"sync","after":"cellar"})"});
  EXPECT_THAT(take_log(), IsEmpty());
  tell(outbox_roomy{});
  EXPECT_THAT(take_log(), ElementsAre("sync ann after cellar"));
  ASSERT_EQ(socket->sent.size(), 1u);
  EXPECT_THAT(socket->sent[0], testing::HasSubstr(R"("unread":7)"));
  EXPECT_EQ(socket->released, 1u);
}

TEST_F(ConnectionMarks, AreAnErrorWhereTheDatabaseIsAway) {
  synced = ec::unavailable;
  say({R"({"type":"sync"})"});
  tell(outbox_roomy{});
  ASSERT_EQ(socket->sent.size(), 1u);
  EXPECT_THAT(socket->sent[0], testing::HasSubstr(R"("code":"unavailable")"));
  EXPECT_EQ(socket->released, 1u);
}

}  // namespace
}  // namespace greenroom::actors
