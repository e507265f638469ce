#include <gtest/gtest.h>

#include <string>

#include "core/connection.hpp"

namespace greenroom::core {
namespace {

instant at(int ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

/// A connection that is in the lobby and the den.
struct ConnectionMarks : testing::Test {
  connection subject{{"ann"}, {.rooms = 2}, {}};

  void SetUp() override {
    for (const char* const name : {"lobby", "den"}) {
      (void)subject.command(client_join{{name}, {}, {}}, at(0));
      room_entered answer;
      answer.info.room = {name};
      (void)subject.entered({name}, answer, at(0));
      (void)subject.relay_found({name}, ec::none, at(0));
      (void)subject.ready({name}, {5}, false, {ec::none, {}, 0}, at(0));
    }
  }
  connection_effects read(const std::string& room, std::uint64_t seq) {
    return subject.command(client_read{{room}, {seq}}, at(1));
  }
  static std::string marks(const connection_effects& out) {
    std::string text;
    for (const auto& [room, seq] : out.marks)
      text += (text.empty() ? "" : " ") + room.value + "=" + std::to_string(seq.value);
    return text;
  }
};

TEST_F(ConnectionMarks, AreKeptUntilTheNextSweepTheHighestOfEachRoom) {
  EXPECT_FALSE(subject.must_be_swept());
  EXPECT_EQ(marks(read("lobby", 3)), "");
  EXPECT_TRUE(subject.must_be_swept());
  EXPECT_FALSE(subject.busy()) << "an end doesn't wait for them";
  EXPECT_EQ(marks(read("den", 1)) + marks(read("Lobby", 5)) + marks(read("lobby", 4)), "");
  EXPECT_EQ(marks(subject.sweep(at(1000))), "lobby=5 den=1");
  EXPECT_FALSE(subject.must_be_swept());
  EXPECT_EQ(marks(subject.sweep(at(2000))), "");
}

TEST_F(ConnectionMarks, OfWhatItHasPostedAreKnown) {
  EXPECT_FALSE(subject.has_posted({"lobby"}, {1}));
  client_send words;
  words.room = {"lobby"};
  words.text = "hello";
  (void)subject.command(words, at(1));
  (void)subject.command(words, at(1));
  (void)subject.answered({{{1, ec::none, {7}, {}, false}, {2, ec::none, {9}, {}, false}}, {}}, at(2));
  EXPECT_TRUE(subject.has_posted({"Lobby"}, {9}));
  EXPECT_TRUE(subject.has_posted({"lobby"}, {7}));
  EXPECT_FALSE(subject.has_posted({"lobby"}, {10}));
  EXPECT_FALSE(subject.has_posted({"den"}, {1}));
}

TEST_F(ConnectionMarks, AreLetGoWhenTheConnectionEnds) {
  read("lobby", 3);
  (void)subject.command(client_leave{{"lobby"}}, at(1));
  EXPECT_EQ(marks(subject.ended()), "lobby=3") << "a room that was left, too";
  EXPECT_EQ(marks(subject.ended()), "");
}

TEST_F(ConnectionMarks, AreNotKeptOfRoomsThatItIsNotIn) {
  const auto out = read("other", 3);
  ASSERT_EQ(out.say.size(), 1u);
  EXPECT_EQ(std::get<error_event>(out.say[0]).why.code, ec::not_joined);
  EXPECT_EQ(marks(subject.ended()), "");
}

TEST_F(ConnectionMarks, AreLetGoWhereMoreRoomsWaitThanItMayBeIn) {
  read("lobby", 3);
  read("den", 3);
  (void)subject.command(client_leave{{"den"}}, at(1));
  (void)subject.command(client_join{{"attic"}, {}, {}}, at(1));
  room_entered answer;
  answer.info.room = {"attic"};
  (void)subject.entered({"attic"}, answer, at(1));
  (void)subject.relay_found({"attic"}, ec::none, at(1));
  (void)subject.ready({"attic"}, {6}, false, {ec::none, {}, 0}, at(1));
  EXPECT_EQ(marks(read("attic", 1)), "lobby=3 den=3");
  EXPECT_EQ(marks(subject.ended()), "attic=1");
}

TEST_F(ConnectionMarks, ItsRoomsAreALongAnswer) {
  auto out = subject.command(client_sync{{"den"}}, at(1));
  EXPECT_EQ(out.ask_room, answer_kind::page);
  EXPECT_TRUE(out.sync.empty());
  EXPECT_EQ(out.release, 0u);
  out = subject.roomy(at(2));
  ASSERT_EQ(out.sync.size(), 1u);
  EXPECT_EQ(out.sync[0].viewer.value, "ann");
  EXPECT_EQ(out.sync[0].after.value, "den");
  EXPECT_EQ(subject.history_read().release, 1u);
}

TEST_F(ConnectionMarks, AreMovedWithoutAWordToTheRoom) {
  auto out = subject.command(client_read{{"lobby"}, {3}, true}, at(1));
  EXPECT_TRUE(out.tell.empty());
  EXPECT_EQ(out.release, 1u);
  out = subject.command(client_read{{"@ann,bob"}, {7}, true}, at(1));
  EXPECT_TRUE(out.say.empty()) << "of a room that it isn't in, too";
  EXPECT_EQ(marks(subject.sweep(at(1000))), "lobby=3 @ann,bob=7");
}

}  // namespace
}  // namespace greenroom::core
