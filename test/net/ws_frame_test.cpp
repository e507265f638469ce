#include "net/ws_frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::net {
namespace {

TEST(WsFrame, ControlFramesSayTheirKindAndTheirLength) {
  using namespace std::string_literals;
  EXPECT_EQ(ws_control_frame(ws_opcode::ping, {}), "\x89\x00"s);
  EXPECT_EQ(ws_control_frame(ws_opcode::pong, "echo"),
            "\x8a\x04"
            "echo"s);
  EXPECT_EQ(ws_control_frame(ws_opcode::pong, std::string(125, 'x')), "\x8a\x7d" + std::string(125, 'x'));
}

TEST(WsFrame, MessagesSayTheirKindAndTheirLength) {
  using namespace std::string_literals;
  EXPECT_EQ(ws_message_frame(ws_opcode::text, "hi"), "\x81\x02hi"s);
  EXPECT_EQ(ws_message_frame(ws_opcode::binary, std::string(125, 'x')), "\x82\x7d" + std::string(125, 'x'));
  EXPECT_EQ(ws_message_frame(ws_opcode::text, std::string(0x1234, 'x')), "\x81\x7e\x12\x34" + std::string(0x1234, 'x'));
}

TEST(WsFrame, CloseFrameCarriesCodeAndReason) {
  const std::string frame = ws_close_frame(1013, "slow");
  EXPECT_EQ(frame, "\x88\x06\x03\xf5slow");
}

TEST(WsFrame, CloseReasonIsCutBetweenCharacters) {
  std::string reason(122, 'x');
  reason += "\xc3\xa4\xc3\xa4";
  const std::string frame = ws_close_frame(1000, reason);
  EXPECT_EQ(frame.size(), 2u + 2u + 122u);
  EXPECT_EQ(frame[1], 124);
}

}  // namespace
}  // namespace greenroom::net
