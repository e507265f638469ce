#pragma once
#include <cstddef>
#include <string>
#include <string_view>

/// Text as formats and protocols write it: what several folders read or write, once.
namespace greenroom::core {

// ---- ASCII -----------------------------------------------------------------------------------------------------

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/// U+0000 to U+001F and U+007F (RFC 5234 appendix B.1): a tab is one too.
[[nodiscard]] constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Lower-cases ASCII letters and leaves every other byte alone: how names are compared.
[[nodiscard]] constexpr char fold(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// The text with every letter folded.
[[nodiscard]] std::string folded(std::string_view text);

/// Orders two names without regard to ASCII case: negative, zero or positive.
[[nodiscard]] int compare_folded(std::string_view a, std::string_view b) noexcept;

/// Whether two names are the same without regard to ASCII case.
[[nodiscard]] bool equal_folded(std::string_view a, std::string_view b) noexcept;

/// Hash of a name without regard to ASCII case. The same in every process, but not meant for storage.
[[nodiscard]] std::size_t hash_folded(std::string_view name) noexcept;

/// True for 1 to `most` letters, digits, `.`, `_` or `-`: what names of hosts and nodes and ids of requests are made
/// of.
[[nodiscard]] bool is_plain_name(std::string_view text, std::size_t most = std::string_view::npos) noexcept;

// ---- hexadecimal -----------------------------------------------------------------------------------------------

/// The value of a hexadecimal digit of either case; -1 for any other character.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char letter = fold(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}
[[nodiscard]] constexpr bool is_hex(char c) noexcept { return hex_value(c) >= 0; }

// ---- UTF-8 (RFC 3629) ------------------------------------------------------------------------------------------

/// The bytes, 1 to 4, of the character that the text begins with. 0 where it is malformed: an overlong form, a
/// surrogate, above U+10FFFF, or cut off (section 4). 0 for an empty text.
[[nodiscard]] std::size_t character_size(std::string_view text) noexcept;

/// True for a text of well-formed characters only; an empty one too.
[[nodiscard]] bool valid_utf8(std::string_view text) noexcept;

/// The text without the bytes at its end that begin a character but don't end it (section 3). Anything else that is
/// malformed stays.
[[nodiscard]] std::string_view whole_characters(std::string_view text) noexcept;

}  // namespace greenroom::core
