#include "net/ws_frame.hpp"

#include <cstddef>

#include "core/check.hpp"

namespace greenroom::net {
namespace {

constexpr std::size_t longest_payload = 125, longest_reason = longest_payload - 2;

}  // namespace

std::string ws_control_frame(ws_opcode what, std::string_view payload) {
  GREENROOM_CHECK(payload.size() <= longest_payload);
  constexpr unsigned char fin = 0x80;
  std::string out;
  out.push_back(static_cast<char>(fin | static_cast<unsigned char>(what)));
  out.push_back(static_cast<char>(payload.size()));
  out.append(payload);
  return out;
}

std::string ws_close_frame(std::uint16_t code, std::string_view reason) {
  if (reason.size() > longest_reason) {
    std::size_t end = longest_reason;
    const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(reason[at]) & 0xc0) == 0x80; };
    while (end > 0 && continues(end)) --end;
    reason = reason.substr(0, end);
  }
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  payload.append(reason);
  return ws_control_frame(ws_opcode::close, payload);
}

}  // namespace greenroom::net
