#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace greenroom::net {

/// What a frame is (RFC 6455 section 5.2).
enum class ws_opcode : std::uint8_t { text = 0x1, close = 0x8, ping = 0x9, pong = 0xA };

/// Bytes of the header of an unmasked frame: 2, 4 or 10.
[[nodiscard]] constexpr std::size_t ws_header_size(std::size_t payload) noexcept {
  return payload < 126 ? 2 : payload < 65536 ? 4 : 10;
}

/// Appends the header of a whole frame of a server, which is never masked (RFC 6455 section 5.1).
void append_ws_header(std::string& to, ws_opcode what, std::size_t payload);

/// Appends a whole frame.
void append_ws_frame(std::string& to, ws_opcode what, std::string_view payload);

/// A close frame (RFC 6455 section 5.5.1). The reason is cut to 123 bytes, between characters.
[[nodiscard]] std::string ws_close_frame(std::uint16_t code, std::string_view reason);

}  // namespace greenroom::net
