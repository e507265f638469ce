#pragma once
#include "protocol/dialect.hpp"

namespace greenroom::protocol::irc {

/// The events of a room for IRC clients: its entries (entry_lines.hpp) and who is typing, a line a frame. The features
/// are those of hearing.hpp. All else is said by the machine of a connection, which also reads the client's commands.
class irc_dialect final : public dialect {
 public:
  [[nodiscard]] std::string_view token() const noexcept override { return "text.ircv3.net"; }
  [[nodiscard]] bool has_ids() const noexcept override { return true; }
  [[nodiscard]] bool has_gaps() const noexcept override { return false; }
  [[nodiscard]] bool many_rooms() const noexcept override { return true; }
  /// A line alone says too little: always a mistake.
  [[nodiscard]] core::client_command decode(std::string_view frame) const override;
  void encode(const core::client_event& event, features with, frame_writer& out) const override;
};

}  // namespace greenroom::protocol::irc
