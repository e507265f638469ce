#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace greenroom::net {

/// Cuts a client's bytes into lines, which end with LF or CR LF. Pure: it is given the bytes of reads, wherever they
/// were cut. Empty lines are passed over. All else is for its dialect to judge.
///
///     splitter.take(bytes);
///     while (const auto found = splitter.next()) …   // until `nothing`, or as long as there is room
///     splitter.keep();                               // `bytes` may go
///
/// Holds no memory but for a line that isn't complete, and lines not yet asked for.
class line_splitter {
 public:
  enum class kind : std::uint8_t {
    nothing,  ///< more bytes are needed, or it is over
    line,     ///< `bytes`, without its end
    endless,  ///< no end within the limit. Nothing comes after it
  };
  struct found {
    kind what = kind::nothing;
    std::string_view bytes;  ///< until the next call of any method
    explicit operator bool() const noexcept { return what != kind::nothing; }
  };

  /// `limit`: the most bytes of a line, with its end.
  explicit line_splitter(std::size_t limit) : limit_(limit) {}

  /// Takes the bytes of one read, which must stay until `keep`.
  void take(std::span<const char> bytes);
  [[nodiscard]] found next();
  /// Copies bytes that were taken and not asked for.
  void keep();
  /// Forgets everything; `next` finds nothing any more.
  void stop();

  /// Bytes that are held from one read to the next.
  [[nodiscard]] std::size_t held() const noexcept { return part_.size() - at_; }

 private:
  [[nodiscard]] std::string_view rest() const noexcept;

  std::size_t limit_;
  std::string_view fresh_;  ///< bytes just taken; empty where `part_` isn't
  std::string part_;        ///< bytes that were kept, and those taken after that
  std::size_t at_ = 0;      ///< how much of either was read
  bool over_ = false;
};

}  // namespace greenroom::net
