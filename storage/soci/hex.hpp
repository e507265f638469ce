#pragma once
#include <string>

namespace greenroom::storage::soci {

/// Bytes as hexadecimal digits: how hashes of tokens are stored.
[[nodiscard]] inline std::string to_hex(const std::string& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

/// The inverse of `to_hex`.
[[nodiscard]] inline std::string from_hex(const std::string& digits) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
  return out;
}

}  // namespace greenroom::storage::soci
