#include <algorithm>
#include <unordered_map>

#include "storage/soci/arrays.hpp"
#include "storage/soci/journal_store.hpp"

namespace greenroom::storage::soci {
namespace {

using kind = append_outcome::kind;

core::wall_time to_time(long long at) { return core::wall_time{core::milliseconds{at}}; }
std::uint64_t number(long long value) { return static_cast<std::uint64_t>(value); }

// What a statement answers per row: the room was stored (seq 0), an entry's id is known, or the fence has moved (seq
// -1, and then nothing is stored).
constexpr const char* append_many =
    "with wanted as materialized (select * from unnest(cast(:ids as bigint[]), cast(:epochs as bigint[]), "
    "cast(:heads as bigint[]), cast(:lasts as bigint[])) as w(id, epoch, head, last)), "
    "entry as materialized (select * from unnest(cast(:rooms as bigint[]), cast(:seqs as bigint[]), "
    "cast(:authors as bigint[]), cast(:client_ids as text[]), cast(:bodies as text[]), cast(:ats as bigint[])) "
    "as e(room, seq, author, client_id, body, at)), "
    "known as materialized (select entry.room, entry.seq, first.seq as first_seq, first.at, "
    "first.body = entry.body as same from entry cross join lateral (select m.seq, m.at, m.body from messages m "
    "where m.room = entry.room and m.author = entry.author and m.client_id = entry.client_id limit 1) first "
    "where entry.client_id is not null), "
    "moved as (update rooms set head = wanted.last from wanted where rooms.id = wanted.id "
    "and rooms.epoch = wanted.epoch and rooms.head = wanted.head "
    "and not exists (select 1 from known where known.room = wanted.id) "
    "and (select version from author_fence where one = 1) = cast(:fence as bigint) returning rooms.id), "
    "stored as (insert into messages (room, seq, author, client_id, body, at) "
    "select room, seq, author, client_id, body, at from entry join moved on moved.id = entry.room) "
    "select id, cast(0 as bigint), cast(0 as bigint), cast(0 as bigint), 0 from moved union all "
    "select room, seq, first_seq, at, case when same then 1 else 0 end from known";

constexpr const char* append_scalar =
    "with known as materialized (select m.seq, m.at, m.body = cast(:same as text) as same from messages m "
    "where m.room = cast(:room1 as bigint) and m.author = cast(:author1 as bigint) "
    "and m.client_id = nullif(cast(:id1 as text), '') limit 1), "
    "moved as (update rooms set head = cast(:last as bigint) where id = cast(:room2 as bigint) "
    "and epoch = cast(:epoch as bigint) and head = cast(:head as bigint) "
    "and not exists (select 1 from known) "
    "and (select version from author_fence where one = 1) = cast(:fence as bigint) returning id), "
    "stored as (insert into messages (room, seq, author, client_id, body, at) "
    "select moved.id, cast(:seq as bigint), cast(:author2 as bigint), nullif(cast(:id2 as text), ''), "
    "cast(:body as text), cast(:at as bigint) from moved) "
    "select cast(0 as bigint), cast(0 as bigint), 0 from moved union all "
    "select seq, at, case when same then 1 else 0 end from known";

class postgresql_journal_store final : public journal_store {
 public:
  explicit postgresql_journal_store(std::unique_ptr<database> connection) : journal_store(std::move(connection)) {}

  core::result<std::vector<core::result<core::room_opened>>> open(const std::vector<core::open_room>& rooms,
                                                                  std::uint32_t tail) override {
    std::unordered_map<core::room_id, core::result<core::room_opened>> opened;
    failure why = database_->attempt([&] { take(rooms, opened); });
    if (why.what == fault::transient) why = database_->attempt([&] { take(rooms, opened); });
    // A room that was opened twice has lost nothing but an epoch.
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
    return database_->attempt([&] {
      if (rooms.size() == 1 && rooms.front().wanted->entries.size() == 1)
        append_one(rooms.front());
      else
        append_all(rooms);
    });
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
          if (key == 0)
            opened.emplace(core::room_id{name}, core::error{core::ec::fenced, owner, 0});
          else
            opened.insert_or_assign(
                core::room_id{name},
                core::room_opened{{name}, {number(key)}, {number(epoch)}, {number(generation)}, {number(head)}, {}});
        },
        with("names", names.finished()), with("nodes", nodes.finished()), with("views", views.finished()));
  }

  void read_tails(openings& opened, std::uint32_t tail) {
    std::unordered_map<core::room_key, core::room_opened*> by_key;
    array_literal keys;
    array_literal lows;
    for (auto& [name, room] : opened) {
      if (!room) continue;
      room->tail.clear();
      by_key.emplace(room->key, &*room);
      keys.add(static_cast<std::int64_t>(room->key.value));
      lows.add(static_cast<std::int64_t>(room->head.value > tail ? room->head.value - tail : 0));
    }
    if (by_key.empty() || tail == 0) return;
    database_->rows<long long, long long, std::string, std::string, std::string, long long>(
        "select wanted.room, last.seq, last.name, last.client_id, last.body, last.at from unnest(cast(:rooms as "
        "bigint[]), "
        "cast(:lows as bigint[])) as wanted(room, low) cross join lateral (select m.seq, a.name, "
        "coalesce(m.client_id, '') as client_id, m.body, m.at from messages m join authors a on a.id = m.author "
        "where m.room = wanted.room and m.seq > wanted.low order by m.seq limit cast(:tail as bigint)) last",
        [&](long long key, long long seq, const std::string& author, const std::string& client_id,
            const std::string& text, long long at) {
          by_key.at({number(key)})->tail.push_back({{number(seq)}, {author}, client_id, text, to_time(at), {}});
        },
        with("rooms", keys.finished()), with("lows", lows.finished()), with("tail", tail));
  }

  void append_one(const pending& room) {
    const auto& wanted = *room.wanted;
    const auto& entry = wanted.entries.front();
    append_outcome outcome{kind::fenced, {}};
    database_->rows<long long, long long, long long>(
        append_scalar,
        [&](long long seq, long long at, long long same) {
          outcome.what = seq == 0 ? kind::stored : kind::repeated;
          if (seq != 0) outcome.repeated.push_back({0, {number(seq)}, to_time(at), same != 0});
        },
        with("same", entry.text), with("room1", wanted.room), with("author1", room.authors.front()),
        with("id1", entry.client_id), with("fence", fence()), with("last", entry.seq), with("room2", wanted.room),
        with("epoch", wanted.epoch), with("head", entry.seq - 1), with("seq", entry.seq),
        with("author2", room.authors.front()), with("id2", entry.client_id), with("body", entry.text),
        with("at", entry.at));
    *room.outcome = std::move(outcome);
  }

  void fill(std::span<const pending> rooms) {
    for (auto* const array :
         {&ids_, &epochs_, &heads_, &lasts_, &rooms_, &seqs_, &authors_, &client_ids_, &bodies_, &ats_})
      array->clear();
    const auto add = [](array_literal& to, std::uint64_t value) { to.add(static_cast<std::int64_t>(value)); };
    for (const auto& room : rooms) {
      const auto& wanted = *room.wanted;
      const auto head = wanted.entries.front().seq - 1;
      add(ids_, wanted.room.value);
      add(epochs_, wanted.epoch.value);
      add(heads_, head.value);
      add(lasts_, head.value + wanted.entries.size());
      for (std::size_t i = 0; i < wanted.entries.size(); ++i) {
        const auto& entry = wanted.entries[i];
        add(rooms_, wanted.room.value);
        add(seqs_, entry.seq.value);
        authors_.add(std::int64_t{room.authors[i]});
        if (entry.client_id.empty())
          client_ids_.add_null();
        else
          client_ids_.add(entry.client_id);
        bodies_.add(entry.text);
        ats_.add(std::int64_t{entry.at.time_since_epoch().count()});
      }
    }
  }

  void append_all(std::span<const pending> rooms) {
    fill(rooms);
    std::unordered_map<std::uint64_t, std::pair<const pending*, append_outcome>> by_room;
    for (const auto& room : rooms)
      by_room.emplace(room.wanted->room.value, std::pair{&room, append_outcome{kind::fenced, {}}});
    database_->rows<long long, long long, long long, long long, long long>(
        append_many,
        [&](long long key, long long seq, long long first, long long at, long long same) {
          auto& [room, outcome] = by_room.at(number(key));
          outcome.what = seq == 0 ? kind::stored : kind::repeated;
          if (seq == 0) return;
          const auto index = static_cast<std::uint32_t>(core::seq_no{number(seq)} - room->wanted->entries.front().seq);
          outcome.repeated.push_back({index, {number(first)}, to_time(at), same != 0});
        },
        with("ids", ids_.finished()), with("epochs", epochs_.finished()), with("heads", heads_.finished()),
        with("lasts", lasts_.finished()), with("rooms", rooms_.finished()), with("seqs", seqs_.finished()),
        with("authors", authors_.finished()), with("client_ids", client_ids_.finished()),
        with("bodies", bodies_.finished()), with("ats", ats_.finished()), with("fence", fence()));
    for (auto& [key, answered] : by_room) {
      auto& [room, outcome] = answered;
      std::sort(outcome.repeated.begin(), outcome.repeated.end(),
                [](const auto& a, const auto& b) { return a.index < b.index; });
      *room->outcome = std::move(outcome);
    }
  }

  array_literal ids_, epochs_, heads_, lasts_;
  array_literal rooms_, seqs_, authors_, client_ids_, bodies_, ats_;
};

}  // namespace

std::unique_ptr<storage::journal_store> postgresql_journal(std::unique_ptr<database> connection) {
  return std::make_unique<postgresql_journal_store>(std::move(connection));
}

}  // namespace greenroom::storage::soci
