#pragma once
#include <cstddef>
#include <string_view>

#include "core/result.hpp"

/// The rules for names, texts and ids. Everything from outside is checked here first.
namespace greenroom::core {

inline constexpr std::size_t max_text_bytes = 4096;
inline constexpr std::size_t max_password_bytes = 1024;

/// Longer messages of a client's websocket are refused before they are decoded (close code 1009), unless an operator
/// sets another limit: there is room for the longest text with every byte escaped. The number is defined only here;
/// docs/protocol.md repeats it.
inline constexpr std::size_t max_frame_bytes = 32 * 1024;

/// The control characters that a text may have: tab, newline, and IRC's formatting codes (bold, colour, reset,
/// monospace, reverse, italics, strikethrough, underline), which no terminal acts on.
[[nodiscard]] constexpr bool text_control(char c) noexcept {
  return std::string_view{"\t\n\x02\x03\x0f\x11\x16\x1d\x1e\x1f"}.find(c) != std::string_view::npos;
}

/// `[A-Za-z][A-Za-z0-9_-]{0,31}`, and not `deleted` or `system`, in any case. Else `bad_name`.
[[nodiscard]] status check_user_name(std::string_view name);

/// `[A-Za-z0-9][A-Za-z0-9_-]{0,63}`. Else `bad_name`.
[[nodiscard]] status check_room_name(std::string_view name);

/// Valid UTF-8 (RFC 3629), 1 to 4096 bytes, whose control characters below U+0020 are `text_control`s, or U+0001 at
/// both ends of an action, `\x01ACTION waves\x01` as IRC writes one. Else `bad_text`.
[[nodiscard]] status check_text(std::string_view text);

/// Whether the id of a message was given by an edge, for a client that gives none: shown to nobody.
[[nodiscard]] constexpr bool is_edges_id(std::string_view id) noexcept { return id.starts_with('~'); }

/// An id of a message: 1 to 64 printable ASCII characters. Else `bad_id`.
[[nodiscard]] status check_client_id(std::string_view id);

/// The same of an id that a client gives: it isn't an edge's. Else `bad_id`.
[[nodiscard]] status check_given_id(std::string_view id);

/// `minimum` to 1024 bytes without NUL. Else `bad_password`.
[[nodiscard]] status check_password(std::string_view password, std::size_t minimum);

/// True for a password that is taken, but with a warning: under 12 bytes.
[[nodiscard]] constexpr bool weak_password(std::string_view password) noexcept { return password.size() < 12; }

}  // namespace greenroom::core
