#include "protocol/list_field.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace greenroom::protocol {
namespace {

std::vector<std::string_view> members(std::string_view line, char separator = ',') {
  const list_members all{line, separator};
  return {all.begin(), all.end()};
}

using texts = std::vector<std::string_view>;

TEST(ListField, HasMembersWithoutWhatIsAroundThem) {
  EXPECT_EQ(members("a"), (texts{"a"}));
  EXPECT_EQ(members("a,b ,\tc\t, d"), (texts{"a", "b", "c", "d"}));
  EXPECT_EQ(members(", ,a,,\t,b,"), (texts{"a", "b"})) << "empty members are none (RFC 9110 section 5.6.1.2)";
  EXPECT_EQ(members(""), texts{});
  EXPECT_EQ(members(" ,\t"), texts{});
  EXPECT_EQ(members("b,b"), (texts{"b", "b"}));
}

TEST(ListField, KeepsACommaThatIsQuoted) {
  EXPECT_EQ(members(R"("a,b", W/"c", "d\",e")"), (texts{R"("a,b")", R"(W/"c")", R"("d\",e")"}));
  EXPECT_EQ(members("\"open, a"), (texts{"\"open, a"}));
  EXPECT_EQ(members(R"(a\, b\", c"\)"), (texts{R"(a\)", R"(b\", c"\)"})) << "only within quotes does \\ escape";
}

TEST(ListField, FindsATokenInAnyCase) {
  EXPECT_TRUE(has_member("keep-alive,\tUPGRADE", "upgrade"));
  EXPECT_FALSE(has_member("upgrades, an upgrade", "upgrade"));
  EXPECT_FALSE(has_member("", "upgrade"));
}

TEST(ListField, ReadsParametersAndTheirQuotes) {
  EXPECT_EQ(members("application/json ; charset=\"utf-8;x\";q=1", ';'),
            (texts{"application/json", "charset=\"utf-8;x\"", "q=1"}));
  EXPECT_EQ(parameter("charset=utf-8"), (std::pair<std::string_view, std::string_view>{"charset", "utf-8"}));
  EXPECT_EQ(parameter("for = \"[2001:db8::1]:47\""),
            (std::pair<std::string_view, std::string_view>{"for", "[2001:db8::1]:47"}));
  for (const std::string_view none : {"charset", "=x", "a=", "a=\"", "a=\"b", "a=\"bc", "a=b\"", "a=\"\""})
    EXPECT_FALSE(parameter(none)) << none;
}

TEST(ListField, KnowsAMediaTypeWithoutItsParameters) {
  EXPECT_EQ(media_type("application/json\t; charset=utf-8"), "application/json");
  EXPECT_EQ(media_type(" text/html"), "text/html");
  EXPECT_EQ(media_type(""), "");
}

TEST(ListField, ComparesTagsWeakly) {
  EXPECT_TRUE(same_tag("\"a\"", "\"a\""));
  EXPECT_TRUE(same_tag("W/\"a\"", "\"a\""));
  EXPECT_TRUE(same_tag("\"a\"", "W/\"a\""));
  EXPECT_FALSE(same_tag("\"a\"", "\"b\""));
  EXPECT_FALSE(same_tag("w/\"a\"", "\"a\""));
}

}  // namespace
}  // namespace greenroom::protocol
