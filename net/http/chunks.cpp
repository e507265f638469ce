#include "net/http/chunks.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace greenroom::net::http {

using core::ec;

namespace {

constexpr std::size_t max_digits = 16;  // of 64 bits

// Characters that neither a chunk's extension nor a trailer may have.
bool is_barred(char c) { return core::is_control(c) && c != '\t'; }

}  // namespace

std::size_t chunk_reader::take(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (used < bytes.size() && !done() && wrong_ == ec::none) {
    if (at_ == place::data) {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used));
      body.append(bytes.substr(used, part));
      used += part;
      left_ -= part;
      if (left_ == 0) at_ = place::data_cr;
    } else {
      take_one(bytes[used]);
      if (wrong_ == ec::none) ++used;
    }
  }
  return used;
}

void chunk_reader::take_one(char c) {
  switch (at_) {
    case place::size:
      return read_size(c);
    case place::space:
    case place::extension:
      return read_extension(c);
    case place::size_end:
      return c == '\n' ? end_size_line() : refuse(ec::bad_request);
    case place::data_cr:
      at_ = place::data_lf;
      return c == '\r' ? void() : refuse(ec::bad_request);
    case place::data_lf:
      at_ = place::size;
      return c == '\n' ? void() : refuse(ec::bad_request);
    case place::trailer:
      return read_trailer(c);
    case place::trailer_lf:
      return c == '\n' ? end_trailer_line() : refuse(ec::bad_request);
    case place::data:
    case place::done:
      return;
  }
}

void chunk_reader::read_size(char c) {
  if (const int digit = core::hex_value(c); digit >= 0) {
    if (++digits_ > max_digits) return refuse(ec::bad_request);
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    return;
  }
  if (digits_ == 0) return refuse(ec::bad_request);
  if (c == '\r')
    at_ = place::size_end;
  else if (c == ';' || core::is_blank(c)) {
    at_ = place::space;
    read_extension(c);
  } else
    refuse(ec::bad_request);
}

// Blanks may stand before the semicolon, but nothing else may. A quoted string has no end of line in it either.
void chunk_reader::read_extension(char c) {
  if (c == '\r' && at_ == place::extension) {
    at_ = place::size_end;
    return;
  }
  if (is_barred(c) || (at_ == place::space && c != ';' && !core::is_blank(c))) return refuse(ec::bad_request);
  if (c == ';') at_ = place::extension;
  if (++extensions_ > limits_.head) refuse(ec::headers_too_big);
}

void chunk_reader::end_size_line() {
  if (left_ > limits_.body - data_) return refuse(ec::too_big);
  data_ += static_cast<std::size_t>(left_);
  at_ = left_ == 0 ? place::trailer : place::data;
  digits_ = 0;
}

void chunk_reader::read_trailer(char c) {
  if (c == '\r') {
    at_ = place::trailer_lf;
    return;
  }
  if (is_barred(c)) return refuse(ec::bad_request);
  if (++trailer_bytes_ > limits_.head) return refuse(ec::headers_too_big);
  line_ += c;
}

void chunk_reader::end_trailer_line() {
  at_ = line_.empty() ? place::done : place::trailer;
  if (line_.empty()) return;
  if (!good_field_line(line_)) return refuse(ec::bad_request);
  if (++trailers_ > limits_.fields) return refuse(ec::headers_too_big);
  line_.clear();
}

}  // namespace greenroom::net::http
