#include "protocol/irc/numerics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/speaker.hpp"

namespace greenroom::protocol::irc {
namespace {

using testing::ElementsAre;
using texts = std::vector<std::string>;

TEST(IrcNumerics, EveryRowHasItsNumberAndName) {
  std::set<std::string_view> names;
  for (const auto& one : numeric_table()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_TRUE(one.name.starts_with("RPL_") || one.name.starts_with("ERR_")) << one.name;
    EXPECT_EQ(&describe(one.which), &one);
    EXPECT_EQ(digits_of(one.which).size(), 3u);
  }
  EXPECT_EQ(digits_of(numeric::rpl_welcome), "001");
  EXPECT_EQ(digits_of(numeric::err_needreggednick), "477");
}

TEST(IrcSpeaker, SaysNumericsWithTheTextOfTheTableOrAnother) {
  texts out;
  speaker to("greenroom.irc", "ada", out);
  to.numeric(numeric::err_nosuchnick, {"bob"});
  to.numeric(numeric::rpl_topic, {"#lobby"}, "all about tea");
  to.numeric(numeric::rpl_umodeis, {"+i"});
  to.fail("REDACT", "UNKNOWN_MSGID", {"#lobby", "1-2"}, "No such message.");
  to.notice("hello");
  to.service_notice("hello");
  to.error("bye");
  to.bare("AUTHENTICATE", "+");
  EXPECT_THAT(out, ElementsAre(":greenroom.irc 401 ada bob :No such nick",
                               ":greenroom.irc 332 ada #lobby :all about tea", ":greenroom.irc 221 ada +i",
                               ":greenroom.irc FAIL REDACT UNKNOWN_MSGID #lobby 1-2 :No such message.",
                               ":greenroom.irc NOTICE ada :hello", ":NickServ!NickServ@greenroom.irc NOTICE ada :hello",
                               "ERROR :bye", "AUTHENTICATE +"));
}

TEST(IrcSpeaker, ComplainsWithANumericOrAStandardReply) {
  texts out;
  speaker to("s", "ada", out);
  to.complain("JOIN", {numeric::err_nosuchchannel, {}, {"lobby"}, {}});
  to.complain("CHATHISTORY", {{}, "INVALID_PARAMS", {"LATEST"}, "Too many parameters"});
  EXPECT_THAT(out, ElementsAre(":s 403 ada lobby :No such channel",
                               ":s FAIL CHATHISTORY INVALID_PARAMS LATEST :Too many parameters"));
}

TEST(IrcSpeaker, AnEchoOfBadInputLeavesRoomForTheText) {
  texts out;
  std::string umlauts;
  for (int i = 0; i < 250; ++i) umlauts += "\xc3\xa4";
  speaker to("greenroom.irc", "ada", out);
  to.numeric(numeric::err_unknowncommand, {"x" + umlauts});
  to.fail("x" + umlauts, "ACCOUNT_REQUIRED", {}, "Sign in first.");
  EXPECT_TRUE(out[0].ends_with(" :Unknown command"));
  EXPECT_TRUE(out[1].ends_with(" :Sign in first."));
  for (const auto& one : out) {
    EXPECT_LE(one.size(), max_body_bytes);
    EXPECT_TRUE(core::valid_utf8(one));
  }
}

TEST(IrcSupport, IsToldInLinesOfThirteen) {
  texts out;
  const std::string nick(32, 'n');
  speaker to("greenroom.irc", nick, out);
  const auto tokens = support_tokens("Our Network=1");
  say_support(tokens, to);
  texts heard;
  for (const auto& one : out) {
    EXPECT_LE(one.size(), max_body_bytes);
    const line what = parse(one);
    EXPECT_LE(what.count, max_parameters);
    EXPECT_EQ(what[what.count - 1], "are supported by this server");
    for (std::size_t i = 1; i + 1 < what.count; ++i) heard.emplace_back(what[i]);
  }
  EXPECT_EQ(heard, tokens);
}

TEST(IrcSupport, TheTokensSayTheLimits) {
  const auto tokens = support_tokens("Our Network=1");
  for (const auto* one : {"CHANLIMIT=#:100", "MAXLIST=beI:100", "NETWORK=Our\\x20Network\\x3d1", "NICKLEN=32",
                          "CHANNELLEN=65", "CHATHISTORY=500", "PREFIX=(ov)@+", "UTF8ONLY", "WHOX", "USERLEN=11"})
    EXPECT_THAT(tokens, testing::Contains(one));
  EXPECT_THAT(support_tokens("x", 7), testing::Contains("CHANLIMIT=#:7"));
}

}  // namespace
}  // namespace greenroom::protocol::irc
