#pragma once
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/time.hpp"

/// Text as formats and protocols have it: everything that more than one folder reads or writes.
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
[[nodiscard]] inline bool equal_folded(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && compare_folded(a, b) == 0;
}

/// Hash of a name without regard to ASCII case. The same in every process, but not meant for storage.
[[nodiscard]] std::size_t hash_folded(std::string_view name) noexcept;

/// True for 1 to `most` letters, digits, `.`, `_` or `-`, as names of hosts and nodes and ids of requests have them.
[[nodiscard]] bool is_plain_name(std::string_view text, std::size_t most = std::string_view::npos) noexcept;

// ---- in pieces -------------------------------------------------------------------------------------------------

/// A space or a tab: the optional whitespace of HTTP (RFC 9110 section 5.6.3).
[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// The text without the blanks around it.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// Returns the text before the first `end`, and removes it and that character from `rest`. Without an `end`, that is
/// all of `rest`.
std::string_view take_until(std::string_view& rest, char end) noexcept;

// ---- numbers ---------------------------------------------------------------------------------------------------

/// The number that the whole text is: digits of that base, leading zeros too, and a `-` where the type has a sign.
/// Nothing for an empty text, for anything else in it (blanks, `+`, `0x`), and beyond what the type holds.
template <std::integral Number>
[[nodiscard]] std::optional<Number> number_from(std::string_view text, int base = 10) noexcept {
  Number number{};
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The number that the text begins with, and what follows its digits, as in `500ms`. Nothing without a digit, and
/// beyond 64 bits.
[[nodiscard]] std::optional<std::pair<std::uint64_t, std::string_view>> leading_number(std::string_view text) noexcept;

/// True for digits only, and one at least: a whole number of any size.
[[nodiscard]] bool is_number(std::string_view text) noexcept;

/// Appends a number in decimal; one with a fraction as short as it can be read back.
template <class Number>
  requires std::is_arithmetic_v<Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// ---- hexadecimal -----------------------------------------------------------------------------------------------

/// The value of a hexadecimal digit of either case; -1 for any other character.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char letter = fold(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}
[[nodiscard]] constexpr bool is_hex(char c) noexcept { return hex_value(c) >= 0; }

/// True for exactly `size` digits, all of them lower-case.
[[nodiscard]] bool is_lower_hex(std::string_view text, std::size_t size) noexcept;

/// Appends the last 1 to 16 digits of a number, lower-case and with leading zeros.
void append_hex(std::string& out, std::uint64_t number, int digits = 16);

/// Two lower-case digits for each byte.
[[nodiscard]] std::string to_hex(std::string_view bytes);

/// The bytes that pairs of digits of either case stand for; nothing where the text has anything else.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view digits);

// ---- percent-encoding (RFC 3986 section 2.1) -------------------------------------------------------------------

/// True where each `%` is followed by two hexadecimal digits, and no such escape is a NUL.
[[nodiscard]] bool is_well_escaped(std::string_view text) noexcept;

/// The text with each escape replaced by its byte. A `%` without two digits stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// Names and values of a query, `a=1&b=2`, in their order, decoded, with `+` as a space (WHATWG URL section 5.1,
/// application/x-www-form-urlencoded). Without an equals sign the value is empty.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> query_fields(std::string_view query);

// ---- UTF-8 (RFC 3629) ------------------------------------------------------------------------------------------

/// The bytes, 1 to 4, of the character that the text begins with. 0 where it is malformed: an overlong form, a
/// surrogate, above U+10FFFF, or cut off (section 4). 0 for an empty text.
[[nodiscard]] std::size_t character_size(std::string_view text) noexcept;

/// True for a text of well-formed characters only; an empty one too.
[[nodiscard]] bool valid_utf8(std::string_view text) noexcept;

/// The text without the bytes at its end that begin a character but don't end it (section 3). Anything else that is
/// malformed stays.
[[nodiscard]] std::string_view whole_characters(std::string_view text) noexcept;

// ---- times (RFC 3339) ------------------------------------------------------------------------------------------

/// Appends a time in UTC with milliseconds: `2026-11-23T18:44:00.123Z` (section 5.6). Years 0000 to 9999; an
/// earlier or later time is written as the first or the last of them.
void append_time(std::string& out, wall_time at);

/// The time as `append_time` writes it.
[[nodiscard]] std::string time_text(wall_time at);

/// The time that the whole text is: UTC, as `Z` or `+00:00`, with at most nine digits of a fraction, of which
/// milliseconds count. Nothing for anything else; nor for a leap second, which no clock of ours has.
[[nodiscard]] std::optional<wall_time> time_from(std::string_view text) noexcept;

}  // namespace greenroom::core
