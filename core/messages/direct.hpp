#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/catalog.hpp"
#include "core/time.hpp"

/// The dealings of people with one another besides rooms, and their own things: direct rooms and groups, blocks,
/// settings of their own, drafts.
namespace greenroom::core {

inline constexpr std::size_t max_draft_bytes = 8 * 1024;

/// Opens a direct room or a group. The answer is `room_entered`.
struct open_direct {
  user_id by;
  std::vector<user_id> with;  ///< one person, oneself too: a direct room; else a group, which is new each time
  room_id room{};             ///< its name; of a group, the catalog gives it
  /// As IRC has it, where an account is always reached: who has never said by whom they want to be written to takes it.
  bool by_nick = false;
};

/// The people by whom one wants to be written to: who may open a direct room, or a group, with this person. The numbers
/// are those of the database.
enum class direct_setting : std::uint8_t {
  everyone = 0,
  shared = 1,  ///< people with whom they share a room, both as members
  nobody = 2,
};
struct own_settings {
  direct_setting direct = direct_setting::shared;
};
struct read_own_settings {
  user_id user;
};
/// Answered by the settings, as they are now.
struct change_own_settings {
  user_id user;
  own_settings to;
};

/// While a block stands, neither of the two writes in their direct room, and who is blocked adds the other nowhere.
struct put_block {
  user_id by;
  user_id blocked;
};
struct lift_block {
  user_id by;
  user_id blocked;
};
/// The answer to both: it is durable.
struct blocks_changed {};
struct list_blocks {
  user_id by;
};
struct block_list {
  std::vector<user_id> blocked;  ///< in order of the folded names, all of them
};

/// Keeps an unfinished text of this user's for a room, or removes it where the text is empty.
struct put_draft {
  user_id user;
  room_id room;
  std::string text;
};
struct draft_kept {};
struct list_drafts {
  user_id user;
  room_id after{};  ///< exclusive; empty: from the start
  std::uint32_t limit = 50;
};
struct draft {
  room_id room;
  std::string text;
  wall_time at{};  ///< when it was kept

  friend bool operator==(const draft&, const draft&) = default;
};
struct draft_list {
  std::vector<draft> drafts;  ///< of rooms that the user may read in, in order of their folded names
  bool more = false;
};

/// To the node where a room may live: its roster was changed elsewhere, and is to be read again.
struct roster_changed {
  room_id room;
};

}  // namespace greenroom::core
