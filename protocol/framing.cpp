#include "protocol/framing.hpp"

#include <utility>

#include "core/check.hpp"

namespace greenroom::protocol {
namespace {

// RFC 6455 section 5.2: FIN and the opcode of a text, then the payload's length in 7 bits, or 126 and two bytes, or
// 127 and eight. Most payloads need the second form, so `begin` leaves room for that one.
constexpr char text_message = '\x81', binary_message = '\x82';
constexpr std::size_t short_header = 2, usual_header = 4, long_header = 10;
constexpr std::size_t longest_short = 125, longest_usual = 65'535;

// `bytes` behind `at` get the lowest bytes of `length`, the highest first.
void put_length(std::string& out, std::size_t at, std::size_t bytes, std::size_t length) {
  for (std::size_t i = bytes; i-- > 0; length >>= 8) out[at + i] = static_cast<char>(length & 0xff);
}

void put_header(std::string& out, std::size_t payload, char opcode) {
  const std::size_t length = out.size() - payload;
  const std::size_t begin = payload - usual_header;
  out[begin] = opcode;
  if (length <= longest_short) {
    out.erase(begin + short_header, usual_header - short_header);
    out[begin + 1] = static_cast<char>(length);
  } else if (length <= longest_usual) {
    out[begin + 1] = 126;
    put_length(out, begin + 2, 2, length);
  } else {
    out.insert(payload, long_header - usual_header, '\0');
    out[begin + 1] = 127;
    put_length(out, begin + 2, 8, length);
  }
}

}  // namespace

std::string& frame_writer::begin() {
  GREENROOM_CHECK(payload_ == none);
  if (how_ != framing::line) out_.append(usual_header, '\0');
  payload_ = out_.size();
  return out_;
}

void frame_writer::end() {
  GREENROOM_CHECK(payload_ <= out_.size());
  const std::size_t payload = std::exchange(payload_, none);
  if (how_ == framing::line)
    out_ += "\r\n";
  else
    put_header(out_, payload, how_ == framing::websocket ? text_message : binary_message);
}

std::string framed(const std::vector<std::string>& lines, framing how) {
  std::string out;
  frame_writer writer(out, how);
  for (const auto& line : lines) {
    writer.begin() += line;
    writer.end();
  }
  return out;
}

}  // namespace greenroom::protocol
