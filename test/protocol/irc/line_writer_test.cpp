#include "protocol/irc/line_writer.hpp"

#include <gtest/gtest.h>

#include "core/text.hpp"
#include "protocol/irc/line.hpp"

namespace greenroom::protocol::irc {
namespace {

using namespace std::string_literals;

TEST(IrcLineWriter, WritesTagsSourceCommandAndParameters) {
  std::string out = "before ";
  line_writer(out)
      .tag("msgid", "1-2")
      .tag("bot")
      .written_tags("+a=b")
      .from_user("ann")
      .command("PRIVMSG")
      .middle("#a")
      .text("hello");
  EXPECT_EQ(out, "before @msgid=1-2;bot;+a=b :ann!~u@user-ann PRIVMSG #a :hello");
}

TEST(IrcLineWriter, NothingNeedsToBeThere) {
  std::string out;
  line_writer(out).command("AUTHENTICATE").middle("+");
  EXPECT_EQ(out, "AUTHENTICATE +");
}

TEST(IrcLineWriter, AParameterNeverBecomesTwo) {
  std::string out;
  line_writer(out).from("s").command("X").middle("").middle(":a").middle("a b").middle("a\nb").middle("a:").text(
      "\r\nQUIT\0"s);
  EXPECT_EQ(out, ":s X * * * * a: :  QUIT ");
}

TEST(IrcLineWriter, ALineIsNeverTooLongAndNoCharacterIsCut) {
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) umlauts += "\xc3\xa4";
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string out;
    line_writer(out).tag("a", umlauts).from("s").command("X").middle("m" + std::string(shift, 'm')).text(umlauts);
    const auto body = out.substr(out.find(" :s") + 1);
    EXPECT_LE(body.size(), max_body_bytes);
    EXPECT_GE(body.size(), max_body_bytes - 1);
    EXPECT_TRUE(core::valid_utf8(out));
  }
}

TEST(IrcLineWriter, AParameterLeavesRoomForAText) {
  std::string out;
  line_writer(out)
      .from("s")
      .command("421")
      .middle("ada")
      .middle(std::string(600, 'x'))
      .middle("y")
      .text("Unknown command");
  EXPECT_LE(out.size(), max_body_bytes);
  EXPECT_TRUE(out.ends_with(" :"));
}

TEST(IrcLineWriter, TheRoomThatIsLeftIsWhatATextMayHave) {
  std::string out;
  line_writer writer(out);
  writer.tag("time", "x").from("s").command("PRIVMSG").middle("#a");
  const auto room = writer.room();
  writer.text(std::string(room, 'x'));
  EXPECT_EQ(out.size() - out.find(":s"), max_body_bytes);
}

}  // namespace
}  // namespace greenroom::protocol::irc
