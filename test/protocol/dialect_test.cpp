#include "protocol/dialect.hpp"

#include <gtest/gtest.h>

namespace greenroom::protocol {
namespace {

TEST(Dialect, HasItsNameInTheHandshake) {
  EXPECT_EQ(lines_dialect().token(), "");
  EXPECT_EQ(json_dialect().token(), "greenroom.v1.json");
}

TEST(Dialect, OnlyJsonHasIdsGapsAndManyRooms) {
  const auto& lines = lines_dialect();
  EXPECT_FALSE(lines.has_ids() || lines.has_gaps() || lines.many_rooms());
  const auto& json = json_dialect();
  EXPECT_TRUE(json.has_ids() && json.has_gaps() && json.many_rooms());
}

TEST(Dialect, WithoutAListItIsLines) { EXPECT_EQ(choose(""), &lines_dialect()); }

TEST(Dialect, TheFirstOfTheListThatIsSpokenIsChosen) {
  for (const auto list : {"greenroom.v1.json", " greenroom.v1.json\t", "greenroom.v2.json, greenroom.v1.json",
                          "graphql-ws,greenroom.v1.json,other", ",,greenroom.v1.json", "greenroom.v1.json,"})
    EXPECT_EQ(choose(list), &json_dialect()) << list;
}

TEST(Dialect, AListWithoutAMatchIsRefused) {
  for (const auto list : {"greenroom.v2.json", "greenroom.v1.jso", "greenroom.v1.json2", "GREENROOM.V1.JSON", "lines",
                          "greenroom.v1.json;q=1", "greenroom .v1.json", ",", " ", ", ,", "text.ircv3.net"})
    EXPECT_EQ(choose(list), nullptr) << list;
}

}  // namespace
}  // namespace greenroom::protocol
