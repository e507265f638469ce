#include <gtest/gtest.h>

#include "core/room.hpp"

/// Words that have something for clients of IRC, and entries that are only that.
namespace greenroom::core {
namespace {

using kind = append_result::kind;

constexpr connection_id ann{1}, bob{2};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

struct RoomTags : ::testing::Test {
  room subject{room_opened{{"hall"}, {1}, {7}, {99}, {}, {}}, {}};

  static post words(std::uint64_t ticket, std::string id, std::string extra) {
    return {.ticket = ticket, .client_id = std::move(id), .text = "hello", .extra = std::move(extra)};
  }
  room_effects say(connection_id from, post what) { return subject.post({{"ann"}, from, {std::move(what)}}, at(0)); }
  static post tags(std::string id, seq_no target = {}) {
    auto made = std::make_shared<act>();
    made->target = target;
    made->extra = R"({"tags":"+a"})";
    return {.ticket = 5, .client_id = std::move(id), .kind = entry_kind::tag, .act = std::move(made)};
  }
};

TEST_F(RoomTags, AreStoredAndToldWithTheirWords) {
  const auto out = say(ann, words(1, "", R"({"tags":"+a"})"));
  ASSERT_EQ(out.append.size(), 1u);
  EXPECT_EQ(out.append[0].extra, R"({"tags":"+a"})");
  EXPECT_FALSE(out.effect) << "words among words";
  EXPECT_EQ(subject.appended({kind::stored, {}}, at(1)).publish.at(0).extra, R"({"tags":"+a"})");
}

TEST_F(RoomTags, MakeAnotherMessageOfTheSameWords) {
  (void)say(ann, words(1, "id", R"({"tags":"+a"})"));
  (void)say(bob, words(2, "id", R"({"tags":"+a"})"));
  (void)say(bob, words(3, "id", R"({"tags":"+b"})"));
  (void)say(bob, words(4, "id", ""));
  const auto out = subject.appended({kind::stored, {}}, at(1));
  ASSERT_EQ(out.answers.size(), 4u);
  EXPECT_TRUE(out.answers[1].second.duplicate);
  EXPECT_EQ(out.answers[1].second.code, ec::none);
  EXPECT_EQ(out.answers[2].second.code, ec::conflict);
  EXPECT_EQ(out.answers[3].second.code, ec::conflict);
}

TEST_F(RoomTags, AloneAreAnEntryOfWhoMayWrite) {
  const auto out = say(ann, tags("t"));
  ASSERT_EQ(out.append.size(), 1u);
  EXPECT_EQ(out.append[0].kind, entry_kind::tag);
  EXPECT_EQ(out.append[0].extra, R"({"tags":"+a"})");
  EXPECT_TRUE(out.effect);
  EXPECT_EQ(subject.appended({kind::stored, {}}, at(1)).publish.size(), 1u);
  EXPECT_EQ(say(ann, tags("u", {1})).append.at(0).target, seq_no{1});
  (void)subject.appended({kind::stored, {}}, at(1));

  room_opened opened{{"hall"}, {1}, {7}, {99}, {}, {}};
  opened.mutes = {{{"ann"}, {"bob"}, "noise"}};
  subject = room(std::move(opened), {});
  EXPECT_EQ(say(ann, tags("")).answers.at(0).second.code, ec::muted);
}

TEST_F(RoomTags, OfAMessageToComeAreRefused) {
  EXPECT_EQ(say(ann, tags("", {1})).answers.at(0).second.code, ec::not_found);
}

}  // namespace
}  // namespace greenroom::core
