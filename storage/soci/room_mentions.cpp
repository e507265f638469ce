// The places where a person is mentioned.
#include <limits>
#include <utility>

#include "core/page.hpp"
#include "storage/admission.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/entry.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

const core::mention_place end_of_mentions{
    core::wall_time{core::milliseconds{std::numeric_limits<long long>::max()}}, {}, {}};

}  // namespace

core::result<core::mention_list> room_store::list_mentions(const core::list_mentions& request) {
  const auto me = folded(request.viewer);
  const auto& before = request.before.room.value.empty() ? end_of_mentions : request.before;
  return database_->read([&]() -> core::result<core::mention_list> {
    core::mention_list page;
    entry_rows<std::string, integer>(
        *database_,
        "select rooms.name, rooms.generation, " GREENROOM_ENTRY_COLUMNS("null")
        " from mentions cross join rooms cross join messages left join authors on authors.id = messages.author "
        "where mentions.folded = :who and mentions.at <= :at and (mentions.at < :earlier or mentions.seq < :seq "
        "or (mentions.seq = :same and rooms.folded < :room)) and rooms.id = mentions.room and messages.room = "
        "mentions.room and messages.seq = mentions.seq and messages.kind <> 7 and " GREENROOM_READABLE
        " order by mentions.at desc, mentions.seq desc, rooms.folded desc limit :limit",
        [&](const std::string& room, integer generation, core::room_entry entry) {
          page.mentions.push_back({{room}, {count(generation)}, std::move(entry)});
        },
        with("who", me), with("at", before.at), with("earlier", before.at), with("seq", before.seq),
        with("same", before.seq), with("room", core::folded(before.room.value)), with("me", me), with("barred", me),
        with("now", clock_now()), with("limit", std::uint64_t{request.limit} + 1));
    page.more = page.mentions.size() > request.limit;
    if (page.more) page.mentions.pop_back();
    core::cut_to_fit(page);
    return page;
  });
}

}  // namespace greenroom::storage::soci
