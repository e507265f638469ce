// Rooms and their logs by time.
#include <algorithm>
#include <string>
#include <vector>

#include "storage/admission.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

// Times never fall within a room, and its numbers have no holes: so the place of a time is found by halving, from the
// largest head that a room could have. Each step is one look at the primary key.
constexpr const char* located =
    "with recursive search (room, seq, step) as (select rooms.id, cast(0 as bigint), cast(1099511627776 as bigint) "
    "from rooms where rooms.folded = :room and " GREENROOM_READABLE
    " union all select search.room, search.seq + case when exists (select 1 from messages where messages.room = "
    "search.room and messages.seq = search.seq + search.step and messages.at <= :at) then search.step else 0 end, "
    "search.step / 2 from search where search.step > 0) "
    "select search.seq, rooms.generation from search join rooms on rooms.id = search.room where search.step = 0";

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

// By the few rooms of a person, each with one look at its newest words.
#define GREENROOM_RECENT(order)                                                                                  \
  "with asked as materialized (select members.room as id from members where members.folded = :who union select " \
  "named.id from {{texts:names}} join rooms as named on named.folded = list.value) "                             \
  "select rooms.name, messages.at from asked cross join rooms join messages on messages.room = rooms.id and "    \
  "messages.seq = rooms.said where rooms.id = asked.id and " GREENROOM_READABLE                                  \
  " and messages.at > :after and messages.at < :before and substr(rooms.folded, 1, 2) <> '@@' order by "         \
  "messages.at " order ", rooms.folded " order " limit :limit"

// NOLINTEND(cppcoreguidelines-macro-usage)

constexpr const char* recent_first = GREENROOM_RECENT("");
constexpr const char* recent_last = GREENROOM_RECENT("desc");

}  // namespace

core::result<core::time_found> room_store::find_time(const core::find_time& request) {
  return database_->read([&]() -> core::result<core::time_found> {
    const auto viewer = folded(request.viewer);
    const auto now = clock_now();
    const auto found =
        database_->row<integer, integer>(located, with("room", core::folded(request.room.value)), with("me", viewer),
                                         with("barred", viewer), with("now", now), with("at", request.at));
    if (!found) return why_unreadable(request.room, request.viewer, now);
    const auto [seq, generation] = *found;
    return core::time_found{{count(seq)}, {count(generation)}};
  });
}

core::result<core::recent_rooms> room_store::list_recent(const core::list_recent& request) {
  std::vector<std::string> names;
  for (const auto& room : request.rooms) names.push_back(core::folded(room.value));
  return database_->read([&]() -> core::result<core::recent_rooms> {
    core::recent_rooms recent;
    const auto viewer = folded(request.viewer);
    database_->rows<std::string, integer>(
        request.newest ? recent_last : recent_first,
        [&](const std::string& name, integer at) {
          recent.rooms.push_back({{name}, to_time(at)});
        },
        with("who", viewer), with("names", database_->words().list(names)), with("me", viewer), with("barred", viewer),
        with("now", clock_now()), with("after", request.after), with("before", request.before),
        with("limit", request.limit));
    if (request.newest) std::reverse(recent.rooms.begin(), recent.rooms.end());
    return recent;
  });
}

}  // namespace greenroom::storage::soci
