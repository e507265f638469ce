#include "net/ws_frame.hpp"

namespace greenroom::net {

void append_ws_header(std::string& to, ws_opcode what, std::size_t payload) {
  constexpr unsigned char fin = 0x80;
  to.push_back(static_cast<char>(fin | static_cast<unsigned char>(what)));
  const std::size_t header = ws_header_size(payload);
  const std::size_t wide = header - 2;
  to.push_back(static_cast<char>(wide == 0 ? payload : wide == 2 ? 126 : 127));
  for (std::size_t byte = wide; byte-- > 0;) to.push_back(static_cast<char>((payload >> (8 * byte)) & 0xff));
}

void append_ws_frame(std::string& to, ws_opcode what, std::string_view payload) {
  append_ws_header(to, what, payload.size());
  to.append(payload);
}

std::string ws_close_frame(std::uint16_t code, std::string_view reason) {
  constexpr std::size_t longest = 123;
  if (reason.size() > longest) {
    std::size_t end = longest;
    const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(reason[at]) & 0xc0) == 0x80; };
    while (end > 0 && continues(end)) --end;
    reason = reason.substr(0, end);
  }
  std::string out;
  append_ws_header(out, ws_opcode::close, 2 + reason.size());
  out.push_back(static_cast<char>(code >> 8));
  out.push_back(static_cast<char>(code & 0xff));
  out.append(reason);
  return out;
}

}  // namespace greenroom::net
