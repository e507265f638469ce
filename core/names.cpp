#include "core/names.hpp"

#include <algorithm>
#include <string>

#include "core/ids.hpp"
#include "core/text.hpp"

namespace greenroom::core {
namespace {

constexpr bool name_character(char c) noexcept { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }

status refuse(ec code, std::string detail) { return error{code, std::move(detail), 0}; }

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

status check_user_name(std::string_view name) {
  if (name.empty() || name.size() > 32 || !is_letter(name.front()) ||
      !std::all_of(name.begin(), name.end(), name_character))
    return refuse(ec::bad_name, "A user name begins with a letter and has 1 to 32 letters, digits, _ or -.");
  const user_id id{std::string(name)};
  if (id == user_id{"deleted"} || id == user_id{"system"}) return refuse(ec::bad_name, "This name is reserved.");
  return done{};
}

status check_room_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || !(is_letter(name.front()) || is_digit(name.front())) ||
      !std::all_of(name.begin(), name.end(), name_character))
    return refuse(ec::bad_name, "A room name begins with a letter or digit and has 1 to 64 letters, digits, _ or -.");
  return done{};
}

status check_text(std::string_view text) {
  if (text.empty() || text.size() > max_text_bytes || !valid_utf8(text)) return ec::bad_text;
  const auto inner = inside_action(text);
  const auto forbidden = [](char c) { return static_cast<unsigned char>(c) < ' ' && !text_control(c); };
  if (std::any_of(inner.begin(), inner.end(), forbidden)) return ec::bad_text;
  return done{};
}

status check_client_id(std::string_view id) {
  const auto printable = [](char c) { return c >= ' ' && c < 0x7f; };
  if (id.empty() || id.size() > 64 || !std::all_of(id.begin(), id.end(), printable)) return ec::bad_id;
  return done{};
}

status check_given_id(std::string_view id) {
  if (is_edges_id(id)) return ec::bad_id;
  return check_client_id(id);
}

status check_password(std::string_view password, std::size_t minimum) {
  if (password.size() < minimum || password.size() > max_password_bytes || password.find('\0') != password.npos)
    return refuse(ec::bad_password, "A password has " + std::to_string(minimum) + " to 1024 bytes and no NUL.");
  return done{};
}

}  // namespace greenroom::core
