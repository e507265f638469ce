#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace greenroom::protocol {

/// How a transport tells frames apart.
enum class framing : std::uint8_t {
  websocket,  ///< each is one unfragmented, unmasked text message (RFC 6455 section 5.2)
  line,       ///< CR LF follows each (RFC 1459 section 2.3)
  binary,     ///< as `websocket`, of binary messages
};

/// Appends frames to a buffer, each written in place: the framing around it needs no copy.
class frame_writer {
 public:
  frame_writer(std::string& out, framing how) noexcept : out_(out), how_(how) {}

  /// Begins a frame. Bytes appended to the result until `end` are its payload, and nothing else of the result may be
  /// touched. An open frame can't be begun again.
  [[nodiscard]] std::string& begin();
  /// Ends the frame that was begun.
  void end();

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  std::string& out_;
  framing how_;
  std::size_t payload_ = none;  ///< where the payload of the open frame begins
};

/// A frame for each of the lines.
[[nodiscard]] std::string framed(const std::vector<std::string>& lines, framing how);

}  // namespace greenroom::protocol
