#pragma once
#include "protocol/dialect.hpp"

namespace greenroom::protocol {

/// `greenroom.v1.json`: one JSON object per frame, told apart by `type`; many rooms per connection.
/// docs/protocol.md has every frame.
class json final : public dialect {
 public:
  [[nodiscard]] std::string_view token() const noexcept override { return "greenroom.v1.json"; }
  [[nodiscard]] bool has_ids() const noexcept override { return true; }
  [[nodiscard]] bool has_gaps() const noexcept override { return true; }
  [[nodiscard]] bool many_rooms() const noexcept override { return true; }
  /// Malformed JSON is `bad_json`; a field that is missing or of another type, and an unknown `type`, `bad_frame`.
  /// Fields that no command has are ignored.
  [[nodiscard]] core::client_command decode(std::string_view frame) const override;
  void encode(const core::client_event& event, features with, frame_writer& out) const override;
};

}  // namespace greenroom::protocol
