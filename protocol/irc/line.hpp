#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Lines of IRC clients (Modern IRC, "Message Format"): `@tags :source COMMAND parameter … :last parameter`.
namespace greenroom::protocol::irc {

inline constexpr std::size_t max_line_bytes = 512;                 ///< of a line without its tags, with CR LF
inline constexpr std::size_t max_body_bytes = max_line_bytes - 2;  ///< … and without CR LF
inline constexpr std::size_t max_parameters = 15;
inline constexpr std::size_t max_unended_bytes = 8 * 1024;  ///< who sends more without an end is cut off

/// A line in pieces, all of them views of its text.
struct line {
  std::string_view tags{};     ///< between the `@` and the space (tags.hpp); empty where there are none
  std::string_view source{};   ///< without its colon. Clients send none that counts
  std::string_view command{};  ///< as it was written; empty where there is none
  std::array<std::string_view, max_parameters> parameters{};
  std::size_t count = 0;  ///< of the parameters

  /// The parameter with that number, from 0 on; empty where there is none.
  [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
    return i < count ? parameters[i] : std::string_view{};
  }
  /// Whether it is this command, which is given in capitals.
  [[nodiscard]] bool is(std::string_view name) const noexcept;
};

/// Takes a text without CR and LF apart. Any text is a line of some kind; of more than 15 parameters the last one has
/// all the rest.
[[nodiscard]] line parse(std::string_view text) noexcept;

enum class verdict : std::uint8_t {
  command,   ///< is to be carried out
  nothing,   ///< empty, without a command, or with a NUL or a CR: ignored
  too_long,  ///< 417; the pieces may be used to name it, and nothing else
  not_utf8,  ///< FAIL INVALID_UTF8; the same
  endless,   ///< over 8 KiB: the connection is to be closed
};
/// A line from a client, and whether it may be obeyed.
struct received {
  verdict judged = verdict::nothing;
  line what{};
};

/// Judges one whole line or websocket message. CR LF or LF at its end doesn't count.
[[nodiscard]] received judge(std::string_view text) noexcept;

}  // namespace greenroom::protocol::irc
