#include <algorithm>
#include <unordered_map>

#include "storage/soci/arrays.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/entry.hpp"
#include "storage/soci/journal_store.hpp"
#include "storage/soci/postgresql_acts.hpp"
#include "storage/soci/postgresql_binary.hpp"

namespace greenroom::storage::soci {
namespace {

using kind = append_outcome::kind;

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

// Every append is one statement that compares the epoch, the head and the fence, moves the heads, and inserts the rows
// of just the rooms that it moved. The unique indexes refuse an id that is stored already, and with it the statement:
// then the statement that looks for ids first leaves those rooms out, and returns their places.
constexpr const char* append_one =
    "with moved as (update rooms set head = $1::bigint, said = $1::bigint, texts = texts + 1 where id = $2::bigint "
    "and epoch = $3::bigint "
    "and head = $4::bigint and (select version from author_fence where one = 1) = $5::bigint returning id) "
    "insert into messages (" GREENROOM_PLAIN_COLUMNS
    ") select id, $1::bigint, $6::bigint, $7::text, $8::text, $9::bigint from moved";

constexpr const char* append_room =
    "with moved as (update rooms set head = $1::bigint, said = $1::bigint, texts = texts + $1::bigint - $4::bigint "
    "where id = $2::bigint and epoch = $3::bigint "
    "and head = $4::bigint and (select version from author_fence where one = 1) = $5::bigint returning id) "
    "insert into messages (" GREENROOM_PLAIN_COLUMNS
    ") select id, unnest($6::bigint[]), "
    "unnest($7::bigint[]), unnest($8::text[]), unnest($9::text[]), unnest($10::bigint[]) from moved";

// All entries are words, so the room has as many more as its head moves by.
#define GREENROOM_MOVED_BY_WORDS \
  "head = wanted.last, said = wanted.last, texts = rooms.texts + wanted.last - wanted.head"

// The same for many rooms: `columns` are those of their entries, and `more` further arrays, for further columns.
#define GREENROOM_APPEND_ROOMS(columns, more)                                                                 \
  "with moved as (update rooms set " GREENROOM_MOVED_BY_WORDS                                                 \
  " from unnest($1::bigint[], $2::bigint[], $3::bigint[], "                                                   \
  "$4::bigint[]) as wanted(id, epoch, head, last) where rooms.id = wanted.id and rooms.epoch = wanted.epoch " \
  "and rooms.head = wanted.head and (select version from author_fence where one = 1) = $5::bigint "           \
  "returning rooms.id), "                                                                                     \
  "stored as (insert into messages (" columns ") select " columns                                             \
  " from unnest($6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::bigint[]" more        \
  ") as entry(" columns                                                                                       \
  ") "                                                                                                        \
  "where room in (select id from moved)) "                                                                    \
  "select array_agg(id) from moved"

// A row for each room that was stored (with seq 0), and for each id that is known. `same` compares an entry with the
// message m, which was stored with the same id.
#define GREENROOM_APPEND_CHECKED(columns, more, same)                                                               \
  "with wanted as materialized (select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) "      \
  "as w(id, epoch, head, last)), "                                                                                  \
  "entry as materialized (select * from unnest($6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[], " \
  "$11::bigint[]" more ") as e(" columns                                                                            \
  ")), "                                                                                                            \
  "known as materialized (select entry.room, entry.seq, first.seq as first_seq, first.at, first.same "              \
  "from entry cross join lateral (select m.seq, m.at, m.kind = 7 or (" same                                         \
  ") as same from messages m "                                                                                      \
  "where m.room = entry.room and m.author = entry.author and m.client_id = entry.client_id limit 1) first "         \
  "where entry.client_id is not null), "                                                                            \
  "moved as (update rooms set " GREENROOM_MOVED_BY_WORDS                                                            \
  " from wanted where rooms.id = wanted.id "                                                                        \
  "and rooms.epoch = wanted.epoch and rooms.head = wanted.head "                                                    \
  "and not exists (select 1 from known where known.room = wanted.id) "                                              \
  "and (select version from author_fence where one = 1) = $5::bigint returning rooms.id), "                         \
  "stored as (insert into messages (" columns ") select " columns                                                   \
  " from entry join moved on moved.id = entry.room) "                                                               \
  "select id, 0::bigint, 0::bigint, 0::bigint, 0::bigint from moved union all "                                     \
  "select room, seq, first_seq, at, same::int::bigint from known"

constexpr const char* append_rooms = GREENROOM_APPEND_ROOMS(GREENROOM_PLAIN_COLUMNS, "");
constexpr const char* append_checked = GREENROOM_APPEND_CHECKED(
    GREENROOM_PLAIN_COLUMNS, "",
    "m.kind = 0 and m.target is null and m.subject is null and m.extra is null and m.body = entry.body");

// The same with entries that aren't all plain texts, for one room, too: there are few.
#define GREENROOM_WORD_ARRAYS ", $12::bigint[], $13::bigint[], $14::text[]"
constexpr const char* append_words = GREENROOM_APPEND_ROOMS(GREENROOM_WORD_COLUMNS, GREENROOM_WORD_ARRAYS);
constexpr const char* append_checked_words =
    GREENROOM_APPEND_CHECKED(GREENROOM_WORD_COLUMNS, GREENROOM_WORD_ARRAYS,
                             "m.kind = entry.kind and m.target is not distinct from entry.target and m.subject is null "
                             "and m.extra is not distinct from entry.extra and m.body = entry.body");

// NOLINTEND(cppcoreguidelines-macro-usage)

// Known ids come in crowds, after an outage: the next appends, this many, look for them at once.
constexpr int careful_appends = 64;

class postgresql_journal_store final : public journal_store {
 public:
  explicit postgresql_journal_store(std::unique_ptr<database> connection) : journal_store(std::move(connection)) {}

  core::result<std::vector<core::result<core::room_opened>>> open(const std::vector<core::open_room>& rooms,
                                                                  std::uint32_t tail) override {
    std::unordered_map<core::room_id, core::result<core::room_opened>> opened;
    failure why = database_->attempt([&] { take(rooms, opened); });
    if (why.what == fault::transient) why = database_->attempt([&] { take(rooms, opened); });
    // A room that was opened twice has lost only an epoch.
    // The number `membership` comes before the entries, too: a deletion that empties some of them raises it.
    if (why.what == fault::none) why = database_->attempt([&] { read_rosters_of(opened); });
    if (why.what == fault::none) why = database_->attempt([&] { read_tails(opened, tail); });
    if (why.what != fault::none) return to_error(why);
    std::vector<core::result<core::room_opened>> answers;
    for (const auto& wanted : rooms) {
      const auto found = opened.find(wanted.room);
      answers.push_back(found == opened.end() ? core::ec::not_found : found->second);
    }
    return answers;
  }

 protected:
  failure append_once(std::span<const pending> rooms) override {
    if (rooms.front().wanted->effect)
      return database_->attempt([&] { acts_.store(*database_, rooms.front(), fence()); });
    if (careful_ == 0) {
      failure why = database_->attempt([&] { store(rooms); });
      if (why.what != fault::bad_row || !has_ids(rooms)) return why;
      careful_ = careful_appends;
    }
    --careful_;
    return database_->attempt([&] { store_checked(rooms); });
  }

  failure add_authors(const std::vector<new_author>& authors) override {
    array_literal names;
    array_literal folded;
    array_literal accounts;
    for (const auto& author : authors) {
      names.add(author.name);
      folded.add(core::folded(author.name));
      accounts.add(author.account);
    }
    return database_->attempt([&] {
      database_->execute(
          "insert into authors (name, folded) select name, folded from unnest(cast(:names as text[]), "
          "cast(:folded as text[]), cast(:accounts as text[])) as a(name, folded, account) where not exists (select 1 "
          "from deletions where deletions.account = a.account and state <> 'restored') on conflict do nothing",
          with("names", names.finished()), with("folded", folded.finished()), with("accounts", accounts.finished()));
    });
  }

  failure add_authored(const std::vector<authorship>& rows) override {
    array_literal authors;
    array_literal written_in;
    for (const auto& [author, room] : rows) {
      authors.add(static_cast<std::int64_t>(author));
      written_in.add(static_cast<std::int64_t>(room));
    }
    return database_->attempt([&] {
      database_->execute(
          "insert into authored (author, room) select distinct author, room from unnest(cast(:authors as bigint[]), "
          "cast(:rooms as bigint[])) as a(author, room) on conflict do nothing",
          with("authors", authors.finished()), with("rooms", written_in.finished()));
    });
  }

 private:
  using openings = std::unordered_map<core::room_id, core::result<core::room_opened>>;

  void take(const std::vector<core::open_room>& rooms, openings& opened) {
    array_literal names;
    array_literal nodes;
    array_literal views;
    for (const auto& wanted : rooms) {
      names.add(core::folded(wanted.room.value));
      nodes.add(wanted.owner.value);
      views.add(static_cast<std::int64_t>(wanted.view.value));
    }
    opened.clear();
    database_->rows<std::string, long long, long long, long long, long long, std::string>(
        "with wanted as materialized (select * from unnest(cast(:names as text[]), cast(:nodes as text[]), "
        "cast(:views as bigint[])) as w(folded, node, view)), "
        "opened as (update rooms set epoch = epoch + 1, node = wanted.node, view = wanted.view from wanted "
        "where rooms.folded = wanted.folded and rooms.hidden is null and rooms.view <= wanted.view "
        "returning rooms.id, rooms.name, rooms.epoch, rooms.generation, rooms.head) "
        "select name, id, epoch, generation, head, '' from opened union all "
        "select rooms.name, 0, 0, 0, 0, rooms.node from wanted join rooms on rooms.folded = wanted.folded "
        "where rooms.view > wanted.view and rooms.hidden is null",
        [&](const std::string& name, long long key, long long epoch, long long generation, long long head,
            const std::string& owner) {
          if (key == 0) {
            opened.emplace(core::room_id{name}, core::error{core::ec::fenced, owner, 0});
            return;
          }
          opened.insert_or_assign(
              core::room_id{name},
              core::room_opened{{name}, {count(key)}, {count(epoch)}, {count(generation)}, {count(head)}, {}});
        },
        with("names", names.finished()), with("nodes", nodes.finished()), with("views", views.finished()));
  }

  void read_tails(openings& opened, std::uint32_t tail) {
    std::unordered_map<core::room_key, core::room_opened*> by_key;
    array_literal keys;
    array_literal lows;
    for (auto& [name, room] : opened) {
      if (!room || room->head.value == 0) continue;
      room->tail.clear();
      by_key.emplace(room->key, &*room);
      keys.add(static_cast<std::int64_t>(room->key.value));
      lows.add(static_cast<std::int64_t>(room->head.value > tail ? room->head.value - tail : 0));
    }
    if (by_key.empty() || tail == 0) return;
    entry_rows<long long>(
        *database_,
        "select wanted.room, last.* from unnest(cast(:rooms as bigint[]), cast(:lows as bigint[])) as wanted(room, "
        "low) cross join lateral (select " GREENROOM_ENTRY_COLUMNS("messages.client_id")
        " from messages join authors on authors.id = messages.author "
        "where messages.room = wanted.room and messages.seq > wanted.low order by messages.seq "
        "limit cast(:tail as bigint)) last",
        [&](long long key, core::room_entry entry) { by_key.at({count(key)})->tail.push_back(std::move(entry)); },
        with("rooms", keys.finished()), with("lows", lows.finished()), with("tail", tail));
  }

  // Statements of their own: the one that raised the epochs may have waited for an act to be stored, and sees the
  // members as they were before it waited.
  void read_rosters_of(openings& opened) {
    std::vector<core::room_opened*> rooms;
    for (auto& [name, room] : opened)
      if (room) rooms.push_back(&*room);
    read_rosters(rooms);
  }

  static bool has_ids(std::span<const pending> rooms) {
    return std::any_of(rooms.begin(), rooms.end(), [](const pending& room) {
      const auto& entries = room.wanted->entries;
      return std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return !entry.client_id.empty(); });
    });
  }

  static bool all_plain(std::span<const pending> rooms) {
    return std::all_of(rooms.begin(), rooms.end(), [](const pending& room) {
      return std::all_of(room.wanted->entries.begin(), room.wanted->entries.end(), core::is_plain);
    });
  }

  void store(std::span<const pending> rooms) {
    const bool plain = all_plain(rooms);
    if (rooms.size() > 1 || !plain)
      store_rooms(rooms, plain);
    else if (rooms.front().wanted->entries.size() > 1)
      store_room(rooms);
    else
      store_one(rooms.front());
  }

  void store_one(const pending& room) {
    const auto& entry = room.wanted->entries.front();
    put_fences(one_.start(), room, fence());
    put_plain(one_, entry, room.authors.front());
    *room.outcome = {one_.run(*database_).affected() == 0 ? kind::fenced : kind::stored, {}};
  }

  void store_room(std::span<const pending> rooms) {
    const auto& room = rooms.front();
    fill_entries(rooms, true);
    put_fences(room_.start(), room, fence());
    entries_.put(room_, true);
    *room.outcome = {room_.run(*database_).affected() == 0 ? kind::fenced : kind::stored, {}};
  }

  void store_rooms(std::span<const pending> rooms, bool plain) {
    auto stored = run_all(plain ? rooms_ : words_, rooms, plain).numbers(0, 0);
    std::sort(stored.begin(), stored.end());
    for (const auto& room : rooms) {
      const auto key = static_cast<std::int64_t>(room.wanted->room.value);
      *room.outcome = {std::binary_search(stored.begin(), stored.end(), key) ? kind::stored : kind::fenced, {}};
    }
  }

  void store_checked(std::span<const pending> rooms) {
    std::unordered_map<std::uint64_t, std::pair<const pending*, append_outcome>> by_room;
    for (const auto& room : rooms)
      by_room.emplace(room.wanted->room.value, std::pair{&room, append_outcome{kind::fenced, {}}});
    const bool plain = all_plain(rooms);
    const auto answer = run_all(plain ? checked_ : checked_words_, rooms, plain);
    for (int row = 0; row < answer.rows(); ++row) {
      auto& [room, outcome] = by_room.at(count(answer.number(row, 0)));
      const core::seq_no seq{count(answer.number(row, 1))};
      outcome.what = seq ? kind::repeated : kind::stored;
      if (!seq) continue;
      const auto index = static_cast<std::uint32_t>(seq - room->wanted->entries.front().seq);
      outcome.repeated.push_back(
          {index, {count(answer.number(row, 2))}, to_time(answer.number(row, 3)), answer.number(row, 4) != 0});
    }
    for (auto& [key, answered] : by_room) {
      auto& [room, outcome] = answered;
      std::sort(outcome.repeated.begin(), outcome.repeated.end(),
                [](const auto& a, const auto& b) { return a.index < b.index; });
      *room->outcome = std::move(outcome);
    }
  }

  binary_answer run_all(binary_statement& statement, std::span<const pending> rooms, bool plain) {
    fill_rooms(rooms);
    fill_entries(rooms, plain);
    statement.start().put(ids_).put(epochs_).put(heads_).put(lasts_).put(std::int64_t{fence()});
    statement.put(keys_);
    entries_.put(statement, plain);
    return statement.run(*database_);
  }

  static void add(binary_array& to, std::uint64_t value) { to.add(static_cast<std::int64_t>(value)); }

  void fill_rooms(std::span<const pending> rooms) {
    for (auto* const array : {&ids_, &epochs_, &heads_, &lasts_, &keys_}) array->clear();
    for (const auto& room : rooms) {
      const auto& wanted = *room.wanted;
      add(ids_, wanted.room.value);
      add(epochs_, wanted.epoch.value);
      add(heads_, wanted.entries.front().seq.value - 1);
      add(lasts_, wanted.entries.back().seq.value);
      for (std::size_t i = 0; i < wanted.entries.size(); ++i) add(keys_, wanted.room.value);
    }
  }

  void fill_entries(std::span<const pending> rooms, bool plain) {
    entries_.clear();
    for (const auto& room : rooms)
      for (std::size_t i = 0; i < room.wanted->entries.size(); ++i)
        entries_.add(room.wanted->entries[i], room.authors[i], plain);
  }

  using of = binary_array::of;
  binary_array ids_{of::numbers}, epochs_{of::numbers}, heads_{of::numbers}, lasts_{of::numbers};
  binary_array keys_{of::numbers};  ///< of each entry, its room
  word_entries entries_;
  binary_statement one_{"append_one", append_one}, room_{"append_room", append_room};
  binary_statement rooms_{"append_rooms", append_rooms}, checked_{"append_checked", append_checked};
  binary_statement words_{"append_words", append_words};
  binary_statement checked_words_{"append_checked_words", append_checked_words};
  postgresql_acts acts_;
  int careful_ = 0;  ///< appends still to be made with `checked_` or `checked_words_`
};

}  // namespace

std::unique_ptr<storage::journal_store> postgresql_journal(std::unique_ptr<database> connection) {
  return std::make_unique<postgresql_journal_store>(std::move(connection));
}

}  // namespace greenroom::storage::soci
