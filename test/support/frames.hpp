#pragma once
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/voice.hpp"

/// What goes to clients, in and out of its framing.
namespace greenroom::test {

/// A text of a server's, as one websocket frame.
inline std::string server_text(std::string_view payload) {
  std::string out;
  protocol::frame_writer frames(out, protocol::framing::websocket);
  frames.begin() += payload;
  frames.end();
  return out;
}

/// The payloads of texts of a server's, in order (RFC 6455 section 5.2). What isn't whole texts fails the test.
inline std::vector<std::string> payloads_of(std::string_view frames) {
  std::vector<std::string> out;
  const auto number = [&](std::size_t at, std::size_t bytes) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<std::uint8_t>(frames.at(at + i));
    return value;
  };
  while (!frames.empty()) {
    const std::size_t code = number(1, 1), wide = code < 126 ? 0 : code == 126 ? 2 : 8;
    const std::size_t length = wide == 0 ? code : number(2, wide), header = 2 + wide;
    EXPECT_EQ(number(0, 1), 0x81u);
    if (frames.size() < header + length) {
      ADD_FAILURE() << "a frame is cut";
      break;
    }
    out.emplace_back(frames.substr(header, length));
    frames.remove_prefix(header + length);
  }
  return out;
}

/// What a dialect says of an event, frame by frame.
inline std::vector<std::string> said(const protocol::dialect& speaks, const core::client_event& event) {
  return payloads_of(
      protocol::voice{speaks, protocol::features::none, protocol::framing::websocket, {}}.encoded(event));
}

inline const protocol::voice_pointer lines_voice = std::make_shared<const protocol::voice>(
    protocol::lines_dialect(), protocol::features::none, protocol::framing::websocket, core::voice_id{0});
inline const protocol::voice_pointer json_voice = std::make_shared<const protocol::voice>(
    protocol::json_dialect(), protocol::features::none, protocol::framing::websocket, core::voice_id{1});

}  // namespace greenroom::test
