#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Tags in front of an IRC line (IRCv3 message-tags): `key=value;key;…`. All views point into the text that was given.
namespace greenroom::protocol::irc {

/// The most bytes of tags, between the `@` and the space behind them: of a client's, and again of the server's own.
inline constexpr std::size_t max_tag_bytes = 4094;

struct tag {
  std::string_view key;    ///< with the `+` of a client-only tag; empty only where there is nothing before the `=`
  std::string_view value;  ///< still escaped; empty where it is missing, which means the same
};

/// Returns the first tag, and removes it and the semicolon behind it from `tags`, which must not be empty.
[[nodiscard]] tag take_tag(std::string_view& tags) noexcept;

/// The value of the last tag of that name, without its escapes; nothing where there is none.
[[nodiscard]] std::optional<std::string> tag_value(std::string_view tags, std::string_view key);

/// The client-only tags (`+…`), as they were sent and in their order; of several with one name only the last.
[[nodiscard]] std::string client_only_tags(std::string_view tags);

/// Whether these tags can stand in a line as they are: they end neither their part of it nor the line, and there are at
/// most `max_tag_bytes` of them.
[[nodiscard]] bool fit_in_line(std::string_view tags) noexcept;

/// The text that an escaped value stands for. A backslash before any other character, or at the end, is left out.
[[nodiscard]] std::string unescaped(std::string_view value);
/// Appends the text as a tag's value. A NUL, which no value may have, is left out.
void append_escaped(std::string& out, std::string_view text);

}  // namespace greenroom::protocol::irc
