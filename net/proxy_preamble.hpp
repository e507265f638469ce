#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "net/proxy_protocol.hpp"

namespace greenroom::net {

/// The longest line of version 1, with its end (haproxy's `proxy-protocol.txt`, section 2.1).
inline constexpr std::size_t longest_proxy_line = 107;

/// Reads a line of version 1, with its end: `PROXY TCP4 SOURCE DESTINATION PORT PORT`, or `PROXY UNKNOWN`, which names
/// nobody. `bad_request` where it is neither.
[[nodiscard]] core::result<proxied> read_proxy_line(std::string_view line);

/// Whether a header of either version may begin with this byte: TLS never does.
[[nodiscard]] constexpr bool may_begin_proxy_header(char first) noexcept { return first == 'P' || first == '\r'; }

/// The first bytes of a connection where a header of the PROXY protocol may come first, of version 1 or 2. Pure: it
/// asks for bytes, never for one that could belong to what follows the header.
///
///     while (const auto count = preamble.wants()) { … read at most `count` bytes; preamble.take(those); }
///     preamble.outcome()   // a header, none, or a broken one
class proxy_preamble {
 public:
  /// At most so many bytes may be read next; 0: it is decided.
  [[nodiscard]] std::size_t wants() const noexcept { return wants_; }
  /// Takes bytes that were read.
  void take(std::string_view bytes);
  /// The client that was announced; nobody where there was no header. `bad_request` where one began and isn't one. Only
  /// once `wants` is 0.
  [[nodiscard]] const core::result<proxied>& outcome() const noexcept { return outcome_; }
  /// The bytes that were read and are no header's.
  [[nodiscard]] std::string&& rest() && noexcept { return std::move(bytes_); }

 private:
  void judge();
  void decide(core::result<proxied> what);
  void judge_line();
  void judge_binary();

  std::string bytes_;
  std::size_t wants_ = 1;
  core::result<proxied> outcome_ = proxied{};
};

}  // namespace greenroom::net
