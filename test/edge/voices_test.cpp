#include "edge/voices.hpp"

#include <gtest/gtest.h>

#include <set>

#include "test/support/script_dialect.hpp"

namespace greenroom::edge {
namespace {

using protocol::features;
using protocol::framing;

TEST(Voices, TheSameThreeAreTheSameVoice) {
  voices known;
  const auto first = known.of(protocol::json_dialect(), features::none, framing::websocket);
  EXPECT_EQ(known.of(protocol::json_dialect(), features::none, framing::websocket), first);
}

TEST(Voices, WhatDiffersInOneOfThreeHasANumberOfItsOwn) {
  const test::script_dialect script;
  voices known;
  std::set<core::voice_id> numbers;
  for (const protocol::dialect* speaks :
       {&protocol::json_dialect(), &protocol::lines_dialect(), static_cast<const protocol::dialect*>(&script)})
    for (const auto with : {features::none, test::script_dialect::tags, test::script_dialect::both})
      for (const auto how : {framing::websocket, framing::line}) {
        const auto voice = known.of(*speaks, with, how);
        EXPECT_TRUE(voice->is_of(*speaks, with, how));
        numbers.insert(voice->id());
      }
  EXPECT_EQ(numbers.size(), 3u * 3u * 2u);
}

}  // namespace
}  // namespace greenroom::edge
