// Pages of a room's log.
#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "core/page.hpp"
#include "storage/admission.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/entry.hpp"
#include "storage/soci/room_gate.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr auto largest_seq = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

// A page between two seqs, which are a range, for seqs have no holes: (low, high]. Of the room, where the reader may
// read there. Names are looked up row by row: for a join, a planner that can't know how short the range is would read
// half of the authors. With no limits in it but the columns `low` and `high`, it is planned once, and not each time.
//
// The acts that hold on the messages in there come in rows like an entry's: the newest edits, how many
// people each reaction is of and whether the reader is one, and the pins. A range over (room, target) each: a LATERAL
// with ORDER BY and LIMIT would make a planner whose statistics are skewed scan the room. Rows come in any order, for
// sorting them here would cost SQLite a fifth of the page.
#define GREENROOM_PAGE(low, high)                                                      \
  "with here as (select rooms.id, rooms.head, rooms.generation, " low " as low, " high \
  " as high from rooms where rooms.folded = :room and " GREENROOM_READABLE ") " GREENROOM_PAGE_ROWS("")

// The rows of the page that `here` describes; of those of `messages` only such as are `shown`.
#define GREENROOM_PAGE_ROWS(shown) \
  "select 0, here.head, here.generation, 0, " GREENROOM_ENTRY_COLUMNS_WITH(                                           \
      "(select authors.name from authors where authors.id = messages.author)",                                        \
      "case when messages.author = (select viewer.id from authors as viewer where viewer.folded = :viewer) then "     \
      "messages.client_id end") " from here left join messages on messages.room = here.id and messages.seq > "        \
  "here.low and messages.seq <= here.high " shown \
  "union all select 1, 0, 0, 0, edit.target, '', '', edit.body, edit.at, 1, edit.seq, '', '' from (select "           \
  "here.id as room, max(newest.seq) as seq from here join messages as newest on newest.room = here.id and "           \
  "newest.target > here.low and newest.target <= here.high and newest.kind = 1 group by here.id, newest.target) as "  \
  "last join messages as edit on edit.room = last.room and edit.seq = last.seq "                                      \
  "union all select 1, 0, count(*), max(case when reactions.author = (select reader.id from authors as reader "       \
  "where reader.folded = :reader) then 1 else 0 end), reactions.target, '', '', reactions.mark, 0, 3, 0, '', '' "     \
  "from here join reactions on reactions.room = here.id and reactions.target > here.low and reactions.target <= "     \
  "here.high group by reactions.target, reactions.mark "                                                              \
  "union all select 1, 0, 0, 0, pins.target, '', '', '', 0, 5, 0, '', '' from here join pins on pins.room = here.id " \
  "and pins.target > here.low and pins.target <= here.high"

// A page of (low, high] without the entries whose kinds are bits of `omitted`. It is found first, by the numbers of the
// first or the last entries that are shown; then it is a range as every page.
#define GREENROOM_SHOWN(of) "and ((" of ".omitted >> messages.kind) & 1) = 0 "
#define GREENROOM_PICKED(end, order)                                                                                 \
  "(select " end                                                                                                     \
  "(picked.seq) from (select messages.seq from messages where messages.room = place.id and "                         \
  "messages.seq > place.low and messages.seq <= place.high " GREENROOM_SHOWN("place") "order by messages.seq " order \
                                                                                      " limit :limit) as picked)"
#define GREENROOM_PICKED_PAGE(low, high)                                                                        \
  "with place as materialized (select rooms.id, rooms.head, rooms.generation, cast(:low as bigint) as low, "    \
  "{{least}}(rooms.head, cast(:high as bigint)) as high, cast(:omitted as bigint) as omitted from rooms where " \
  "rooms.folded = :room and " GREENROOM_READABLE                                                                \
  "), here as materialized (select place.id, place.head, "                                                      \
  "place.generation, place.omitted, " low " as low, " high                                                      \
  " as high from place) " GREENROOM_PAGE_ROWS(GREENROOM_SHOWN("here"))
// The same of the pinned messages, each with the entry that pinned it. There are few.
#define GREENROOM_PINNED \
  "with here as (select rooms.id, rooms.head, pins.target, coalesce(pins.seq, 0) as pin from rooms left join pins "  \
  "on pins.room = rooms.id where rooms.folded = :room and " GREENROOM_READABLE                                       \
  ") select 0, here.head, here.pin, 0, " GREENROOM_ENTRY_COLUMNS_WITH(                                               \
      "(select authors.name from authors where authors.id = messages.author)",                                       \
      "case when messages.author = (select viewer.id from authors as viewer where viewer.folded = :viewer) then "    \
      "messages.client_id end") " from here left join messages on messages.room = here.id and messages.seq = "       \
  "here.target "                                                                                                     \
  "union all select 1, 0, 0, 0, edit.target, '', '', edit.body, edit.at, 1, edit.seq, '', '' from (select here.id "  \
  "as room, max(newest.seq) as seq from here join messages as newest on newest.room = here.id and newest.target = "  \
  "here.target and newest.kind = 1 group by here.id, newest.target) as last join messages as edit on edit.room = "   \
  "last.room and edit.seq = last.seq "                                                                               \
  "union all select 1, 0, count(*), max(case when reactions.author = (select reader.id from authors as reader where " \
  "reader.folded = :reader) then 1 else 0 end), reactions.target, '', '', reactions.mark, 0, 3, 0, '', '' from "     \
  "here join reactions on reactions.room = here.id and reactions.target = here.target group by reactions.target, "   \
  "reactions.mark"

// NOLINTEND(cppcoreguidelines-macro-usage)

/// The rows of these statements, in any order, as a page.
class page_rows {
 public:
  /// `number`: of an entry, the room's generation; of a reaction, how many people it is of.
  void add(bool folded, std::uint64_t head, std::uint64_t number, bool mine, core::room_entry row) {
    if (folded) return fold(static_cast<std::uint32_t>(number), mine, std::move(row));
    there_ = true;
    head_ = {head};
    generation_ = {number};
    if (row.seq) entries_.push_back(std::move(row));
  }
  /// Whether the reader may read there.
  [[nodiscard]] bool there() const noexcept { return there_; }
  /// To be called once. Of more than `limit` entries the last in the direction that was read is left out; `more` says
  /// whether one was, or the bytes ended the page.
  [[nodiscard]] core::history_page take(core::page_builder::direction read, std::uint64_t limit) {
    std::sort(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
    const bool more = entries_.size() > limit;
    if (more) entries_.erase(read == core::page_builder::direction::forward ? entries_.end() - 1 : entries_.begin());
    auto page = built(read);
    page.more = page.more || more;
    return page;
  }
  /// The same of all of them, in that order.
  template <class Order>
  [[nodiscard]] core::history_page take_in(Order order) {
    std::sort(entries_.begin(), entries_.end(), order);
    return built(core::page_builder::direction::forward);
  }

 private:
  [[nodiscard]] core::history_page built(core::page_builder::direction read) {
    core::page_builder page(read);
    for (auto& entry : entries_) add(page, std::move(entry));
    const bool cut = page.cut();
    return {page.take(), cut, head_, page.take_states(), generation_};
  }

  struct changed {
    core::message_state state;
    core::shared_text text;
  };

  void fold(std::uint32_t people, bool mine, core::room_entry row) {
    auto& [state, text] = changed_[row.seq];
    state.seq = row.seq;
    if (row.kind == core::entry_kind::edit) {
      state.edited = row.target;
      state.edited_at = row.at;
      text = std::move(row.text);
    } else if (row.kind == core::entry_kind::react) {
      state.reactions.push_back({std::move(row.text), people, mine});
    } else {
      state.pinned = true;
    }
  }

  void add(core::page_builder& to, core::room_entry entry) {
    const auto found = changed_.find(entry.seq);
    if (found == changed_.end() || !core::is_words(entry.kind)) return to.add(std::move(entry));
    auto& [state, text] = found->second;
    if (state.edited) entry.text = std::move(text);
    std::sort(state.reactions.begin(), state.reactions.end(),
              [](const auto& a, const auto& b) { return a.text.view() < b.text.view(); });
    to.add(std::move(entry), std::move(state));
  }

  std::vector<core::room_entry> entries_;
  std::map<core::seq_no, changed> changed_;
  core::seq_no head_;
  core::generation_id generation_;
  bool there_ = false;
};

}  // namespace

core::result<core::history_page> room_store::read_history(const core::read_history& request) {
  const std::uint64_t after = std::min(request.after.value, largest_seq);
  const std::uint64_t before = request.before ? std::min(request.before.value, largest_seq) : largest_seq;
  const std::uint64_t limit = request.limit;
  constexpr const char* forward = GREENROOM_PAGE("cast(:low as bigint)", "cast(:high as bigint)");
  constexpr const char* backward =
      GREENROOM_PAGE("{{least}}(rooms.head, :low) - :limit", "{{least}}(rooms.head, :high)");
  constexpr const char* picked_forward =
      GREENROOM_PICKED_PAGE("place.low", "coalesce(" GREENROOM_PICKED("max", "") ", place.low)");
  constexpr const char* picked_backward =
      GREENROOM_PICKED_PAGE("coalesce(" GREENROOM_PICKED("min", "desc") " - 1, place.high)", "place.high");
  return database_->read([&]() -> core::result<core::history_page> {
    using direction = core::page_builder::direction;
    const bool is_forward = request.is_forward();
    const bool picks = !request.without.empty() || (request.before && (request.after || request.from_start)) ||
                       (request.after && !is_forward);
    page_rows read;
    const auto each = [&](long long folded, long long head, long long number, long long mine, core::room_entry row) {
      read.add(folded != 0, count(head), count(number), mine != 0, std::move(row));
    };
    const auto room = core::folded(request.room.value);
    const auto viewer = folded(request.viewer);
    const auto now = clock_now();
    const auto rows = [&](const char* sql, const auto&... more) {
      using number = long long;
      entry_rows<number, number, number, number>(*database_, sql, each, more..., with("room", room), with("me", viewer),
                                                 with("barred", viewer), with("now", now), with("viewer", viewer),
                                                 with("reader", viewer));
    };
    if (picks)  // one more than wanted, which tells whether there is more
      rows(is_forward ? picked_forward : picked_backward, with("low", after), with("high", before - 1),
           with("omitted", request.without.bits), with("limit", limit + 1));
    else if (is_forward)
      rows(forward, with("low", after), with("high", after + std::min(limit, largest_seq - after)));
    else
      rows(backward, with("low", before - 1), with("limit", limit), with("high", before - 1));
    if (!read.there()) return why_unreadable(request.room, request.viewer, now);
    auto page = read.take(is_forward ? direction::forward : direction::backward, limit);
    if (picks) return page;
    const std::uint64_t first = page.entries.empty() ? 0 : page.entries.front().seq.value;
    const std::uint64_t last = page.entries.empty() ? after : page.entries.back().seq.value;
    page.more = is_forward ? last < page.as_of.value : first > 1;
    return page;
  });
}

core::result<core::history_page> room_store::list_pins(const core::list_pins& request) {
  return database_->read([&]() -> core::result<core::history_page> {
    page_rows read;
    std::map<core::seq_no, core::seq_no> pins;
    const auto viewer = folded(request.viewer);
    const auto now = clock_now();
    using number = long long;
    entry_rows<number, number, number, number>(
        *database_, GREENROOM_PINNED,
        [&](number folded, number head, number people, number mine, core::room_entry row) {
          if (folded == 0 && row.seq) {
            pins.emplace(row.seq, core::seq_no{count(people)});
            read.add(true, 0, 0, false, {.seq = row.seq, .kind = core::entry_kind::pin});
          }
          read.add(folded != 0, count(head), folded != 0 ? count(people) : 0, mine != 0, std::move(row));
        },
        with("room", core::folded(request.room.value)), with("me", viewer), with("barred", viewer), with("now", now),
        with("viewer", viewer), with("reader", viewer));
    if (!read.there()) return why_unreadable(request.room, request.viewer, now);
    return read.take_in([&](const auto& a, const auto& b) { return pins[a.seq] > pins[b.seq]; });
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
