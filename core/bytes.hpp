#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

/// Numbers and texts as bytes, for messages between nodes: a number in big endian, of a width in bytes that both sides
/// know, a text behind its size.
namespace greenroom::core {

/// Appends the lowest `width` bytes of the number; 8 at most.
inline void put_number(std::string& out, std::uint64_t number, std::size_t width) {
  char bytes[sizeof number];
  for (std::size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<char>(number >> (8 * (sizeof bytes - 1 - i)));
  out.append(bytes + sizeof bytes - width, width);
}

/// Appends the text behind its size, which is a number of `width` bytes and must fit it.
inline void put_text(std::string& out, std::string_view text, std::size_t width) {
  put_number(out, text.size(), width);
  out.append(text);
}

/// Reads from the front of bytes that outlive the reader. A value that is missing or too long leaves it `failed`, and
/// every value after that is 0 or empty.
class byte_reader {
 public:
  explicit byte_reader(std::string_view bytes) noexcept : left_(bytes) {}

  std::uint64_t number(std::size_t width) noexcept {
    std::uint64_t out = 0;
    for (const char byte : take(width)) out = out << 8 | static_cast<unsigned char>(byte);
    return out;
  }
  /// `most` bytes, behind a size of `width` bytes.
  std::string_view text(std::size_t width, std::size_t most = std::numeric_limits<std::size_t>::max()) noexcept {
    const auto size = static_cast<std::size_t>(number(width));
    if (size > most) failed_ = true;
    return take(size);
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] bool empty() const noexcept { return left_.empty(); }

 private:
  std::string_view take(std::size_t size) noexcept {
    if (failed_ || left_.size() < size) {
      failed_ = true;
      return {};
    }
    const std::string_view out = left_.substr(0, size);
    left_.remove_prefix(size);
    return out;
  }

  std::string_view left_;
  bool failed_ = false;
};

}  // namespace greenroom::core
