#pragma once
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/direct.hpp"
#include "core/ids.hpp"
#include "core/messages/log.hpp"
#include "core/time.hpp"

/// A person's own part of the rooms in which they are members: how far they have read, and what they want to hear of.
namespace greenroom::core {

/// A member has read that room up to there.
struct read_mark {
  room_id room;
  user_id user;
  seq_no seq;

  friend bool operator==(const read_mark&, const read_mark&) = default;
};
/// To be stored, each room and user once.
struct move_marks {
  std::vector<read_mark> marks;
};
/// The answer: they are durable, as far as they were members' and further than before.
struct marks_moved {
  std::uint32_t moved = 0;
};

/// How far has a member read?
struct find_mark {
  room_id room;
  user_id viewer;
};
struct mark_found {
  seq_no seq{};    ///< 0: they have read nothing, or aren't a member
  wall_time at{};  ///< of that entry
};

/// The entries of a room that a person wants to be called for. The numbers are those of the database and of the wire.
enum class notify_level : std::uint8_t { none = 0, mentions = 1, all = 2 };

/// The level of a member who has chosen none.
[[nodiscard]] inline notify_level default_notify(const room_id& room) noexcept {
  return nature_of(room) == room_nature::direct ? notify_level::all : notify_level::mentions;
}

struct set_notify {
  room_id room;
  user_id user;
  notify_level level = notify_level::mentions;
};

/// The rooms in which a person is a member, in order of their folded names, in pages.
struct sync_rooms {
  user_id viewer;
  room_id after{};  ///< exclusive; empty: from the start
  std::uint32_t limit = 500;
};

/// The bytes of a room's last words that `rooms_synced` shows, at most.
inline constexpr std::size_t synced_text_bytes = 200;

/// A room as a member finds it who comes back.
struct synced_room {
  room_id room;
  shared_text title{};
  room_access access = room_access::open;
  generation_id generation{};
  seq_no head{};
  std::uint64_t unread = 0;    ///< words behind the mark; erased ones, too
  std::uint64_t mentions = 0;  ///< entries behind the mark that mention the person
  seq_no read{};               ///< the mark
  room_role role = room_role::member;
  notify_level notify = notify_level::mentions;
  room_entry last{};  ///< the newest words, cut to `synced_text_bytes`; seq 0: there are none
};
struct rooms_synced {
  std::vector<synced_room> rooms;
  bool more = false;
};

}  // namespace greenroom::core
