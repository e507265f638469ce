#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

/// One line per event, to stderr or a file: JSON for programs, text for people. Thread-safe. Events are fixed names in
/// snake_case, variable data is in the fields. Message text, tokens and passwords never belong into a line.
namespace greenroom::telemetry::log {

/// How grave a line is; a line below the configured level is not formatted at all.
enum class level : std::uint8_t { debug, info, warn, error, off };

/// How a line is written.
enum class format : std::uint8_t {
  text,  ///< `2026-01-31T12:00:00.000Z info  event key=value`
  json,  ///< `{"ts":"…","level":"info","event":"event","key":"value"}`
};

/// The level of that name (`debug`, `info`, `warn`, `error`, `off`), or nothing.
[[nodiscard]] std::optional<level> level_from(std::string_view name) noexcept;

/// The format of that name (`text`, `json`), or nothing.
[[nodiscard]] std::optional<format> format_from(std::string_view name) noexcept;

/// The name that `level_from` reads back.
[[nodiscard]] std::string_view to_string(level named) noexcept;

/// The name that `format_from` reads back.
[[nodiscard]] std::string_view to_string(format named) noexcept;

/// The settings of the whole process that `configure` sets.
struct options {
  level threshold = level::info;  ///< lines below are dropped
  format shape = format::text;
  std::string node;                ///< added to every line as `node`, where not empty
  std::string file{};              ///< lines are added to it; empty: they go to `stream`
  std::ostream* stream = nullptr;  ///< stderr if null; a test's stream must outlive the next `configure`
};

/// Sets the process's log. Lines that other threads write meanwhile go to the old or the new one, whole. Throws
/// `std::runtime_error`, with a plain message, where the file can't be opened; then all stays as it is.
void configure(options chosen);

/// Opens the file again by its name, for one that was moved away; does nothing where the log is no file. Throws as
/// `configure` does.
void reopen();

/// Whether a line of this level would be written.
[[nodiscard]] bool enabled(level wanted) noexcept;

/// A field's value; text is only viewed, and must live until the call that takes the field returns.
class value {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a field is written {"key", anything}
  value(bool flag) noexcept : held_{flag} {}
  value(std::string_view text) noexcept : held_{text} {}
  value(const std::string& text) noexcept : held_{std::string_view{text}} {}
  value(const char* text) noexcept : held_{std::string_view{text}} {}
  template <std::signed_integral Int>
  value(Int number) noexcept : held_{static_cast<std::int64_t>(number)} {}
  template <std::unsigned_integral Int>
  value(Int number) noexcept : held_{static_cast<std::uint64_t>(number)} {}
  template <std::floating_point Float>
  value(Float number) noexcept : held_{static_cast<double>(number)} {}
  // NOLINTEND(google-explicit-constructor)

  /// Appends the value to a line of that format; control characters and invalid UTF-8 are escaped in either.
  void append_to(std::string& line, format shape) const;

 private:
  std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view> held_;
};

/// One named value of a line; the name is ours, in snake_case, and is written as it is.
struct field {
  std::string_view key;
  value content;
};

/// Writes one line of that level, if it is enabled. Never throws: a line that cannot be written is lost.
void write(level grave, std::string_view event, std::span<const field> fields) noexcept;
inline void write(level grave, std::string_view event, std::initializer_list<field> fields) noexcept {
  write(grave, event, std::span<const field>(fields.begin(), fields.size()));
}

/// `write` at level debug: lines for developers of Greenroom only.
inline void debug(std::string_view event, std::initializer_list<field> fields = {}) noexcept {
  write(level::debug, event, fields);
}

/// `write` at level info: lines that may interest an operator.
inline void info(std::string_view event, std::initializer_list<field> fields = {}) noexcept {
  write(level::info, event, fields);
}

/// `write` at level warn: lines that an operator should look at, while all goes on.
inline void warn(std::string_view event, std::initializer_list<field> fields = {}) noexcept {
  write(level::warn, event, fields);
}

/// `write` at level error: something was refused or lost that should not have been.
inline void error(std::string_view event, std::initializer_list<field> fields = {}) noexcept {
  write(level::error, event, fields);
}

/// Appends text as a JSON string's inside: quotes, backslashes, control characters (C0, DEL, C1) and the line and
/// paragraph separators are escaped, a byte that is not UTF-8 becomes U+FFFD.
void append_escaped(std::string& line, std::string_view text);

}  // namespace greenroom::telemetry::log
