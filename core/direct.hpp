#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"

/// Direct rooms and groups: rooms whose names only the server gives, so that a name says what a room is.
namespace greenroom::core {

/// The kinds of rooms, as their names tell them.
enum class room_nature : std::uint8_t {
  room,    ///< people made it, and named it
  direct,  ///< of two people, `@ada,bob`, or a person's own notes, `@ada,ada`: who is in it never changes
  group,   ///< of some people, `@@` and 16 hex digits: it has no owner
};

/// The largest number of people in a group, besides oneself.
inline constexpr std::size_t max_group_people = 19;

/// The nature of a room of this name.
[[nodiscard]] constexpr room_nature nature_of(std::string_view room) noexcept {
  if (!room.starts_with('@')) return room_nature::room;
  return room.starts_with("@@") ? room_nature::group : room_nature::direct;
}
[[nodiscard]] inline room_nature nature_of(const room_id& room) noexcept { return nature_of(room.value); }

/// The one name of the direct room of two people, in any order: `@`, and both folded names in order, joined by `,`.
[[nodiscard]] room_id direct_room_of(const user_id& one, const user_id& other);
/// The name of the group with this random number.
[[nodiscard]] room_id group_of(std::uint64_t number);

/// The people of a direct room, by their folded names: two, or one. Of other rooms none.
[[nodiscard]] std::vector<user_id> people_of(const room_id& room);

/// Whether a client may name a room like that: a room name (`check_room_name`); `@bob` or `@bob,ada`; or that of a
/// group. Else `bad_name`.
[[nodiscard]] status check_room_reference(std::string_view name);

/// The room that this person means by a checked name: `@bob` and `@bob,ada` are `@ada,bob` for ada. All other names are
/// left as they are.
[[nodiscard]] room_id room_meant(room_id said, const user_id& by);

}  // namespace greenroom::core
