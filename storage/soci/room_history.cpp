// Pages of a room's log.
#include <algorithm>
#include <limits>

#include "core/page.hpp"
#include "storage/admission.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/entry.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr auto largest_seq = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

}  // namespace

core::result<core::history_page> room_store::read_history(const core::read_history& request) {
  // Seqs have no holes, so a page is a range of them: (low, high], with high given or `span` above low.
  const std::uint64_t after = std::min(request.after.value, largest_seq);
  const std::uint64_t before = request.before ? std::min(request.before.value, largest_seq) : largest_seq;
  const std::uint64_t limit = request.limit;
  constexpr const char* forward =
      "select rooms.head, " GREENROOM_ENTRY_COLUMNS("case when authors.folded = :viewer then messages.client_id end")
      " from rooms left join messages on messages.room = rooms.id and messages.seq > :after and messages.seq <= :end "
      "left join authors on authors.id = messages.author "
      "where rooms.folded = :room and " GREENROOM_READABLE " order by messages.seq";
  constexpr const char* backward =
      "select rooms.head, " GREENROOM_ENTRY_COLUMNS("case when authors.folded = :viewer then messages.client_id end")
      " from rooms left join messages on messages.room = rooms.id and messages.seq <= {{least}}(rooms.head, :end) "
      "and messages.seq > {{least}}(rooms.head, :last) - :limit "
      "left join authors on authors.id = messages.author "
      "where rooms.folded = :room and " GREENROOM_READABLE " order by messages.seq";
  return database_->read([&]() -> core::result<core::history_page> {
    using direction = core::page_builder::direction;
    const bool is_forward = request.after || request.from_start;
    bool there = false;
    std::uint64_t head = 0;
    core::page_builder read(is_forward ? direction::forward : direction::backward);
    const auto each = [&](long long of_room, core::room_entry entry) {
      there = true;
      head = count(of_room);
      if (entry.seq) read.add(std::move(entry));
    };
    const auto room = core::folded(request.room.value);
    const auto viewer = folded(request.viewer);
    const auto now = clock_now();
    if (is_forward)
      entry_rows<long long>(*database_, forward, each, with("viewer", viewer), with("after", after),
                            with("end", after + std::min(limit, largest_seq - after)), with("room", room),
                            with("me", viewer), with("barred", viewer), with("now", now));
    else
      entry_rows<long long>(*database_, backward, each, with("viewer", viewer), with("end", before - 1),
                            with("last", before - 1), with("limit", limit), with("room", room), with("me", viewer),
                            with("barred", viewer), with("now", now));
    if (!there) return why_unreadable(request.room, request.viewer, now);
    core::history_page page{read.take(), false, {head}};
    const std::uint64_t first = page.entries.empty() ? 0 : page.entries.front().seq.value;
    const std::uint64_t last = page.entries.empty() ? after : page.entries.back().seq.value;
    page.more = is_forward ? last < head : first > 1;
    return page;
  });
}

core::result<core::audit_page> room_store::read_audit(const core::read_audit& request) {
  return database_->read([&]() -> core::result<core::audit_page> {
    core::page_builder page(core::page_builder::direction::forward);  // which is downward here
    std::uint32_t found = 0;
    const auto viewer = folded(request.viewer);
    const auto now = clock_now();
    entry_rows(
        *database_,
        "select " GREENROOM_ENTRY_COLUMNS("case when authors.folded = :viewer then messages.client_id end")
        " from rooms join messages on messages.room = rooms.id and messages.seq < :before "
        "and (messages.kind = 2 or messages.kind >= 16) join authors on authors.id = messages.author "
        "where rooms.folded = :room and " GREENROOM_MODERATED " order by messages.seq desc limit :limit",
        [&](core::room_entry entry) {
          if (++found <= request.limit) page.add(std::move(entry));
        },
        with("viewer", viewer),
        with("before", request.before ? std::min(request.before.value, largest_seq) : largest_seq),
        with("room", core::folded(request.room.value)), with("me", viewer), with("barred", viewer), with("now", now),
        with("owner", viewer), with("moderator", viewer), with("limit", std::uint64_t{request.limit} + 1));
    if (found == 0)
      if (auto why = why_unmoderated(request.room, request.viewer, now); why.code != core::ec::none) return why;
    const bool more = found > request.limit || page.cut();
    return core::audit_page{page.take(), more};
  });
}

}  // namespace greenroom::storage::soci
