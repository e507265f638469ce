#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace greenroom::net {

/// Judges the frames of CAF's protocol (BASP, as CAF 0.17 speaks it) that a peer sends, before CAF sees them: CAF
/// trusts every header, and a wrong one ends the process. A frame is a header of 32 bytes, then the payload:
///
/// | byte  | what                                                                  |
/// |-------|-----------------------------------------------------------------------|
/// | 0     | operation: 0 server handshake, 1 client handshake, 2 direct message,  |
/// |       | 3 routed message, 4 monitor, 5 down, 6 heartbeat                      |
/// | 1-2   | nothing                                                               |
/// | 3     | flags                                                                 |
/// | 4-7   | bytes of the payload, big endian                                      |
/// | 8-31  | operation data, source actor, destination actor                       |
class link_guard {
 public:
  /// The fault of a stream.
  enum class verdict : std::uint8_t {
    good,
    bad_operation,    ///< none of CAF's
    too_big,          ///< a payload above the limit
    no_payload,       ///< where there must be one
    bad_heartbeat,    ///< with a payload
    wrong_handshake,  ///< a server's where a client's is due, or the reverse
    no_handshake,     ///< the first frame is something else
    late_handshake,   ///< one more than CAF sends, or after something else
  };

  /// `max_payload` bytes per frame. `dialled`: this end dialled, and so a server's handshake is due, not a client's.
  link_guard(std::uint32_t max_payload, bool dialled) : max_payload_(max_payload), dialled_(dialled) {}

  /// Judges the next bytes of the stream, cut anywhere. Unless `good`, none of them may be passed on, and the stream is
  /// lost: the verdict stays. A header that began in bytes that were `good` is still incomplete in them.
  [[nodiscard]] verdict judge(std::string_view bytes);

  /// Whole headers that were good.
  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }

 private:
  static constexpr std::size_t header_size = 32;

  verdict judge_header();

  std::uint32_t max_payload_;
  bool dialled_;
  verdict verdict_ = verdict::good;
  std::array<unsigned char, header_size> header_{};
  std::size_t have_ = 0;       ///< bytes of the header
  std::uint32_t payload_ = 0;  ///< bytes that are still to come before the next header
  std::uint64_t frames_ = 0;
  std::uint32_t handshakes_ = 0;
};

/// The verdict's word, for the log.
[[nodiscard]] std::string_view to_string(link_guard::verdict verdict) noexcept;

}  // namespace greenroom::net
