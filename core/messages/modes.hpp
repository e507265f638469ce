#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/shared_text.hpp"

/// The modes of a room: settings that clients of IRC have a word for, and others not.
namespace greenroom::core {

/// One of `room_modes::flags`. The numbers are those of the database.
enum class room_flag : std::uint8_t {
  inside_only = 1,   ///< `n`: on IRC only somebody who is in the room writes there
  topic_locked = 2,  ///< `t`: only moderators set the topic; else everybody who may write
  unlisted = 4,      ///< `s`: in lists only for its members
  no_ctcp = 8,       ///< `C`: on IRC no requests of clients to each other
};

/// The modes that are no other setting.
struct room_modes {
  std::uint8_t flags = 3;  ///< a set of `room_flag`
  std::uint32_t most = 0;  ///< `l`: nobody comes in while so many are there; 0: any number
  shared_text key{};       ///< `k`: for coming in; empty: none is needed
  /// Lines of a list's letter, a space and a mask. `b`: kept out and silent; `e`: not so all the same; `I`: let into a
  /// room that is `invited`; `v`: a user's name, who writes where only some may.
  shared_text masks{};

  [[nodiscard]] constexpr bool has(room_flag one) const noexcept {
    return (flags & static_cast<std::uint8_t>(one)) != 0;
  }
  friend bool operator==(const room_modes&, const room_modes&) = default;
};

inline constexpr std::size_t max_masks = 100;       ///< of one list
inline constexpr std::size_t max_mask_bytes = 200;  ///< of one mask
inline constexpr std::size_t max_key_bytes = 32;

/// A change of them by one letter: `n t s C`, `k`, `l`, or a list's.
struct mode_change {
  char letter{};
  bool on = true;
  shared_text value{};  ///< `k`, but for taking it away: the key; `l` likewise: the number; of a list: the mask

  friend bool operator==(const mode_change&, const mode_change&) = default;
};

}  // namespace greenroom::core
