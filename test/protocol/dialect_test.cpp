#include "protocol/dialect.hpp"

#include <gtest/gtest.h>

namespace greenroom::protocol {
namespace {

using core::dialect_kind;

TEST(Dialect, EveryKindHasItsOwn) {
  for (const auto kind : {dialect_kind::lines, dialect_kind::json}) EXPECT_EQ(dialect_of(kind).kind(), kind);
  EXPECT_EQ(dialect_of(dialect_kind::lines).token(), "");
  EXPECT_EQ(dialect_of(dialect_kind::json).token(), "greenroom.v1.json");
}

TEST(Dialect, OnlyJsonHasIdsGapsAndManyRooms) {
  const auto& lines = dialect_of(dialect_kind::lines);
  EXPECT_FALSE(lines.has_ids() || lines.has_gaps() || lines.many_rooms());
  const auto& json = dialect_of(dialect_kind::json);
  EXPECT_TRUE(json.has_ids() && json.has_gaps() && json.many_rooms());
}

TEST(Dialect, WithoutAListItIsLines) { EXPECT_EQ(choose(""), dialect_kind::lines); }

TEST(Dialect, TheFirstOfTheListThatIsSpokenIsChosen) {
  for (const auto list : {"greenroom.v1.json", " greenroom.v1.json\t", "greenroom.v2.json, greenroom.v1.json",
                          "graphql-ws,greenroom.v1.json,other", ",,greenroom.v1.json", "greenroom.v1.json,"})
    EXPECT_EQ(choose(list), dialect_kind::json) << list;
}

TEST(Dialect, AListWithoutAMatchIsRefused) {
  for (const auto list : {"greenroom.v2.json", "greenroom.v1.jso", "greenroom.v1.json2", "GREENROOM.V1.JSON", "lines",
                          "greenroom.v1.json;q=1", "greenroom .v1.json", ",", " ", ", ,", "text.ircv3.net"})
    EXPECT_EQ(choose(list), std::nullopt) << list;
}

}  // namespace
}  // namespace greenroom::protocol
