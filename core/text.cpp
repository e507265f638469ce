#include "core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace greenroom::core {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view decimal_digits = hex_digits.substr(0, 10);

// The byte that the two digits from `at` on stand for; -1 where they aren't both there.
int hex_pair(std::string_view text, std::size_t at) noexcept {
  if (text.size() < at + 2 || !is_hex(text[at]) || !is_hex(text[at + 1])) return -1;
  return hex_value(text[at]) * 16 + hex_value(text[at + 1]);
}

std::string unescaped(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? hex_pair(text, i + 1) : -1;
    if (byte >= 0) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

// Length in bytes of the character that begins at `at`, or 0 where it is malformed. As a call, it would double the time
// that text beyond ASCII takes.
[[gnu::always_inline]] inline std::size_t size_at(std::string_view text, std::size_t at) noexcept {
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

// Writes `digits` digits of `number`, with leading zeros.
void digits_of(char* at, unsigned number, int digits) {
  for (int i = digits - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

// "2026-11-23T18:44:00." of the last second that this thread wrote: messages come in bursts.
struct second_text {
  std::chrono::sys_seconds second{std::chrono::seconds::min()};
  std::array<char, 20> text{};
};

void write_second(second_text& cached, std::chrono::sys_seconds second) {
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<unsigned>((second - day).count());
  char* at = cached.text.data();
  digits_of(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  digits_of(at + 5, static_cast<unsigned>(date.month()), 2);
  digits_of(at + 8, static_cast<unsigned>(date.day()), 2);
  digits_of(at + 11, of_day / 3600, 2);
  digits_of(at + 14, of_day / 60 % 60, 2);
  digits_of(at + 17, of_day % 60, 2);
  at[4] = at[7] = '-';
  at[10] = 'T';
  at[13] = at[16] = ':';
  at[19] = '.';
  cached.second = second;
}

// The milliseconds of what follows the seconds of a time, up to its end: `Z`, or `.123Z`.
std::optional<std::chrono::milliseconds> fraction_of(std::string_view rest) noexcept {
  unsigned thousandths = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    const auto digits = rest.substr(0, rest.find_first_not_of(decimal_digits));
    if (digits.empty() || digits.size() > 9) return std::nullopt;
    for (std::size_t i = 0; i < 3; ++i)
      thousandths = thousandths * 10 + static_cast<unsigned>(i < digits.size() ? digits[i] - '0' : 0);
    rest.remove_prefix(digits.size());
  }
  if (rest != "Z" && rest != "+00:00") return std::nullopt;
  return std::chrono::milliseconds{thousandths};
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), fold);
  return out;
}

int compare_folded(std::string_view a, std::string_view b) noexcept {
  if (a == b) return 0;  // mostly a name is written as it was before
  const auto shorter = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shorter; ++i) {
    const int difference = static_cast<unsigned char>(fold(a[i])) - static_cast<unsigned char>(fold(b[i]));
    if (difference != 0) return difference;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
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

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& rest, char end) noexcept {
  const auto taken = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
  return taken;
}

std::optional<std::pair<std::uint64_t, std::string_view>> leading_number(std::string_view text) noexcept {
  const auto digits = text.substr(0, text.find_first_not_of(decimal_digits));
  const auto number = number_from<std::uint64_t>(digits);
  if (!number) return std::nullopt;
  return std::pair{*number, text.substr(digits.size())};
}

bool is_number(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of(decimal_digits) == text.npos;
}

bool is_lower_hex(std::string_view text, std::size_t size) noexcept {
  return text.size() == size && text.find_first_not_of(hex_digits) == text.npos;
}

void append_hex(std::string& out, std::uint64_t number, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += hex_digits[(number >> shift) & 15];
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char byte : bytes) append_hex(out, static_cast<unsigned char>(byte), 2);
  return out;
}

std::optional<std::string> from_hex(std::string_view digits) {
  std::string out;
  out.reserve(digits.size() / 2);
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const int byte = hex_pair(digits, at);
    if (byte < 0) return std::nullopt;
    out += static_cast<char>(byte);
  }
  return out;
}

bool is_well_escaped(std::string_view text) noexcept {
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1))
    if (hex_pair(text, at + 1) <= 0) return false;
  return true;
}

std::string percent_decoded(std::string_view text) { return unescaped(text, false); }

std::vector<std::pair<std::string, std::string>> query_fields(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!query.empty()) {
    auto value = take_until(query, '&');
    const auto name = take_until(value, '=');
    fields.emplace_back(unescaped(name, true), unescaped(value, true));
  }
  return fields;
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

void append_time(std::string& out, wall_time at) {
  using namespace std::chrono;
  constexpr wall_time first = sys_days{year{0} / 1 / 1};
  constexpr wall_time last = sys_days{year{10000} / 1 / 1} - milliseconds{1};
  at = std::clamp(at, first, last);
  thread_local second_text cached;
  const auto second = floor<seconds>(at);
  if (second != cached.second) write_second(cached, second);
  out.append(cached.text.data(), cached.text.size());
  std::array<char, 4> rest{'0', '0', '0', 'Z'};
  digits_of(rest.data(), static_cast<unsigned>((at - second).count()), 3);
  out.append(rest.data(), rest.size());
}

std::string time_text(wall_time at) {
  std::string out;
  append_time(out, at);
  return out;
}

std::optional<wall_time> time_from(std::string_view text) noexcept {
  using namespace std::chrono;
  constexpr std::string_view pattern = "0000-00-00T00:00:00";
  if (text.size() < pattern.size()) return std::nullopt;
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (pattern[i] == '0' ? !is_digit(text[i]) : text[i] != pattern[i]) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t size) { return *number_from<unsigned>(text.substr(at, size)); };
  const year_month_day date{year{static_cast<int>(number(0, 4))}, month{number(5, 2)}, day{number(8, 2)}};
  const hours hour{number(11, 2)};
  const minutes minute{number(14, 2)};
  const seconds second{number(17, 2)};
  if (!date.ok() || hour > hours{23} || minute > minutes{59} || second > seconds{59}) return std::nullopt;
  const auto fraction = fraction_of(text.substr(pattern.size()));
  if (!fraction) return std::nullopt;
  return sys_days{date} + hour + minute + second + *fraction;
}

}  // namespace greenroom::core
