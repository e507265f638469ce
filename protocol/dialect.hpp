#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "core/client_messages.hpp"
#include "core/ports.hpp"

namespace greenroom::protocol {

/// A language of websockets: frames in, commands out; events in, frames out. Stateless and thread safe; nothing throws.
class dialect {
 public:
  virtual ~dialect() = default;

  [[nodiscard]] virtual core::dialect_kind kind() const noexcept = 0;
  /// Its name in `Sec-WebSocket-Protocol` (RFC 6455 section 1.9); empty for the dialect of those who send none.
  [[nodiscard]] virtual std::string_view token() const noexcept = 0;
  /// Sends carry the client's id, and its own messages come back with it.
  [[nodiscard]] virtual bool has_ids() const noexcept = 0;
  /// A slow reader is told what it missed; without this it is cut off.
  [[nodiscard]] virtual bool has_gaps() const noexcept = 0;
  /// A connection can be in many rooms; without this it is in the one of its URL.
  [[nodiscard]] virtual bool many_rooms() const noexcept = 0;

  /// What one frame says: a `client_mistake`, with the client's id and room where they can be read, unless all is well.
  /// Names, texts, ids and numbers in a command obey core/names and their limits.
  [[nodiscard]] virtual core::client_command decode(std::string_view frame) const = 0;
  /// Appends exactly one frame and returns true if the dialect has a word for the event; else appends nothing.
  bool encode(const core::client_event& event, core::frames& out) const;

 protected:
  /// Appends the frame's bytes to `bytes`, or nothing and false.
  virtual bool write(const core::client_event& event, std::string& bytes) const = 0;
};

/// The dialect of this kind; lives for ever.
[[nodiscard]] const dialect& dialect_of(core::dialect_kind kind) noexcept;

/// The dialect for an upgrade: the first that we speak of the list in `Sec-WebSocket-Protocol` (all its fields, joined
/// with commas), which is in the client's order of preference. No field (an empty view): lines. Nothing matches:
/// nothing, and the upgrade is to be refused.
[[nodiscard]] std::optional<core::dialect_kind> choose(std::string_view sec_websocket_protocol);

}  // namespace greenroom::protocol
