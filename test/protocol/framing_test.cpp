#include "protocol/framing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::protocol {
namespace {

using namespace std::string_literals;

std::string framed(framing how, const std::string& payload, std::string before = {}) {
  frame_writer frames(before, how);
  frames.begin() += payload;
  frames.end();
  return before;
}

// RFC 6455 section 5.2: the length takes the shortest form that holds it.
TEST(Framing, AWebsocketFrameHasAHeaderOfTheShortestForm) {
  const auto header = [](std::size_t size) {
    const std::string payload(size, 'x');
    const auto frame = framed(framing::websocket, payload);
    EXPECT_TRUE(frame.ends_with(payload));
    return frame.substr(0, frame.size() - size);
  };
  EXPECT_EQ(header(0), "\x81\x00"s);
  EXPECT_EQ(header(1), "\x81\x01"s);
  EXPECT_EQ(header(125), "\x81\x7d"s);
  EXPECT_EQ(header(126), "\x81\x7e\x00\x7e"s);
  EXPECT_EQ(header(0x1234), "\x81\x7e\x12\x34"s);
  EXPECT_EQ(header(65535), "\x81\x7e\xff\xff"s);
  EXPECT_EQ(header(65536), "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(Framing, ABinaryFrameDiffersByItsOpcode) {
  for (const std::size_t size : {3u, 300u, 70'000u}) {
    const std::string payload(size, 'x');
    auto as_text = framed(framing::websocket, payload);
    as_text.front() = '\x82';
    EXPECT_EQ(framed(framing::binary, payload), as_text) << size;
  }
}

TEST(Framing, ALineEndsWithCrLf) { EXPECT_EQ(framed(framing::line, "PING"), "PING\r\n"); }

TEST(Framing, FramesStandOneAfterTheOther) {
  for (const std::size_t size : {3u, 300u, 70'000u}) {
    const std::string payload(size, 'x');
    const auto one = framed(framing::websocket, payload);
    EXPECT_EQ(framed(framing::websocket, payload, one), one + one) << size;
  }
  EXPECT_EQ(framed(framing::line, "b", "a\r\n"), "a\r\nb\r\n");
}

TEST(FramingDeathTest, AFrameIsBegunAndEndedOnce) {
  std::string out;
  frame_writer frames(out, framing::line);
  EXPECT_DEATH(frames.end(), "framing.cpp");
  (void)frames.begin();
  EXPECT_DEATH((void)frames.begin(), "framing.cpp");
}

}  // namespace
}  // namespace greenroom::protocol
