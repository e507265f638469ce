#include "net/ws_frame.hpp"

#include <cstddef>

#include "core/check.hpp"
#include "core/text.hpp"

namespace greenroom::net {
namespace {

constexpr std::size_t longest_payload = 125, longest_reason = longest_payload - 2, longest_message = 65'535;
constexpr unsigned char whole_frame = 0x80;
constexpr char two_bytes_of_length = 126;

}  // namespace

std::string ws_control_frame(ws_opcode what, std::string_view payload) {
  GREENROOM_CHECK(payload.size() <= longest_payload);
  std::string out;
  out.push_back(static_cast<char>(whole_frame | static_cast<unsigned char>(what)));
  out.push_back(static_cast<char>(payload.size()));
  out.append(payload);
  return out;
}

std::string ws_message_frame(ws_opcode what, std::string_view payload) {
  GREENROOM_CHECK(payload.size() <= longest_message);
  std::string out;
  out.push_back(static_cast<char>(whole_frame | static_cast<unsigned char>(what)));
  if (payload.size() > longest_payload) {
    out.push_back(two_bytes_of_length);
    out.push_back(static_cast<char>(payload.size() >> 8));
  }
  out.push_back(static_cast<char>(payload.size() & 0xff));
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
