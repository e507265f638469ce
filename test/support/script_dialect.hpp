#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "protocol/voice.hpp"

namespace greenroom::test {

/// A dialect as different from ours as IRC is: a message is a line, so that a text of three lines is three frames; what
/// isn't a text is said only to those who asked for it; and two features change the bytes of the same event.
///
///     @7 ann: hello            with `tags`: the entry's number before each line
///     -- mute ann              with `acts`: what isn't a text
class script_dialect final : public protocol::dialect {
 public:
  static constexpr protocol::features tags{1}, acts{2}, both{3};

  [[nodiscard]] std::string_view token() const noexcept override { return "script"; }
  [[nodiscard]] bool has_ids() const noexcept override { return false; }
  [[nodiscard]] bool has_gaps() const noexcept override { return false; }
  [[nodiscard]] bool many_rooms() const noexcept override { return true; }
  [[nodiscard]] core::client_command decode(std::string_view frame) const override {
    return core::client_send{{}, {}, frame};
  }
  void encode(const core::client_event& event, protocol::features with, protocol::frame_writer& out) const override {
    const auto* message = std::get_if<core::message_event>(&event);
    if (message == nullptr) return;
    const core::room_entry& entry = *message->entry;
    if (entry.kind != core::entry_kind::text) return has(with, acts) ? put(out, entry, with, "-- act") : void();
    for (std::string_view rest = entry.text;;) {
      const auto end = rest.find('\n');
      put(out, entry, with, entry.author.value + ": " + std::string(rest.substr(0, end)));
      if (end == rest.npos) return;
      rest.remove_prefix(end + 1);
    }
  }

 private:
  static bool has(protocol::features set, protocol::features one) noexcept {
    return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(one)) != 0;
  }
  static void put(protocol::frame_writer& out, const core::room_entry& entry, protocol::features with,
                  const std::string& line) {
    std::string& frame = out.begin();
    if (has(with, tags)) frame.append("@").append(std::to_string(entry.seq.value)).append(" ");
    frame += line;
    out.end();
  }
};

}  // namespace greenroom::test
