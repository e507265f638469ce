#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace greenroom::core {

/// The bytes that a text of base64 (RFC 4648 section 4) stands for. Nothing where it isn't one: another character, a
/// wrong length or padding, or bits behind the last byte.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
/// The text that stands for these bytes.
[[nodiscard]] std::string to_base64(std::string_view bytes);

}  // namespace greenroom::core
