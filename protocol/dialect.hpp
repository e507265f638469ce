#pragma once
#include <cstdint>
#include <string_view>

#include "core/client_messages.hpp"
#include "protocol/framing.hpp"

namespace greenroom::protocol {

/// The negotiated features of a connection's dialect: one bit each, whose meaning is the dialect's own.
enum class features : std::uint32_t { none = 0 };

/// A language of clients: frames in, commands out; events in, frames out. Stateless and thread safe; nothing throws.
class dialect {
 public:
  virtual ~dialect() = default;

  /// Its name in `Sec-WebSocket-Protocol` (RFC 6455 section 1.9); empty for the dialect of clients that send none.
  [[nodiscard]] virtual std::string_view token() const noexcept = 0;
  /// Sends carry the client's id, and its own messages come back with it.
  [[nodiscard]] virtual bool has_ids() const noexcept = 0;
  /// A slow reader is told what it missed; without this it is cut off.
  [[nodiscard]] virtual bool has_gaps() const noexcept = 0;
  /// A connection can be in many rooms; without this it is in the one of its URL.
  [[nodiscard]] virtual bool many_rooms() const noexcept = 0;

  /// The command in one frame; where anything is wrong, a `client_mistake`, with the client's id and room if readable.
  /// Names, texts, ids and numbers in a command obey core/names and their limits.
  [[nodiscard]] virtual core::client_command decode(std::string_view frame) const = 0;
  /// Writes the event in this dialect for connections with the features `with`: some frames, or none.
  virtual void encode(const core::client_event& event, features with, frame_writer& out) const = 0;
};

/// The dialects that are spoken here; they live for ever.
[[nodiscard]] const dialect& lines_dialect() noexcept;
[[nodiscard]] const dialect& json_dialect() noexcept;

/// The dialect for an upgrade: the first that we speak of the list in `Sec-WebSocket-Protocol` (all its fields, joined
/// with commas), which is in the client's order of preference. No field (an empty view): lines. Nothing matches:
/// null, and the upgrade is to be refused.
[[nodiscard]] const dialect* choose(std::string_view sec_websocket_protocol);

}  // namespace greenroom::protocol
