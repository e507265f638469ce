// A member's own part of rooms: the read mark, what is unread behind it, and what they want to hear of.
#include <algorithm>
#include <limits>

#include "core/text.hpp"
#include "storage/admission.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/entry.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

// A row of `messages` as `said`: whether it counts in `rooms.texts`. An erased one does where it was words
// (`core::empty_out`).
#define GREENROOM_COUNTS "(said.kind in (0, 8, 9) or (said.kind = 7 and said.extra is null))"

// The mark of `list` in its room, which nobody has read beyond; and the words up to there. Those behind it are counted,
// for a mark is nearly always near the end; of more than 10,000 the number says nothing.
#define GREENROOM_MARK "{{least}}(cast(list.seqs as bigint), rooms.head)"
#define GREENROOM_READ_TEXTS                                                                                     \
  "rooms.texts - (select count(*) from (select 1 from messages as said where said.room = rooms.id and said.seq " \
  "> " GREENROOM_MARK " and " GREENROOM_COUNTS " limit 10001) as behind)"

// NOLINTEND(cppcoreguidelines-macro-usage)

// First the rooms, by the few memberships of a person, then the page of them: so no plan looks at all rooms in order,
// whatever the database believes of the numbers. Then the newest words that aren't erased, as far as they are among the
// last fifty entries up to `said`: more are never looked at, whatever was done in the room.
constexpr const char* synced =
    "with mine as materialized (select rooms.id, rooms.name, rooms.folded, rooms.private, rooms.generation, "
    "rooms.head, rooms.said, rooms.texts - members.read_texts as unread, members.read_seq, "
    "case when rooms.owner_folded = :owner then 3 else members.role end as role, members.notify "
    "from members cross join rooms where members.folded = :who and rooms.id = members.room and rooms.folded > :after "
    "and " GREENROOM_READABLE
    "), page as materialized (select * from mine order by folded limit :limit) "
    "select page.name, page.private, coalesce(settings.title, ''), page.generation, page.head, page.unread, "
    "(select count(*) from mentions where mentions.folded = :mentioned and mentions.room = page.id "
    "and mentions.seq > page.read_seq), page.read_seq, page.role, coalesce(page.notify, -1), " GREENROOM_ENTRY_COLUMNS("null")
    " from page left join settings on settings.room = page.id "
    "left join messages on messages.room = page.id and messages.seq = (select max(each.seq) from messages as each "
    "where each.room = page.id and each.seq > page.said - 50 and each.seq <= page.said and each.kind in (0, 8, 9)) "
    "left join authors on authors.id = messages.author order by page.folded";

// The mark of a member, and the time of its entry.
constexpr const char* marked =
    "select coalesce(reader.read_seq, 0), coalesce(messages.at, 0) from rooms "
    "left join members as reader on reader.room = rooms.id and reader.folded = :who "
    "left join messages on messages.room = rooms.id and messages.seq = reader.read_seq "
    "where rooms.folded = :room and " GREENROOM_READABLE;

core::notify_level to_level(integer column, const core::room_id& room) {
  return column < 0 ? core::default_notify(room) : static_cast<core::notify_level>(column);
}

core::room_entry shortened(core::room_entry last) {
  last.text = core::whole_characters(last.text.view().substr(0, core::synced_text_bytes));
  return last;
}

}  // namespace

core::result<std::uint32_t> room_store::move_marks(const std::vector<core::read_mark>& marks) {
  std::vector<std::string> rooms;
  std::vector<std::string> readers;
  std::vector<std::string> seqs;
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  for (const auto& mark : marks) {
    rooms.push_back(core::folded(mark.room.value));
    readers.push_back(folded(mark.user));
    seqs.push_back(std::to_string(std::min(mark.seq.value, most)));
  }
  const auto& words = database_->words();
  return database_->transaction([&]() -> core::result<std::uint32_t> {
    return static_cast<std::uint32_t>(database_->execute(
        "with moved as materialized (select mine.room, mine.folded, " GREENROOM_MARK " as seq, " GREENROOM_READ_TEXTS
        " as texts from {{columns:names,readers,seqs}} cross join rooms cross join members as mine "
        "where rooms.folded = list.names and mine.room = rooms.id and mine.folded = list.readers "
        "and mine.read_seq < " GREENROOM_MARK
        ") update members set read_seq = moved.seq, read_texts = moved.texts from moved "
        "where members.room = moved.room and members.folded = moved.folded and members.read_seq < moved.seq",
        with("names", words.list(rooms)), with("readers", words.list(readers)), with("seqs", words.list(seqs))));
  });
}

core::result<core::mark_found> room_store::find_mark(const core::find_mark& request) {
  return database_->read([&]() -> core::result<core::mark_found> {
    const auto me = folded(request.viewer);
    const auto now = clock_now();
    const auto found =
        database_->row<integer, integer>(marked, with("who", me), with("room", core::folded(request.room.value)),
                                         with("me", me), with("barred", me), with("now", now));
    if (!found) return why_unreadable(request.room, request.viewer, now);
    const auto [seq, at] = *found;
    return core::mark_found{{count(seq)}, to_time(at)};
  });
}

core::status room_store::set_notify(const core::set_notify& request) {
  return database_->transaction([&]() -> core::status {
    const auto set = database_->execute(
        "update members set notify = :level where folded = :who and room = (select rooms.id from rooms "
        "where rooms.folded = :room and rooms.hidden is null)",
        with("level", static_cast<int>(request.level)), with("who", folded(request.user)),
        with("room", core::folded(request.room.value)));
    if (set == 0) return core::ec::not_found;
    return core::done{};
  });
}

core::result<core::rooms_synced> room_store::sync_rooms(const core::sync_rooms& request) {
  return database_->read([&]() -> core::result<core::rooms_synced> {
    core::rooms_synced found;
    const auto me = folded(request.viewer);
    entry_rows<std::string, integer, std::string, integer, integer, integer, integer, integer, integer, integer>(
        *database_, synced,
        [&](const std::string& name, integer access, const std::string& title, integer generation, integer head,
            integer unread, integer mentions, integer read, integer role, integer notify, core::room_entry last) {
          found.rooms.push_back({.room = {name},
                                 .title = title,
                                 .access = static_cast<core::room_access>(access),
                                 .generation = {count(generation)},
                                 .head = {count(head)},
                                 .unread = count(std::max<integer>(unread, 0)),
                                 .mentions = count(mentions),
                                 .read = {count(read)},
                                 .role = static_cast<core::room_role>(role),
                                 .notify = to_level(notify, {name}),
                                 .last = shortened(std::move(last))});
        },
        with("who", me), with("owner", me), with("after", core::folded(request.after.value)), with("me", me),
        with("barred", me), with("now", clock_now()), with("limit", std::uint64_t{request.limit} + 1),
        with("mentioned", me));
    found.more = found.rooms.size() > request.limit;
    if (found.more) found.rooms.pop_back();
    return found;
  });
}

}  // namespace greenroom::storage::soci
