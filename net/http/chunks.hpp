#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "net/http/request_policy.hpp"

namespace greenroom::net::http {

/// Reads a chunked body (RFC 9112 section 7.1), however its bytes are cut. Extensions and trailers are checked for
/// their bytes and otherwise ignored: none are known here, and a trailer must never be taken for a field of the head
/// (RFC 9110 section 6.5.1). Pure.
///
///     size ──;──► extension                     ┌── a line ──┐
///      │ └────CRLF────┴──► data ──► CRLF ──► size            ▼
///      └ 0, CRLF ────────────────────────────► trailer ──────┘──empty line──► done
class chunk_reader {
 public:
  /// Of the limits `body` bounds the data, `head` the bytes of all extensions and, apart from these, of all trailers,
  /// `fields` the number of trailers.
  explicit chunk_reader(const request_limits& limits) noexcept : limits_(limits) {}

  /// Takes the bytes that belong to the body and appends its data to `body`; returns how many bytes it took: all,
  /// unless the body ended before or is wrong.
  std::size_t take(std::string_view bytes, std::string& body);
  /// Whether the last byte of the body was taken.
  [[nodiscard]] bool done() const noexcept { return at_ == place::done; }
  /// `none`; or `bad_request` for bytes that aren't chunked (a bare CR or LF too), `too_big` over the limit of data,
  /// `headers_too_big` over one of extensions or trailers. Nothing is taken any more then.
  [[nodiscard]] core::ec wrong() const noexcept { return wrong_; }

 private:
  enum class place : std::uint8_t {
    size,
    space,
    extension,
    size_end,
    data,
    data_cr,
    data_lf,
    trailer,
    trailer_lf,
    done
  };

  void take_one(char c);
  void read_size(char c);
  void read_extension(char c);
  void end_size_line();
  void read_trailer(char c);
  void end_trailer_line();
  void refuse(core::ec why) noexcept { wrong_ = why; }

  request_limits limits_;
  place at_ = place::size;
  core::ec wrong_ = core::ec::none;
  std::uint64_t left_ = 0;  // of the chunk's size, then of its data
  std::size_t digits_ = 0;
  std::size_t data_ = 0;
  std::size_t extensions_ = 0;
  std::size_t trailers_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::string line_;  // of the trailer
};

}  // namespace greenroom::net::http
