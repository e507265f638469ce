#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace greenroom::net {

/// A frame's kind (RFC 6455 sections 5.5 and 5.6).
enum class ws_opcode : std::uint8_t { text = 0x1, binary = 0x2, close = 0x8, ping = 0x9, pong = 0xA };

/// A control frame of a server, which is never masked (RFC 6455 section 5.1). `payload`: at most 125 bytes.
[[nodiscard]] std::string ws_control_frame(ws_opcode what, std::string_view payload);

/// A whole message of `what`, text or binary, of at most 65,535 bytes.
[[nodiscard]] std::string ws_message_frame(ws_opcode what, std::string_view payload);

/// A close frame (RFC 6455 section 5.5.1). The reason is cut to 123 bytes, between characters.
[[nodiscard]] std::string ws_close_frame(std::uint16_t code, std::string_view reason);

}  // namespace greenroom::net
