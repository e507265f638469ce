#include "protocol/irc/tags.hpp"

#include <gtest/gtest.h>

namespace greenroom::protocol::irc {
namespace {

using namespace std::string_literals;

TEST(IrcTags, AreTakenOneByOne) {
  std::string_view rest = "a=1;b;+example.com/c=x=y;d=";
  const tag a = take_tag(rest), b = take_tag(rest), c = take_tag(rest), d = take_tag(rest);
  EXPECT_EQ(a.key, "a");
  EXPECT_EQ(a.value, "1");
  EXPECT_EQ(b.key, "b");
  EXPECT_EQ(b.value, "");
  EXPECT_EQ(c.key, "+example.com/c");
  EXPECT_EQ(c.value, "x=y");
  EXPECT_EQ(d.key, "d");
  EXPECT_EQ(d.value, "");
  EXPECT_TRUE(rest.empty());
}

TEST(IrcTags, OfOneNameTheLastCounts) {
  EXPECT_EQ(tag_value("a=1;b=2;a=3", "a"), "3");
  EXPECT_EQ(tag_value("a=1;a", "a"), "");
  EXPECT_EQ(tag_value("a=1", "A"), std::nullopt) << "names are compared with their case";
  EXPECT_EQ(tag_value("", "a"), std::nullopt);
}

// The table of IRCv3 message-tags, "Escaping values", and what it says of other backslashes.
TEST(IrcTags, EscapesAreThoseOfTheSpecification) {
  const std::string raw = "raw+:=,escaped; \\\r\n";
  std::string escaped;
  append_escaped(escaped, raw);
  EXPECT_EQ(escaped, R"(raw+:=,escaped\:\s\\\r\n)");
  EXPECT_EQ(unescaped(escaped), raw);
  EXPECT_EQ(unescaped("\\b"), "b");
  EXPECT_EQ(unescaped("test\\"), "test");
  EXPECT_EQ(unescaped(R"(\\\\:)"), R"(\\:)");
  EXPECT_EQ(tag_value(R"(a=\s\:)", "a"), " ;");
}

TEST(IrcTags, AValueNeverHasANul) {
  std::string escaped;
  append_escaped(escaped, "a\0b"s);
  EXPECT_EQ(escaped, "ab");
}

TEST(IrcTags, OnlyClientOnlyOnesArePassedOn) {
  EXPECT_EQ(client_only_tags("label=1;+a=1;time=x;+b;+a=2;+"), "+b;+a=2");
  EXPECT_EQ(client_only_tags("+=x;+a=\\s"), "+a=\\s") << "escapes stay as they were sent";
  EXPECT_EQ(client_only_tags("a;b=1"), "");
}

}  // namespace
}  // namespace greenroom::protocol::irc
