#include "protocol/irc/line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/irc/tags.hpp"

namespace greenroom::protocol::irc {
namespace {

using namespace std::string_literals;

std::vector<std::string> parameters_of(std::string_view text) {
  const line what = parse(text);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < what.count; ++i) out.emplace_back(what[i]);
  return out;
}

using texts = std::vector<std::string>;

TEST(IrcLine, IsTakenApart) {
  const line what = parse("@a=b;c :ann!~u@user-ann PRIVMSG #lobby :hello : there");
  EXPECT_EQ(what.tags, "a=b;c");
  EXPECT_EQ(what.source, "ann!~u@user-ann");
  EXPECT_EQ(what.command, "PRIVMSG");
  EXPECT_EQ(what.count, 2u);
  EXPECT_EQ(what[0], "#lobby");
  EXPECT_EQ(what[1], "hello : there");
  EXPECT_EQ(what[2], "");
}

TEST(IrcLine, SpacesSeparateAndColonsBeginTheLastParameter) {
  EXPECT_EQ(parameters_of("USER  u   0 * :Ada L."), (texts{"u", "0", "*", "Ada L."}));
  EXPECT_EQ(parameters_of("TOPIC #a :"), (texts{"#a", ""}));
  EXPECT_EQ(parameters_of("TOPIC #a : "), (texts{"#a", " "}));
  EXPECT_EQ(parameters_of("JOIN #a  "), (texts{"#a"}));
  EXPECT_EQ(parameters_of("PRIVMSG a:b ::)"), (texts{"a:b", ":)"}));
  EXPECT_EQ(parameters_of("QUIT"), texts{});
}

TEST(IrcLine, TheFifteenthParameterHasTheRest) {
  std::string text = "X";
  for (int i = 1; i <= 600; ++i) text += " " + std::to_string(i);
  const line what = parse(text);
  EXPECT_EQ(what.count, max_parameters);
  EXPECT_EQ(what[13], "14");
  EXPECT_TRUE(what[14].starts_with("15 16 17 "));
  EXPECT_TRUE(what[14].ends_with(" 600"));
}

TEST(IrcLine, CommandsHaveNoCase) {
  EXPECT_TRUE(parse("pRiVmSg a b").is("PRIVMSG"));
  EXPECT_FALSE(parse("PRIVMSGS a b").is("PRIVMSG"));
}

TEST(IrcLine, WithoutACommandItIsIgnored) {
  for (const auto* text : {"", " ", "\r\n", "\n", "@a", "@a=b ", ":source", ":source ", "@a :b"})
    EXPECT_EQ(judge(text).judged, verdict::nothing) << text;
}

TEST(IrcLine, ANulOrACarriageReturnDropsIt) {
  EXPECT_EQ(judge("QUIT\0"s).judged, verdict::nothing);
  EXPECT_EQ(judge("PRIVMSG #a :a\rQUIT").judged, verdict::nothing);
  EXPECT_EQ(judge("PRIVMSG #a :a\nQUIT").judged, verdict::nothing) << "of a websocket";
  EXPECT_EQ(judge("QUIT\r\n").judged, verdict::command);
  EXPECT_EQ(judge("QUIT\n").judged, verdict::command);
}

TEST(IrcLine, TheLimitsAreThoseOfTheSpecifications) {
  const std::string body = "PRIVMSG #a :" + std::string(max_body_bytes - 12, 'x');
  ASSERT_EQ(body.size(), 510u);
  const std::string tags = "@+a=" + std::string(max_tag_bytes - 3, 'y') + " ";
  EXPECT_EQ(judge(body).judged, verdict::command);
  EXPECT_EQ(judge(body + "x").judged, verdict::too_long);
  EXPECT_EQ(judge(tags + body).judged, verdict::command);
  EXPECT_EQ(judge("@y" + tags.substr(1) + body).judged, verdict::too_long);
  EXPECT_EQ(judge(tags + body + "x").judged, verdict::too_long);
  EXPECT_EQ(judge(std::string(max_unended_bytes, 'x')).judged, verdict::too_long);
  EXPECT_EQ(judge(std::string(max_unended_bytes + 1, 'x')).judged, verdict::endless);
}

TEST(IrcLine, ALineThatIsTooLongStillHasItsLabel) {
  const std::string text = "@label=7 PRIVMSG #a :" + std::string(600, 'x');
  const auto got = judge(text);
  EXPECT_EQ(got.judged, verdict::too_long);
  EXPECT_EQ(got.what.tags, "label=7");
  EXPECT_TRUE(got.what.is("PRIVMSG"));
}

TEST(IrcLine, OnlyUtf8IsObeyed) {
  EXPECT_EQ(judge("PRIVMSG #a :h\xc3\xa9").judged, verdict::command);
  const auto got = judge("@label=xyz PRIVMSG #a :hi\xaa");
  EXPECT_EQ(got.judged, verdict::not_utf8);
  EXPECT_EQ(got.what.tags, "label=xyz");
  EXPECT_EQ(judge("@a=\xff PING x").judged, verdict::not_utf8);
}

}  // namespace
}  // namespace greenroom::protocol::irc
