#include "app/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace greenroom::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ConfigFile, ReadsStringsNumbersTruthValuesAndArrays) {
  const auto read = parse_config_file(
      "# a comment\n"
      "\n"
      "node = \"n # 1\"  # another\r\n"
      "  literal='C:\\x'\n"
      "number = 1_000\n"
      "flag = true\n"
      "list = [\"a\", 'b', 3,]\n"
      "none = []\n"
      "escaped = \"say \\\"hi\\\" \\\\ \\t.\"");
  ASSERT_TRUE(read.ok()) << read.why().text();
  ASSERT_EQ(7U, read->size());
  EXPECT_EQ("node", (*read)[0].key);
  EXPECT_EQ(3U, (*read)[0].line);
  EXPECT_THAT((*read)[0].values, ElementsAre("n # 1"));
  EXPECT_THAT((*read)[1].values, ElementsAre("C:\\x"));
  EXPECT_THAT((*read)[2].values, ElementsAre("1000"));
  EXPECT_THAT((*read)[3].values, ElementsAre("true"));
  EXPECT_THAT((*read)[4].values, ElementsAre("a", "b", "3"));
  EXPECT_THAT((*read)[5].values, IsEmpty());
  EXPECT_THAT((*read)[6].values, ElementsAre("say \"hi\" \\ \t."));
}

TEST(ConfigFile, ReadsAllThatTomlHasForSuchValues) {
  const auto read = parse_config_file(
      "\xEF\xBB\xBF\"node\" = \"caf\\u00e9\"\n"
      "'data_dir' = \"\"\"\nover\nlines\"\"\"\n"
      "roles = [\n  \"users\", # who\n  \"chat\",\n]\n"
      "max_body = 0x10_000\n"
      "octal = 0o17\n"
      "after = -1");
  ASSERT_TRUE(read.ok()) << read.why().text();
  ASSERT_EQ(6U, read->size());
  EXPECT_EQ("node", (*read)[0].key);
  EXPECT_THAT((*read)[0].values, ElementsAre("caf\xC3\xA9"));
  EXPECT_EQ("data_dir", (*read)[1].key);
  EXPECT_THAT((*read)[1].values, ElementsAre("over\nlines"));
  EXPECT_THAT((*read)[2].values, ElementsAre("users", "chat"));
  EXPECT_EQ(5U, (*read)[2].line);
  EXPECT_THAT((*read)[3].values, ElementsAre("65536"));
  EXPECT_EQ(9U, (*read)[3].line);
  EXPECT_THAT((*read)[4].values, ElementsAre("15"));
  EXPECT_THAT((*read)[5].values, ElementsAre("-1"));
}

TEST(ConfigFile, RefusesWhatItDoesNotUnderstandAndNamesTheLine) {
  const std::pair<const char*, const char*> refused[] = {
      {"node", "line 1: "},
      {"\n= 3", "line 2: "},
      {"[gateway]", "line 1: there are no [sections]"},
      {"[[gateway]]", "line 1: there are no [sections]"},
      {"\ngateway.listen = \"a\"", "line 2: there are no [sections]"},
      {"node = {name = \"a\"}", "line 1: there are no [sections]"},
      {"node = n1", "line 1: "},
      {"node = ", "line 1: "},
      {"node = \"n1", "line 1: "},
      {"node = \"\\q\"", "line 1: "},
      {"node = 3s", "line 1: "},
      {"node = 1.5", "line 1: the value of node must be"},
      {"node = 1979-05-27", "line 1: the value of node must be"},
      {"list = [[\"a\"]]", "line 1: the value of list must be"},
      {"list = [\"a\"", "line 1: "},
      {"node = \"a\" \"b\"", "line 1: "},
      {"node = \"a\"\nnode = \"b\"", "line 2: "},
      {"node = \"\xff\"", "line 1: "},
  };
  for (const auto& [text, why] : refused) {
    const auto read = parse_config_file(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_THAT(read.why().text(), HasSubstr(why)) << text;
  }
}

TEST(ConfigFile, ReadsBackTheStringsItWrites) {
  const std::string hard = "a \"quoted\" \\ path #1, [x]";
  const auto read = parse_config_file("key = " + toml_string(hard));
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(read->front().values, ElementsAre(hard));
}

}  // namespace
}  // namespace greenroom::app
