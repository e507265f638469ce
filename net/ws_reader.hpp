#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace greenroom::net {

/// The messages that a client may send. Others are closed with 1003.
enum class ws_messages : std::uint8_t { text, binary };

/// Reads a client's frames (RFC 6455 section 5): messages of one kind, whole or in fragments, with control frames among
/// them.
/// Pure: it is given the bytes of reads, wherever they were cut, and returns their meaning, which is the same
/// however they are cut.
///
///     reader.take(bytes);
///     while (const auto found = reader.next()) …   // until `nothing`, or as long as there is room
///     reader.keep();                               // `bytes` may go
///
/// Holds no memory but for a frame that isn't complete, fragments of a message, and bytes not yet asked for by `next`.
class ws_reader {
 public:
  enum class kind : std::uint8_t {
    nothing,  ///< more bytes are needed, or it is over
    message,  ///< a message: `bytes`, which are valid UTF-8 where it is text
    ping,     ///< to be answered with the same `bytes`
    close,    ///< the client says goodbye: to be answered with `code`. Nothing comes after it
    wrong,    ///< the client broke the protocol: to be closed with `code`. Nothing comes after it
  };
  struct found {
    kind what = kind::nothing;
    std::uint16_t code = 0;
    std::string_view bytes;  ///< until the next call of any method
    explicit operator bool() const noexcept { return what != kind::nothing; }
  };

  /// `message_bytes`: a longer message is closed with 1009 before it is read.
  explicit ws_reader(std::size_t message_bytes, ws_messages which = ws_messages::text)
      : limit_(message_bytes), which_(which) {}

  /// Takes the bytes of one read. They are unmasked where they are, and must stay until `keep`.
  void take(std::span<char> bytes);
  /// The next item. Codes of `wrong`: 1002 for what the protocol forbids, 1003 for the other kind, 1007 for text
  /// that isn't UTF-8 (as soon as a fragment shows it), 1009 for a message that is too long.
  [[nodiscard]] found next();
  /// Copies bytes that were taken and not read.
  void keep();
  /// Forgets everything; `next` finds nothing any more.
  void stop();

  /// Bytes that are held from one read to the next.
  [[nodiscard]] std::size_t held() const noexcept { return part_.size() + message_.size(); }

 private:
  struct header;
  [[nodiscard]] std::span<char> rest() noexcept;
  [[nodiscard]] std::uint16_t judge(header& what, std::span<const char> bytes) const;
  [[nodiscard]] found control(const header& what, std::string_view payload);
  [[nodiscard]] found data(const header& what, std::string_view payload);
  [[nodiscard]] bool text_holds(bool last);
  [[nodiscard]] found fail(std::uint16_t code);

  std::size_t limit_;
  ws_messages which_;
  std::span<char> fresh_;    ///< bytes just taken; empty where `part_` isn't
  std::string part_;         ///< bytes that were kept, and those taken after that
  std::size_t at_ = 0;       ///< how much of either was read
  std::string message_;      ///< the fragments so far
  std::size_t checked_ = 0;  ///< of those: whole characters
  bool fragmented_ = false;  ///< the last fragment is still to come
  bool told_ = false;        ///< `message_` was given out, and is dropped at the next call
  bool over_ = false;
};

}  // namespace greenroom::net
