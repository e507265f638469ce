#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The written form of options' values, in both directions. Nothing is trimmed or guessed: a text that isn't exactly a
/// value is none.
namespace greenroom::app {

using std::chrono::milliseconds;

/// An address and a port to listen on or to connect to.
struct endpoint {
  std::string host;        ///< an IP address without brackets, or a host name
  std::uint16_t port = 0;  ///< 0, when listening: any free one

  /// `HOST:PORT`, with brackets round an IPv6 address.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// A number of requests in a number of seconds.
struct rate {
  std::uint32_t count = 0;  ///< 0: not limited
  std::uint32_t seconds = 1;

  /// `N/SECONDS`, or `off`.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const rate&, const rate&) = default;
};

/// A number with a unit: `500ms`, `3s`, `2m`, `12h`, `30d`; at most 100 years.
[[nodiscard]] std::optional<milliseconds> duration_from(std::string_view text) noexcept;

/// The shortest form that `duration_from` reads back: 120000 ms is `2m`.
[[nodiscard]] std::string duration_text(milliseconds duration);

/// A time of day: `03:00`, from midnight.
[[nodiscard]] std::optional<milliseconds> time_of_day_from(std::string_view text) noexcept;

/// The form that `time_of_day_from` reads back, of a time less than a day.
[[nodiscard]] std::string time_of_day_text(milliseconds at);

/// Bytes: `4096`, `64KiB`, `1MiB`, `2GiB`.
[[nodiscard]] std::optional<std::uint64_t> size_from(std::string_view text) noexcept;

/// The shortest form that `size_from` reads back: 65536 is `64KiB`.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// `ADDR:PORT`; an IPv6 address stands in brackets.
[[nodiscard]] std::optional<endpoint> endpoint_from(std::string_view text);

/// Whether a host is an IP address, so that a server can listen on it.
[[nodiscard]] bool is_address(const std::string& host);

/// `N/SECONDS`, neither of them 0, or `off`.
[[nodiscard]] std::optional<rate> rate_from(std::string_view text) noexcept;

}  // namespace greenroom::app
