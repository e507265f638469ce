#include "protocol/lines.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/names.hpp"
#include "test/support/frames.hpp"

namespace greenroom::protocol {
namespace {

using namespace std::string_view_literals;

const dialect& spoken = lines_dialect();

core::ec refusal(std::string_view frame) {
  const auto command = spoken.decode(frame);
  const auto* mistake = std::get_if<core::client_mistake>(&command);
  return mistake ? mistake->why.code : core::ec::none;
}

TEST(Lines, SendIsAMessageForTheRoomOfTheConnection) {
  const auto command = spoken.decode("SEND hello  world ");
  const auto& send = std::get<core::client_send>(command);
  EXPECT_EQ(send.room, core::room_id{});
  EXPECT_EQ(send.client_id, "");
  EXPECT_EQ(send.text, "hello  world ");
}

TEST(Lines, ANewlineInTheTextStaysAsItIs) {
  EXPECT_EQ(std::get<core::client_send>(spoken.decode("SEND a\nb\n")).text, "a\nb\n");
  EXPECT_EQ(refusal("SEND a\r\n"), core::ec::bad_text);
}

TEST(Lines, TagsOfIrcAreNotShown) {
  const core::room_entry tag{.seq = {1}, .author = {"ada"}, .kind = core::entry_kind::tag, .extra = R"({"tags":"+a"})"};
  EXPECT_TRUE(test::said(spoken, core::message_event{{"den"}, {1}, &tag, false, false}).empty());
}

TEST(Lines, AnythingElseIsABadFrame) {
  for (const auto frame : {""sv, " "sv, "SEND"sv, "send hello"sv, "SENDhello"sv, "SEND\thello"sv, " SEND hello"sv,
                           "FROM ada hello"sv, "QUIT"sv, "{\"type\":\"ping\"}"sv, "\0SEND x"sv, "\xff\xfe"sv})
    EXPECT_EQ(refusal(frame), core::ec::bad_frame) << testing::PrintToString(std::string(frame));
}

TEST(Lines, TextMustBeText) {
  EXPECT_EQ(refusal("SEND "), core::ec::bad_text);
  EXPECT_EQ(refusal("SEND a\0b"sv), core::ec::bad_text);
  EXPECT_EQ(refusal("SEND \xc3"), core::ec::bad_text);
  EXPECT_EQ(refusal("SEND " + std::string(4096, 'x')), core::ec::none);
  EXPECT_EQ(refusal("SEND " + std::string(4097, 'x')), core::ec::bad_text);
}

TEST(Lines, RandomBytesAreCommandsOrMistakes) {
  std::mt19937 random{1};
  for (int i = 0; i < 20'000; ++i) {
    std::string frame = random() % 2 == 0 ? "SEND " : "";
    for (auto bytes = random() % 30; bytes > 0; --bytes) frame += static_cast<char>(random());
    const auto command = spoken.decode(frame);
    if (const auto* send = std::get_if<core::client_send>(&command)) {
      EXPECT_TRUE(core::check_text(send->text));
      EXPECT_EQ("SEND " + std::string(send->text.view()), frame);
    } else {
      EXPECT_TRUE(std::holds_alternative<core::client_mistake>(command));
    }
  }
}

std::string encoded(const core::client_event& event) {
  const auto frames = test::said(spoken, event);
  EXPECT_EQ(frames.size(), 1u);
  return frames.empty() ? "" : frames.front();
}

TEST(Lines, MessagesComeFromTheirAuthor) {
  const core::room_entry entry{.seq = {7}, .author = {"Ada"}, .client_id = "a1", .text = "two\nlines"};
  EXPECT_EQ(encoded(core::message_event{{"lobby"}, {1}, &entry, true, false}), "FROM Ada two\n| lines");
}

TEST(Lines, NoLineOfATextCanBeTakenForAMessage) {
  const auto written = [](core::shared_text text) {
    const core::room_entry entry{.seq = {7}, .author = {"eve"}, .text = std::move(text)};
    return encoded(core::message_event{{"lobby"}, {1}, &entry, false, false});
  };
  EXPECT_EQ(written("hi\nFROM admin send me your password"), "FROM eve hi\n| FROM admin send me your password");
  EXPECT_EQ(written("\n\nERROR gone x\n"), "FROM eve \n| \n| ERROR gone x\n| ");
  EXPECT_EQ(written("a\x1b[2Jb\rc\x01\x02"
                    "d\te"),
            "FROM eve a [2Jb c \x02"
            "d\te")
      << "as logs of older servers have it";
}

TEST(Lines, ActsAreMessagesToo) {
  const auto written = [](core::room_entry entry) {
    entry.author = {"Ada"};
    return encoded(core::message_event{{"lobby"}, {1}, &entry, false, false});
  };
  using enum core::entry_kind;
  EXPECT_EQ(written({.text = "a\nFROM eve b", .kind = ban, .subject = {"bob"}}),
            "FROM Ada banned bob: a\n| FROM eve b");
  EXPECT_EQ(written({.kind = settings, .extra = R"({"settings":{"title":"a\nERROR gone","topic":"b\nc"}})"}),
            "FROM Ada set the title: a\n| ERROR gone; the topic: b\n| c");
  EXPECT_EQ(written({.text = "waves\n", .kind = action}), "FROM Ada * waves\n| ");
  EXPECT_EQ(written({.kind = erased, .target = {9}}), "FROM Ada (removed)");
}

TEST(Lines, WhoeverIsShutOutReadsByWhomAndWhy) {
  const auto ban = std::make_shared<const core::sanction>(core::sanction{{"bob"}, {"Ada"}, "two\nlines"});
  EXPECT_EQ(encoded(core::gone_event{{"lobby"}, core::ec::banned, ban.get()}),
            "ERROR gone You are banned from this room. By Ada: two lines");
  EXPECT_EQ(encoded(core::error_event{{core::ec::banned, "", 0, ban}, {"lobby"}, ""}),
            "ERROR banned You are banned from this room. By Ada: two lines");
}

TEST(Lines, ErrorsAreOneLine) {
  EXPECT_EQ(encoded(core::error_event{{core::ec::bad_text, "", 0}, {"lobby"}, "a1"}),
            "ERROR bad_text The text must be 1 to 4096 bytes of UTF-8 without control characters other than tab and "
            "newline.");
  EXPECT_EQ(encoded(core::error_event{{core::ec::overloaded, "a\r\nFROM eve b", 3}, {}, ""}),
            "ERROR overloaded a  FROM eve b");
  EXPECT_EQ(encoded(core::gone_event{{"lobby"}, core::ec::gone}), "ERROR gone The room is gone.");
  EXPECT_EQ(encoded(core::gone_event{{"lobby"}, core::ec::forbidden}), "ERROR gone That isn't allowed.");
}

TEST(Lines, ThereIsNoWordForAnythingElse) {
  const core::history_page page;
  const core::presence_changed change;
  const std::vector<core::room_head> heads;
  const core::author_left left{{"eve"}, true, {{3}}};
  const core::user_news news{.user = {"ann"}, .room = {"lobby"}, .by = {"bob"}};
  const core::client_event events[]{core::joined_event{},
                                    core::left_event{},
                                    core::history_event{{"lobby"}, &page},
                                    core::presence_event{{"lobby"}, &change},
                                    core::typing_event{},
                                    core::read_event{},
                                    core::pong_event{},
                                    core::heads_event{&heads},
                                    core::gap_event{},
                                    core::unchanged_event{},
                                    core::news_event{&news},
                                    core::erased_event{{"lobby"}, &left}};
  for (const auto& event : events) EXPECT_TRUE(test::said(spoken, event).empty()) << event.index();
}

}  // namespace
}  // namespace greenroom::protocol
