#include "core/names.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "core/ids.hpp"

namespace greenroom::core {
namespace {

constexpr bool letter(char c) noexcept { return fold(c) >= 'a' && fold(c) <= 'z'; }
constexpr bool digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool name_character(char c) noexcept { return letter(c) || digit(c) || c == '_' || c == '-'; }

status refuse(ec code, std::string detail) { return error{code, std::move(detail), 0}; }

// Length in bytes of the code point that begins at `at`, or 0 where it is malformed.
std::size_t code_point(std::string_view bytes, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u;
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

constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < ' '; }

// The text without the two U+0001 around an action; unchanged where it is none.
std::string_view inside_action(std::string_view text) noexcept {
  constexpr std::string_view opening =
      "\x01"
      "ACTION";
  if (text.size() <= opening.size() || !text.starts_with(opening) || text.back() != '\x01') return text;
  const auto inner = text.substr(opening.size(), text.size() - opening.size() - 1);
  return inner.empty() || inner.front() == ' ' ? inner : text;
}

}  // namespace

bool valid_utf8(std::string_view bytes) noexcept {
  for (std::size_t at = 0; at < bytes.size();) {
    // Most text is ASCII: eight bytes at a time.
    if (std::uint64_t eight = 0; bytes.size() - at >= sizeof eight) {
      std::memcpy(&eight, bytes.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080ull) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const auto length = code_point(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

status check_user_name(std::string_view name) {
  if (name.empty() || name.size() > 32 || !letter(name.front()) ||
      !std::all_of(name.begin(), name.end(), name_character))
    return refuse(ec::bad_name, "A user name begins with a letter and has 1 to 32 letters, digits, _ or -.");
  const user_id id{std::string(name)};
  if (id == user_id{"deleted"} || id == user_id{"system"}) return refuse(ec::bad_name, "This name is reserved.");
  return done{};
}

status check_room_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || !(letter(name.front()) || digit(name.front())) ||
      !std::all_of(name.begin(), name.end(), name_character))
    return refuse(ec::bad_name, "A room name begins with a letter or digit and has 1 to 64 letters, digits, _ or -.");
  return done{};
}

status check_text(std::string_view text) {
  if (text.empty() || text.size() > max_text_bytes || !valid_utf8(text)) return ec::bad_text;
  const auto inner = inside_action(text);
  if (std::any_of(inner.begin(), inner.end(), [](char c) { return is_control(c) && !text_control(c); }))
    return ec::bad_text;
  return done{};
}

status check_client_id(std::string_view id) {
  const auto printable = [](char c) { return c >= ' ' && c < 0x7f; };
  if (id.empty() || id.size() > 64 || !std::all_of(id.begin(), id.end(), printable)) return ec::bad_id;
  return done{};
}

status check_password(std::string_view password, std::size_t minimum) {
  if (password.size() < minimum || password.size() > max_password_bytes || password.find('\0') != password.npos)
    return refuse(ec::bad_password, "A password has " + std::to_string(minimum) + " to 1024 bytes and no NUL.");
  return done{};
}

}  // namespace greenroom::core
