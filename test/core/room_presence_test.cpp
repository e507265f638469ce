#include <gtest/gtest.h>

#include "core/room.hpp"

/// The order in which a room tells of people and of what they say.
namespace greenroom::core {
namespace {

constexpr relay_no here{1};
constexpr connection_id anns{1}, bobs{2};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

struct RoomPresence : ::testing::Test {
  room subject{room_opened{{"hall"}, {1}, {7}, {99}, {}, {}}, {}};

  room_effects join(connection_id connection, std::string user, std::int64_t when, bool at_once = false) {
    join_room asked{connection, {std::move(user)}, {}};
    asked.from.at_once = at_once;
    return subject.join(here, std::move(asked), at(when));
  }
  room_effects say(connection_id from, std::string user, std::int64_t when) {
    (void)subject.post({{std::move(user)}, from, {{.ticket = 1, .text = "hi"}}}, at(when));
    return subject.appended({append_result::kind::stored, {}}, at(when));
  }
};

TEST_F(RoomPresence, TellsThatSomebodyCameBeforeWhatTheySay) {
  (void)join(anns, "ann", 0);
  const auto out = say(anns, "ann", 10);
  ASSERT_EQ(out.publish.size(), 1u);
  ASSERT_EQ(out.arrived.size(), 1u);
  EXPECT_EQ(out.arrived[0].joined, std::vector<user_id>{{"ann"}});
  EXPECT_TRUE(say(anns, "ann", 20).arrived.empty()) << "once";
  EXPECT_TRUE(say(bobs, "bob", 20).arrived.empty()) << "who isn't there";
}

TEST_F(RoomPresence, TellsAtOnceOfWhoeverWantsThat) {
  EXPECT_FALSE(join(anns, "ann", 0).presence);
  const auto out = join(bobs, "bob", 10, true);
  ASSERT_TRUE(out.presence);
  EXPECT_EQ(out.presence->joined.size(), 2u);
  EXPECT_FALSE(subject.leave(anns, at(20)).presence);
  const auto gone = subject.leave(bobs, at(30), {departure::quit, "bye", {}}, true);
  ASSERT_TRUE(gone.presence);
  EXPECT_EQ(gone.presence->left, (std::vector<user_id>{{"ann"}, {"bob"}}));
  EXPECT_EQ(gone.presence->farewells, (std::vector<farewell>{{}, {departure::quit, "bye", {}}}));
}

TEST_F(RoomPresence, SaysWhoWasTakenOutAndWhoseNodeIsGone) {
  room_opened opened{{"hall"}, {1}, {7}, {99}, {}, {}};
  opened.owner = {"ann"};
  subject = room(std::move(opened), {});
  (void)join(anns, "ann", 0);
  (void)join(bobs, "bob", 0);
  (void)subject.tick(at(300));
  auto what = std::make_shared<act>();
  what->subject = {"bob"};
  (void)subject.perform({5}, {{"hall"}, {"ann"}, {.kind = entry_kind::remove, .act = what}}, at(400));
  (void)subject.appended({append_result::kind::stored, {}}, at(400));
  EXPECT_EQ(subject.tick(at(700)).presence->farewells, (std::vector<farewell>{{departure::kicked, {}, {}}}));
  (void)subject.relay_lost(here, at(800));
  EXPECT_EQ(subject.tick(at(3000)).presence->farewells, (std::vector<farewell>{{departure::lost, {}, {}}}));
}

TEST_F(RoomPresence, SaysAtOnceWhoWasBannedByWhom) {
  room_opened opened{{"hall"}, {1}, {7}, {99}, {}, {}};
  opened.owner = {"ann"};
  subject = room(std::move(opened), {});
  (void)join(anns, "ann", 0);
  (void)join(bobs, "bob", 0);
  (void)subject.tick(at(300));
  auto what = std::make_shared<act>();
  what->subject = {"bob"};
  (void)subject.perform({5}, {{"hall"}, {"ann"}, {.text = "spam", .kind = entry_kind::ban, .act = what}}, at(400));
  (void)subject.user_found({"bob"}, user_id{"bob"}, at(400));
  (void)subject.appended({append_result::kind::stored, {}}, at(400));
  ASSERT_TRUE(subject.presence_due());
  EXPECT_EQ(subject.tick(at(400)).presence->farewells, (std::vector<farewell>{{departure::banned, "spam", {"ann"}}}));
}

TEST_F(RoomPresence, TellsOthersOnceHowSomebodyLooks) {
  (void)join(anns, "ann", 0);
  EXPECT_FALSE(subject.looked({{"bob"}, "out", {}})) << "they aren't here";
  EXPECT_FALSE(subject.looked({{"ann"}, {}, {}})) << "as anybody";
  EXPECT_EQ(subject.looked({{"ann"}, "out", {}}), (note_face{{"ann"}, "out", {}}));
  EXPECT_FALSE(subject.looked({{"ann"}, "out", {}})) << "of another of her connections";
  EXPECT_EQ(subject.looked({{"ann"}, "out", "Ann B."}), (note_face{{"ann"}, "out", "Ann B."}));
  EXPECT_EQ(subject.looked({{"ann"}, {}, "Ann B."}), (note_face{{"ann"}, {}, {}}));
  (void)subject.leave(anns, at(1000));
  (void)join(anns, "ann", 2000);
  EXPECT_EQ(subject.looked({{"ann"}, "out", {}}), (note_face{{"ann"}, "out", {}})) << "those who came since don't know";
}

}  // namespace
}  // namespace greenroom::core
