#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace greenroom::bench {

/// Bytes before the padding: "%GR:", who and which (8), when (8); six bits a character, '?' to '~', without the
/// backslash (DEL is in its place): no protocol has to escape any of them.
constexpr std::size_t token_bytes = 20;
constexpr std::uint64_t max_senders = 1U << 18U;

/// The fields that a text carries about itself.
struct stamp {
  std::uint32_t sender = 0;
  std::uint32_t number = 0;      ///< counted by its sender, from 0; 30 bits
  std::uint64_t sent_at_ns = 0;  ///< since the program's start; 48 bits
};

/// Texts that can be checked byte for byte: a stamp, then known padding.
class payload {
 public:
  explicit payload(std::size_t bytes) {
    text_ = std::string(magic) + std::string(16, '?');
    for (std::size_t i = token_bytes; i < bytes; ++i) text_ += static_cast<char>('a' + i % 26);
  }

  [[nodiscard]] std::size_t size() const { return text_.size(); }

  /// The text with this stamp; valid until the next call.
  std::string_view stamped(const stamp& with) {
    write(&text_[4], with.sender | std::uint64_t{with.number} << 18U);
    write(&text_[12], with.sent_at_ns);
    return text_;
  }

  /// Whether it is such a text, and its padding came through as it was sent.
  [[nodiscard]] bool intact(std::string_view text) const {
    return text.size() == size() && text.starts_with(magic) &&
           std::memcmp(text.data() + token_bytes, text_.data() + token_bytes, size() - token_bytes) == 0;
  }
  /// The stamp of a text that is intact.
  [[nodiscard]] static stamp read(std::string_view text) {
    const std::uint64_t who = read(text.data() + 4);
    return {static_cast<std::uint32_t>(who & (max_senders - 1)), static_cast<std::uint32_t>(who >> 18U),
            read(text.data() + 12)};
  }

 private:
  static constexpr std::string_view magic = "%GR:";

  static void write(char* to, std::uint64_t value) {
    for (int i = 0; i < 8; ++i, value >>= 6U) {
      to[i] = static_cast<char>('?' + (value & 63U));
      if (to[i] == '\\') to[i] = 0x7f;
    }
  }
  // All eight characters at once: the check of each delivery must cost less than its delivery.
  static std::uint64_t read(const char* from) {
    std::uint64_t x = 0;
    std::memcpy(&x, from, 8);
    x -= 0x3f3f3f3f3f3f3f3fU;
    x -= (x >> 6U & 0x0101010101010101U) * (0x7f - '\\');
    x = (x & 0x003f003f003f003fU) | ((x & 0x3f003f003f003f00U) >> 2U);
    x = (x & 0x00000fff00000fffU) | ((x & 0x0fff00000fff0000U) >> 4U);
    return (x & 0xffffffU) | ((x >> 32U) << 24U);
  }

  std::string text_;
};

}  // namespace greenroom::bench
