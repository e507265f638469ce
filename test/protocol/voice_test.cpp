#include "protocol/voice.hpp"

#include <gtest/gtest.h>

#include <string>

#include "test/support/frames.hpp"
#include "test/support/script_dialect.hpp"

namespace greenroom::protocol {
namespace {

const test::script_dialect script;

std::string heard(features with, framing how, const core::room_entry& entry) {
  return voice{script, with, how, core::voice_id{3}}.encoded(core::message_event{{"lobby"}, {1}, &entry, false, false});
}

const core::room_entry two_lines{.seq = {7}, .author = {"ann"}, .text = "one\ntwo"};
const core::room_entry act{.seq = {8}, .author = {"ann"}, .kind = core::entry_kind::mute};

TEST(Voice, AnEntryIsAsManyFramesAsTheDialectMakesOfIt) {
  EXPECT_EQ(heard(features::none, framing::line, two_lines), "ann: one\r\nann: two\r\n");
  EXPECT_EQ(heard(features::none, framing::line, act), "");
}

TEST(Voice, WhatWasNegotiatedChangesTheFrames) {
  EXPECT_EQ(heard(test::script_dialect::tags, framing::line, two_lines), "@7 ann: one\r\n@7 ann: two\r\n");
  EXPECT_EQ(heard(test::script_dialect::acts, framing::line, act), "-- act\r\n");
  EXPECT_EQ(heard(test::script_dialect::both, framing::line, act), "@8 -- act\r\n");
}

TEST(Voice, TheSameFramesGoIntoEachFraming) {
  EXPECT_EQ(heard(features::none, framing::websocket, two_lines),
            test::server_text("ann: one") + test::server_text("ann: two"));
}

TEST(Voice, AppendsBehindWhatIsThere) {
  std::string out = "before\r\n";
  voice{script, features::none, framing::line, {}}.encode(core::message_event{{}, {}, &two_lines, false, false}, out);
  EXPECT_EQ(out, "before\r\nann: one\r\nann: two\r\n");
}

TEST(Voice, TellsHubsWhetherItsListenersCanGoOnAfterAGap) {
  const voice json{json_dialect(), features::none, framing::websocket, core::voice_id{5}};
  EXPECT_EQ(json.hearing().voice, core::voice_id{5});
  EXPECT_TRUE(json.hearing().has_gaps);
  EXPECT_FALSE((voice{lines_dialect(), features::none, framing::websocket, {}}.hearing().has_gaps));
}

}  // namespace
}  // namespace greenroom::protocol
