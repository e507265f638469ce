#include "net/ws_reader.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "core/text.hpp"

namespace greenroom::net {
namespace {

constexpr std::uint16_t normal = 1000;
constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t other_kind = 1003;
constexpr std::uint16_t broken_text = 1007;
constexpr std::uint16_t too_big = 1009;

enum opcode : std::uint8_t { continuation = 0x0, text = 0x1, binary = 0x2, close = 0x8, ping = 0x9, pong = 0xA };

constexpr std::size_t longest_control = 125;
constexpr std::size_t mask_size = 4;

std::uint8_t byte_at(std::span<const char> bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

// RFC 6455 section 7.4, and the registry of its section 11.7: those that may come over the wire.
constexpr bool good_close_code(unsigned code) {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && (code <= 1003 || code >= 1007);
}

void unmask(std::span<char> bytes, const std::array<char, mask_size>& key) {
  std::array<char, 2 * mask_size> twice;
  std::memcpy(twice.data(), key.data(), mask_size);
  std::memcpy(twice.data() + mask_size, key.data(), mask_size);
  std::uint64_t wide_key;
  std::memcpy(&wide_key, twice.data(), sizeof wide_key);
  std::size_t at = 0;
  for (; at + sizeof wide_key <= bytes.size(); at += sizeof wide_key) {
    std::uint64_t wide;
    std::memcpy(&wide, bytes.data() + at, sizeof wide);
    wide ^= wide_key;
    std::memcpy(bytes.data() + at, &wide, sizeof wide);
  }
  for (; at < bytes.size(); ++at) bytes[at] = static_cast<char>(bytes[at] ^ key[at % mask_size]);
}

}  // namespace

/// The beginning of a frame.
struct ws_reader::header {
  std::size_t size = 0;  ///< its own, mask included; 0: not all here yet
  std::size_t payload = 0;
  std::uint8_t code = 0;
  bool last = false;
};

void ws_reader::take(std::span<char> bytes) {
  if (over_) return;
  if (part_.empty())
    fresh_ = bytes;
  else
    part_.append(bytes.data(), bytes.size());
}

std::span<char> ws_reader::rest() noexcept { return (part_.empty() ? fresh_ : std::span<char>(part_)).subspan(at_); }

void ws_reader::keep() {
  if (std::exchange(told_, false)) std::string().swap(message_);
  if (fresh_.empty() && part_.empty()) return;
  if (part_.empty()) {
    part_.assign(fresh_.data() + at_, fresh_.size() - at_);
    fresh_ = {};
    at_ = 0;
  } else if (at_ == part_.size()) {
    std::string().swap(part_);
    at_ = 0;
  } else if (at_ > part_.size() / 2) {
    part_ = part_.substr(at_);
    at_ = 0;
  }
}

void ws_reader::stop() {
  over_ = true;
  fresh_ = {};
  at_ = 0;
  std::string().swap(part_);
  std::string().swap(message_);
}

ws_reader::found ws_reader::fail(std::uint16_t code) {
  over_ = true;
  return {kind::wrong, code, {}};
}

// A fault of a header is reported as soon as that much of it is here; 0 where it is well so far.
std::uint16_t ws_reader::judge(header& what, std::span<const char> bytes) const {
  if (bytes.size() < 2) return 0;
  const unsigned first = byte_at(bytes, 0);
  const unsigned second = byte_at(bytes, 1);
  what.code = first & 0x0f;
  what.last = (first & 0x80) != 0;
  std::size_t length = second & 0x7f;
  const bool is_control = (what.code & 0x8) != 0;
  const bool reserved = (first & 0x70) != 0 || what.code > pong || (what.code > binary && what.code < close);
  const bool is_masked = (second & 0x80) != 0;
  if (reserved || !is_masked) return protocol_error;
  if (is_control && (!what.last || length > longest_control)) return protocol_error;
  if (!is_control && (what.code == continuation) != fragmented_) return protocol_error;
  if (what.code == (which_ == ws_messages::text ? binary : text)) return other_kind;

  const std::size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (bytes.size() < 2 + wide) return 0;
  if (wide > 0) {
    std::uint64_t big = 0;
    for (std::size_t i = 0; i < wide; ++i) big = big << 8 | byte_at(bytes, 2 + i);
    const bool minimal = wide == 2 ? big >= 126 : big >= 65536;
    if (!minimal || (big >> 63) != 0) return protocol_error;
    length = big;
  }
  if (!is_control && length > limit_ - message_.size()) return too_big;
  what.payload = length;
  if (bytes.size() >= 2 + wide + mask_size) what.size = 2 + wide + mask_size;
  return 0;
}

ws_reader::found ws_reader::next() {
  if (std::exchange(told_, false)) std::string().swap(message_);
  while (!over_) {
    const std::span<char> bytes = rest();
    header what;
    if (const std::uint16_t why = judge(what, bytes); why != 0) return fail(why);
    if (what.size == 0 || bytes.size() - what.size < what.payload) return {};
    std::array<char, mask_size> key;
    std::memcpy(key.data(), bytes.data() + what.size - mask_size, mask_size);
    const std::span<char> payload = bytes.subspan(what.size, what.payload);
    unmask(payload, key);
    at_ += what.size + what.payload;
    const std::string_view plain(payload.data(), payload.size());
    if (const found one = what.code >= close ? control(what, plain) : data(what, plain)) return one;
  }
  return {};
}

ws_reader::found ws_reader::control(const header& what, std::string_view payload) {
  if (what.code == pong) return {};
  if (what.code == ping) return {kind::ping, 0, payload};
  over_ = true;
  if (payload.empty()) return {kind::close, normal, {}};
  if (payload.size() == 1) return fail(protocol_error);
  const unsigned code = static_cast<unsigned>(byte_at(payload, 0) << 8 | byte_at(payload, 1));
  if (!good_close_code(code) || !core::valid_utf8(payload.substr(2))) return fail(protocol_error);
  return {kind::close, static_cast<std::uint16_t>(code), {}};
}

ws_reader::found ws_reader::data(const header& what, std::string_view payload) {
  if (what.last && !fragmented_) {
    if (which_ == ws_messages::text && !core::valid_utf8(payload)) return fail(broken_text);
    return {kind::message, 0, payload};
  }
  fragmented_ = !what.last;
  message_.append(payload);
  if (which_ == ws_messages::text && !text_holds(what.last)) return fail(broken_text);
  if (!what.last) return {};
  checked_ = 0;
  told_ = true;
  return {kind::message, 0, message_};
}

// A character may be cut by the end of a fragment, but not by the end of the message.
bool ws_reader::text_holds(bool last) {
  const std::string_view unchecked = std::string_view(message_).substr(checked_);
  const std::string_view whole = last ? unchecked : core::whole_characters(unchecked);
  if (!core::valid_utf8(whole)) return false;
  checked_ += whole.size();
  return true;
}

}  // namespace greenroom::net
