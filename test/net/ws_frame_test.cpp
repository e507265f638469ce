#include "net/ws_frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::net {
namespace {

std::string header(ws_opcode what, std::size_t payload) {
  std::string out;
  append_ws_header(out, what, payload);
  return out;
}

TEST(WsFrame, HeaderTakesTheShortestLength) {
  using namespace std::string_literals;
  EXPECT_EQ(header(ws_opcode::text, 0), "\x81\x00"s);
  EXPECT_EQ(header(ws_opcode::text, 125), "\x81\x7d"s);
  EXPECT_EQ(header(ws_opcode::text, 126), "\x81\x7e\x00\x7e"s);
  EXPECT_EQ(header(ws_opcode::text, 65535), "\x81\x7e\xff\xff"s);
  EXPECT_EQ(header(ws_opcode::text, 65536), "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
  EXPECT_EQ(header(ws_opcode::ping, 4), "\x89\x04"s);
}

TEST(WsFrame, HeaderSizeIsTheSizeOfTheHeader) {
  for (const std::size_t payload : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 1'000'000u})
    EXPECT_EQ(header(ws_opcode::text, payload).size(), ws_header_size(payload)) << payload;
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
