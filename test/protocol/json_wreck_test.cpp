#include "protocol/json_wreck.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

namespace greenroom::protocol {
namespace {

using fields = std::vector<std::pair<std::string_view, std::string_view>>;

TEST(JsonWreck, GivesNoMoreFieldsThanAreWanted) {
  constexpr std::string_view text = R"({"a":"1","b":"2","c":"3","a":"4",)";
  EXPECT_EQ(fields_of_wreck(text, 2), (fields{{"a", ""}, {"b", "2"}}));
  EXPECT_EQ(fields_of_wreck(text, 3), (fields{{"a", ""}, {"b", "2"}, {"c", "3"}}));
}

}  // namespace
}  // namespace greenroom::protocol
