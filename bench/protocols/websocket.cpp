#include "bench/protocols/websocket.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace greenroom::bench {

websocket::websocket(const options& wanted, const names& called, std::string dialect)
    : wanted_(wanted), called_(called), dialect_(std::move(dialect)), open_(wanted.sockets()) {}

void websocket::open(std::uint32_t connection, std::string& out) {
  open_[connection] = false;
  out += "GET " + called_.expanded(wanted_.path, connection) + " HTTP/1.1\r\nHost: " + wanted_.host + ":" +
         std::to_string(wanted_.port_of(connection)) +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!dialect_.empty()) out += "Sec-WebSocket-Protocol: " + dialect_ + "\r\n";
  for (const auto& header : wanted_.headers) out += called_.expanded(header, connection) + "\r\n";
  out += "\r\n";
}

std::size_t websocket::upgrade(std::uint32_t connection, std::string_view bytes, std::string& out, events& found) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const auto head = bytes.substr(0, end);
  const bool accepted = head.starts_with("HTTP/1.1 101 ") &&
                        head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string_view::npos;  // RFC 6455, 1.3
  if (!accepted) {
    found.lost(connection, head.substr(0, 60));
    return bytes.size();
  }
  open_[connection] = true;
  upgraded(connection, out, found);
  return end + 4;
}

void websocket::masked(std::string& out, unsigned opcode, std::initializer_list<std::string_view> parts) {
  mask_ ^= mask_ << 13U;
  mask_ ^= mask_ >> 17U;
  mask_ ^= mask_ << 5U;
  std::array<char, 4> key{};
  std::memcpy(key.data(), &mask_, 4);
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  out.push_back(static_cast<char>(0x80U | opcode));
  if (size < 126) {
    out.push_back(static_cast<char>(0x80U | size));
  } else {
    out.push_back(static_cast<char>(0x80U | 126U));
    out.push_back(static_cast<char>(size >> 8U));
    out.push_back(static_cast<char>(size & 0xFFU));
  }
  out.append(key.data(), key.size());
  const auto begin = out.size();
  for (const auto part : parts) out.append(part);
  for (std::size_t i = 0; i < size; ++i) out[begin + i] = static_cast<char>(out[begin + i] ^ key[i & 3U]);
}

std::size_t websocket::read(std::uint32_t connection, std::string_view bytes, std::string& out, events& found) {
  constexpr unsigned text = 1, close_frame = 8, ping = 9, pong = 10;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  std::size_t at = 0;
  if (!open_[connection]) {
    at = upgrade(connection, bytes, out, found);
    if (!open_[connection]) return at;
  }
  while (bytes.size() - at >= 2) {
    std::size_t head = 2, size = byte(at + 1) & 0x7FU;
    if (size >= 126) {
      const std::size_t digits = size == 126 ? 2 : 8;
      head += digits;
      if (bytes.size() - at < head) break;
      size = 0;
      for (std::size_t i = 2; i < head; ++i) size = size << 8U | byte(at + i);
    }
    if (bytes.size() - at < head + size) break;
    const auto body = bytes.substr(at + head, size);
    switch (byte(at) & 0x0FU) {
      case text:
        heard(connection, body, found);
        break;
      case close_frame:
        found.lost(connection, "closed by the server");
        return bytes.size();
      case ping:
        masked(out, pong, {body});
        break;
      default:
        break;
    }
    at += head + size;
  }
  return at;
}

}  // namespace greenroom::bench
