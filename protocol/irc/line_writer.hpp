#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace greenroom::protocol::irc {

/// The longest beginning of the text with at most so many bytes that cuts no character.
[[nodiscard]] std::string_view fitting(std::string_view text, std::size_t most) noexcept;

/// Appends the user part of a line's source: `nick!~u@user-nick`. No address is ever shown.
void append_source(std::string& out, std::string_view nick);
/// The host alone: `user-nick`.
[[nodiscard]] std::string host_of(std::string_view nick);
[[nodiscard]] std::string source_of(std::string_view nick);
/// The ident of a person as WHO and its like have it: with `~` before it; `~u` where none is known.
[[nodiscard]] std::string shown_ident(std::string_view ident);

/// Writes one line, without its end: tags first, then the source, the command, the parameters, and a text as the last
/// one. Source and command are the server's own and leave room; with any parameters and text it writes one line of at
/// most 510 bytes without the tags, and cuts no character.
class line_writer {
 public:
  /// Appends to `out`, which lives longer.
  explicit line_writer(std::string& out) noexcept : out_(out), tags_(out.size()) {}

  /// A tag with its value, which is escaped here.
  line_writer& tag(std::string_view key, std::string_view value = {});
  /// Tags that are written already, if there are any.
  line_writer& written_tags(std::string_view tags);
  /// The tag's value, escaped by the caller, behind what this returns.
  std::string& open_tag(std::string_view key);
  line_writer& from(std::string_view source);
  /// The source of a user with that nick.
  line_writer& from_user(std::string_view nick);
  line_writer& command(std::string_view name);
  /// `:server BATCH +reference type` (IRCv3 batch); the batch's own parameters may follow.
  line_writer& begin_batch(std::string_view server, std::string_view reference, std::string_view type);
  /// `:server BATCH -reference`
  void end_batch(std::string_view server, std::string_view reference);
  /// A parameter that isn't the last. Where it would be read as something else, for it is empty, begins with a colon or
  /// has a space, it is written as `*`. It is cut where it leaves no room for a text.
  line_writer& middle(std::string_view parameter);
  /// The last parameter, with a colon. CR, LF and NUL become spaces.
  void text(std::string_view last);
  /// Bytes that a text may still have.
  [[nodiscard]] std::size_t room() const noexcept;

 private:
  void begin_body();

  std::string& out_;
  std::size_t tags_;                      ///< where the line begins
  std::size_t body_ = std::string::npos;  ///< where it goes on behind the tags
};

}  // namespace greenroom::protocol::irc
