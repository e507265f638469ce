#include "net/ws_frame.hpp"

#include <cstddef>

#include "core/check.hpp"
#include "core/text.hpp"

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
  if (reason.size() > longest_reason) reason = core::whole_characters(reason.substr(0, longest_reason));
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  payload.append(reason);
  return ws_control_frame(ws_opcode::close, payload);
}

}  // namespace greenroom::net
