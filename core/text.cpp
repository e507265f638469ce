#include "core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace greenroom::core {
namespace {

// Length in bytes of the character that begins at `at`, or 0 where it is malformed.
std::size_t size_at(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned second = byte(1);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
    return continues(1) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned second = byte(1);
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
    return continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), fold);
  return out;
}

int compare_folded(std::string_view a, std::string_view b) noexcept {
  const auto shorter = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shorter; ++i) {
    const int difference = static_cast<unsigned char>(fold(a[i])) - static_cast<unsigned char>(fold(b[i]));
    if (difference != 0) return difference;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

bool equal_folded(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && compare_folded(a, b) == 0;
}

std::size_t hash_folded(std::string_view name) noexcept {
  std::uint64_t h = 14695981039346656037ull;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(fold(c))) * 1099511628211ull;
  return static_cast<std::size_t>(h ^ (h >> 32));
}

bool is_plain_name(std::string_view text, std::size_t most) noexcept {
  const auto plain = [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), plain);
}

std::size_t character_size(std::string_view text) noexcept { return text.empty() ? 0 : size_at(text, 0); }

bool valid_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    // Most text is ASCII: eight bytes at a time.
    if (std::uint64_t eight = 0; text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080ull) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const auto size = size_at(text, at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

std::string_view whole_characters(std::string_view text) noexcept {
  for (std::size_t tail = 1; tail <= 3 && tail <= text.size(); ++tail) {
    const auto byte = static_cast<unsigned char>(text[text.size() - tail]);
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const std::size_t size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > tail ? text.substr(0, text.size() - tail) : text;
  }
  return text;
}

}  // namespace greenroom::core
