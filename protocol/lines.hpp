#pragma once
#include "protocol/dialect.hpp"

namespace greenroom::protocol {

/// The first dialect, for anyone with a websocket and a keyboard. One message per frame, one room per connection.
///
///     client  SEND <text>
///     server  FROM <user_id> <text>      to all, the author included: the acknowledgement
///             ERROR <code> <detail>
///
/// A newline in a text is followed by `| `, so that no line of it can be taken for a message or an error of its own.
/// `SEND` takes the text as it is.
///
/// It has no syntax for ids, history, presence, typing, read marks or gaps.
class lines final : public dialect {
 public:
  [[nodiscard]] std::string_view token() const noexcept override { return {}; }
  [[nodiscard]] bool has_ids() const noexcept override { return false; }
  [[nodiscard]] bool has_gaps() const noexcept override { return false; }
  [[nodiscard]] bool many_rooms() const noexcept override { return false; }
  [[nodiscard]] core::client_command decode(std::string_view frame) const override;
  void encode(const core::client_event& event, features with, frame_writer& out) const override;
};

}  // namespace greenroom::protocol
