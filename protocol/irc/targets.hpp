#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "protocol/irc/speaker.hpp"

/// Rooms, people and messages, as the parameters of commands name them.
namespace greenroom::protocol::irc {

/// Each of several targets is answered for itself: with what was meant, or with why it can't be.
template <class Target>
using each = std::vector<std::variant<Target, complaint>>;

/// The receiver of a message.
struct message_target {
  enum class reach : std::uint8_t {
    room,       ///< `#room`
    operators,  ///< `@#room`
    voiced,     ///< `+#room`: those who have a voice, and operators
    user,       ///< `nick`
  };
  reach to{};
  core::room_id room{};  ///< of all but `user`
  core::user_id user{};

  [[nodiscard]] bool is_person() const noexcept { return to == reach::user; }
};

/// `#room` of a room's name.
[[nodiscard]] std::string channel_name(std::string_view room);
/// `#room` or `nick`, as the client wrote it.
[[nodiscard]] std::string named_target(const message_target& target);

/// `#room`. 403 where it isn't one.
[[nodiscard]] std::variant<core::room_id, complaint> room_from(std::string_view text);
/// `nick`. 401 where nobody can be called so.
[[nodiscard]] std::variant<core::user_id, complaint> user_from(std::string_view text);
/// Any receiver. 403, 401.
[[nodiscard]] std::variant<message_target, complaint> target_from(std::string_view text);

/// The members of a list with commas, without the empty ones.
[[nodiscard]] std::vector<std::string_view> members_of(std::string_view list);

/// A message in a log, as its `msgid` names it.
struct message_reference {
  core::generation_id generation;
  core::seq_no seq;
  friend bool operator==(const message_reference&, const message_reference&) = default;
};
/// The message of that id; nothing for what isn't an id of an entry, as those of messages that aren't stored.
[[nodiscard]] std::optional<message_reference> message_from(std::string_view id) noexcept;

}  // namespace greenroom::protocol::irc
