#include "net/link_guard.hpp"

#include <algorithm>

namespace greenroom::net {
namespace {

enum operation : unsigned char { server_handshake = 0, client_handshake = 1, heartbeat = 6 };

}  // namespace

link_guard::verdict link_guard::judge(std::string_view bytes) {
  while (verdict_ == verdict::good && !bytes.empty()) {
    if (payload_ > 0) {
      const std::size_t passed = std::min<std::size_t>(payload_, bytes.size());
      payload_ -= static_cast<std::uint32_t>(passed);
      bytes.remove_prefix(passed);
      continue;
    }
    const std::size_t taken = std::min(header_size - have_, bytes.size());
    std::copy_n(bytes.data(), taken, header_.begin() + static_cast<std::ptrdiff_t>(have_));
    have_ += taken;
    bytes.remove_prefix(taken);
    if (have_ == header_size) verdict_ = judge_header();
  }
  return verdict_;
}

link_guard::verdict link_guard::judge_header() {
  const unsigned char what = header_[0];
  const std::uint32_t size = std::uint32_t{header_[4]} << 24 | std::uint32_t{header_[5]} << 16 |
                             std::uint32_t{header_[6]} << 8 | std::uint32_t{header_[7]};
  if (what > heartbeat) return verdict::bad_operation;
  if (what == heartbeat && size > 0) return verdict::bad_heartbeat;
  if (what != heartbeat && size == 0) return verdict::no_payload;
  if (size > max_payload_) return verdict::too_big;
  if (what <= client_handshake) {
    if (what != (dialled_ ? server_handshake : client_handshake)) return verdict::wrong_handshake;
    if (frames_ != handshakes_ || handshakes_ == (dialled_ ? 1u : 2u)) return verdict::late_handshake;
    ++handshakes_;
  } else if (frames_ == 0) {
    return verdict::no_handshake;
  }
  ++frames_;
  have_ = 0;
  payload_ = size;
  return verdict::good;
}

std::string_view to_string(link_guard::verdict verdict) noexcept {
  using enum link_guard::verdict;
  switch (verdict) {
    case good:
      return "good";
    case bad_operation:
      return "bad_operation";
    case too_big:
      return "too_big";
    case no_payload:
      return "no_payload";
    case bad_heartbeat:
      return "bad_heartbeat";
    case wrong_handshake:
      return "wrong_handshake";
    case no_handshake:
      return "no_handshake";
    case late_handshake:
      return "late_handshake";
  }
  return "unknown";
}

}  // namespace greenroom::net
