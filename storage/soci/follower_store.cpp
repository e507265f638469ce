#include "storage/soci/follower_store.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/mentions.hpp"
#include "storage/soci/columns.hpp"

namespace greenroom::storage::soci {
namespace {

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

// Of a row of `rooms`, left joined with `followers`: the cursor in its log, and the log's words up to there.
#define GREENROOM_OF_THIS_LOG(column) \
  "coalesce(case when followers.generation = rooms.generation then followers." column " else 0 end, 0)"
#define GREENROOM_CURSOR GREENROOM_OF_THIS_LOG("seq")
#define GREENROOM_FOLLOWED "left join followers on followers.duty = 'notices' and followers.room = rooms.id"

// Messages of the parts that `list` names: rooms by their keys, and numbers above `afters` and up to `ends`.
#define GREENROOM_PARTS                                                                               \
  "{{columns:keys,afters,ends}} cross join messages where messages.room = cast(list.keys as bigint) " \
  "and messages.seq > cast(list.afters as bigint) and messages.seq <= cast(list.ends as bigint)"

// Whether neither of a member and an author has blocked the other. Parameters of the macro: their folded names.
#define GREENROOM_ON_TERMS(member, author)                                                         \
  "not exists (select 1 from blocks where blocks.folded = " member " and blocks.blocked = " author \
  ") and not exists (select 1 from blocks where blocks.folded = " author " and blocks.blocked = " member ")"

// NOLINTEND(cppcoreguidelines-macro-usage)

/// Columns of a list, each as texts.
template <std::size_t N>
struct text_columns {
  std::array<std::vector<std::string>, N> of;

  template <class... Values>
  void add(Values... values) {
    static_assert(sizeof...(Values) == N);
    std::size_t next = 0;
    (of[next++].push_back(std::move(values)), ...);
  }
  [[nodiscard]] bool empty() const { return of[0].empty(); }
};

template <class Tag>
std::string text_of(core::number_id<Tag> number) {
  return std::to_string(number.value);
}

// The words of all parts, as three parameters.
auto parts_of(const std::vector<core::followed_log>& logs) {
  text_columns<3> parts;
  for (const auto& log : logs)
    if (log.cursor < log.upto) parts.add(text_of(log.key), text_of(log.cursor), text_of(log.upto));
  return parts;
}

core::followed_log& log_of(std::vector<core::followed_log>& logs, integer key) {
  return *std::find_if(logs.begin(), logs.end(), [&](const auto& log) { return log.key.value == count(key); });
}

}  // namespace

// ---- reading

core::result<core::rooms_behind> follower_store::find_behind(core::room_key after, std::uint32_t limit) {
  return database_->read([&]() -> core::result<core::rooms_behind> {
    core::rooms_behind page;
    database_->rows<integer, std::string, integer, integer>(
        "select rooms.id, rooms.name, " GREENROOM_CURSOR ", rooms.head from rooms " GREENROOM_FOLLOWED
        " where rooms.id > :after and rooms.hidden is null and rooms.head > " GREENROOM_CURSOR
        " order by rooms.id limit :limit",
        [&](integer key, const std::string& name, integer cursor, integer head) {
          page.rooms.push_back({{count(key)}, {name}, {count(cursor)}, {count(head)}});
        },
        with("after", after), with("limit", std::uint64_t{limit} + 1));
    page.more = page.rooms.size() > limit;
    if (page.more) page.rooms.pop_back();
    return page;
  });
}

std::vector<core::followed_log> follower_store::read_cursors(const std::vector<core::follow_room>& rooms) {
  std::vector<std::uint64_t> wanted;
  std::map<std::uint64_t, std::uint32_t> entries;
  for (const auto& [key, most] : rooms) {
    wanted.push_back(key.value);
    entries.emplace(key.value, most);
  }
  std::vector<core::followed_log> logs;
  database_->rows<integer, std::string, integer, integer, integer, integer>(
      "select rooms.id, rooms.name, rooms.generation, rooms.head, " GREENROOM_CURSOR
      ", " GREENROOM_OF_THIS_LOG("texts") " from {{numbers:keys}} cross join rooms " GREENROOM_FOLLOWED
                                          " where rooms.id = list.value and rooms.hidden is null",
      [&](integer key, const std::string& name, integer generation, integer head, integer cursor, integer texts) {
        const auto end = std::min(cursor + integer{entries.at(count(key))}, head);
        logs.push_back({{count(key)},
                        {name},
                        {count(generation)},
                        {count(cursor)},
                        {count(std::max(end, cursor))},
                        {count(std::max(head, cursor))},
                        count(texts)});
      },
      with("keys", database_->words().list(wanted)));
  return logs;
}

// Only entries that may matter, with their texts: nearly none.
void follower_store::read_entries(std::vector<core::followed_log>& logs) {
  const auto parts = parts_of(logs);
  if (parts.empty()) return;
  const auto& words = database_->words();
  database_->rows<integer, integer, std::string, integer, int, integer, std::string>(
      "select messages.room, messages.seq, coalesce((select authors.name from authors where authors.id = "
      "messages.author), ''), messages.at, messages.kind, coalesce(messages.target, 0), "
      "messages.body from " GREENROOM_PARTS
      " and (messages.kind = 2 or (messages.kind in (0, 1, 8, 9) and messages.body like '%@%')) "
      "order by messages.room, messages.seq",
      [&](integer key, integer seq, const std::string& author, integer at, int kind, integer target,
          const std::string& text) {
        log_of(logs, key).entries.push_back(
            {{count(seq)}, {author}, to_time(at), static_cast<core::entry_kind>(kind), {count(target)}, text});
      },
      with("keys", words.list(parts.of[0])), with("afters", words.list(parts.of[1])),
      with("ends", words.list(parts.of[2])));
}

// Of each author in each room the newest words, and how many there are up to those; the name of those who are members,
// and haven't read as far. Erased words count, and move no mark.
void follower_store::read_words(std::vector<core::followed_log>& logs) {
  const auto parts = parts_of(logs);
  if (parts.empty()) return;
  std::map<integer, std::uint64_t> before, behind;
  for (const auto& log : logs) before.emplace(static_cast<integer>(log.key.value), log.texts);
  const auto& words = database_->words();
  database_->rows<integer, std::string, integer, integer, integer>(
      "select said.room, coalesce(members.name, ''), said.seq, said.own, said.total from (select counted.room as room, "
      "counted.author as author, max(case when counted.kind <> 7 then counted.seq else 0 end) as seq, "
      "max(case when counted.kind <> 7 then counted.place else 0 end) as own, max(counted.place) as total from "
      "(select messages.room as room, messages.author as author, messages.kind as kind, messages.seq as seq, "
      "count(*) over (partition by messages.room order by messages.seq) as place from " GREENROOM_PARTS
      " and (messages.kind in (0, 8, 9) or (messages.kind = 7 and messages.extra is null))) as counted "
      "group by counted.room, counted.author) as said left join authors on authors.id = said.author "
      "left join members on members.room = said.room and members.folded = authors.folded "
      "and members.read_seq < said.seq",
      [&](integer key, const std::string& member, integer seq, integer own, integer total) {
        auto& log = log_of(logs, key);
        behind[key] = std::max(behind[key], count(total));
        if (!member.empty()) log.said.push_back({{member}, {count(seq)}, before.at(key) + count(own)});
      },
      with("keys", words.list(parts.of[0])), with("afters", words.list(parts.of[1])),
      with("ends", words.list(parts.of[2])));
  for (const auto& [key, more] : behind) log_of(logs, key).texts += more;
}

core::result<std::vector<core::followed_log>> follower_store::read(const std::vector<core::follow_room>& rooms) {
  return database_->read([&]() -> core::result<std::vector<core::followed_log>> {
    auto logs = read_cursors(rooms);
    read_entries(logs);
    read_words(logs);
    return logs;
  });
}

// ---- storing

follower_store::keys follower_store::move_cursors(const core::notices& wanted) {
  text_columns<5> steps;
  for (const auto& one : wanted.steps)
    steps.add(text_of(one.key), text_of(one.from), text_of(one.to), text_of(one.generation), std::to_string(one.texts));
  keys moved;
  const auto& words = database_->words();
  const auto note = [&](integer key) { moved.insert({count(key)}); };
  const auto move = [&](const char* sql) {
    database_->rows<integer>(sql, note, with("keys", words.list(steps.of[0])), with("froms", words.list(steps.of[1])),
                             with("tos", words.list(steps.of[2])), with("generations", words.list(steps.of[3])),
                             with("counts", words.list(steps.of[4])));
  };
  move(
      "update followers set seq = cast(list.tos as bigint), generation = cast(list.generations as bigint), "
      "texts = cast(list.counts as bigint) from {{columns:keys,froms,tos,generations,counts}} cross join rooms where "
      "followers.duty = 'notices' and "
      "followers.room = "
      "cast(list.keys as bigint) and rooms.id = cast(list.keys as bigint) "
      "and rooms.generation = cast(list.generations as bigint) and cast(list.froms as bigint) = "
      "case when followers.generation = rooms.generation then followers.seq else 0 end returning followers.room");
  if (moved.size() < wanted.steps.size())
    move(
        "insert into followers (duty, room, seq, generation, texts) select 'notices', rooms.id, cast(list.tos as "
        "bigint), "
        "rooms.generation, cast(list.counts as bigint) from {{columns:keys,froms,tos,generations,counts}} cross join "
        "rooms "
        "where rooms.id = cast(list.keys as bigint) and rooms.generation = cast(list.generations as bigint) "
        "and list.froms = '0' and rooms.hidden is null on conflict (duty, room) do nothing returning room");
  return moved;
}

follower_store::run follower_store::still_there(const run& wanted) {
  text_columns<2> messages;
  for (const auto* one : wanted) messages.add(text_of(one->key), text_of(one->message));
  std::set<std::pair<std::uint64_t, std::uint64_t>> there;
  const auto& words = database_->words();
  database_->rows<integer, integer>(
      "select messages.room, messages.seq from {{columns:keys,seqs}} cross join messages "
      "where messages.room = cast(list.keys as bigint) and messages.seq = cast(list.seqs as bigint) "
      "and messages.kind <> 7 {{for_share}}",
      [&](integer key, integer seq) { there.emplace(count(key), count(seq)); },
      with("keys", words.list(messages.of[0])), with("seqs", words.list(messages.of[1])));
  run left = wanted;
  std::erase_if(left, [&](const auto* one) { return !there.contains({one->key.value, one->message.value}); });
  return left;
}

// A unique index has each person once a message: the first entry stays.
std::uint64_t follower_store::mention_people(const run& wanted) {
  text_columns<6> people;
  for (const auto* one : wanted)
    for (const auto& person : one->people)
      people.add(text_of(one->key), text_of(one->message), text_of(one->seq),
                 std::to_string(one->at.time_since_epoch().count()), folded(one->author), folded(person));
  if (people.empty()) return 0;
  const auto& words = database_->words();
  return database_->execute(
      "insert into mentions (folded, room, seq, message, at) select members.folded, members.room, "
      "cast(list.seqs as bigint), cast(list.messages as bigint), cast(list.ats as bigint) "
      "from {{columns:keys,messages,seqs,ats,authors,names}} cross join members "
      "where members.room = cast(list.keys as bigint) and members.folded = list.names and members.folded <> "
      "list.authors and " GREENROOM_ON_TERMS("members.folded", "list.authors") " on conflict do nothing",
      with("keys", words.list(people.of[0])), with("messages", words.list(people.of[1])),
      with("seqs", words.list(people.of[2])), with("ats", words.list(people.of[3])),
      with("authors", words.list(people.of[4])), with("names", words.list(people.of[5])));
}

std::uint64_t follower_store::mention_everybody(const core::mention& one) {
  return database_->execute(
      "insert into mentions (folded, room, seq, message, at) select members.folded, one.room, one.seq, one.message, "
      "one.at from (select cast(:room as bigint) as room, cast(:message as bigint) as message, cast(:seq as bigint) as "
      "seq, cast(:at as bigint) as at, cast(:author as text) as author) as one cross join members "
      "where members.room = one.room and members.folded <> one.author and (exists (select 1 from rooms "
      "where rooms.id = one.room and rooms.owner_folded = one.author) or exists (select 1 from members as leader "
      "where leader.room = one.room and leader.folded = one.author and leader.role = 2)) "
      "and " GREENROOM_ON_TERMS("members.folded",
                                "one.author") " order by members.folded limit :most on conflict do nothing",
      with("room", one.key), with("message", one.message), with("seq", one.seq), with("at", one.at),
      with("author", folded(one.author)), with("most", core::max_mentioned_members));
}

// In the order of the log: the first entry of a message that mentions a person counts. All that name people are one
// statement, up to one that names everybody.
std::uint64_t follower_store::mention(const run& wanted) {
  if (wanted.empty()) return 0;
  std::uint64_t people = 0;
  run names;
  for (const auto* one : still_there(wanted)) {
    names.push_back(one);
    if (!one->everybody) continue;
    people += mention_people(names) + mention_everybody(*one);
    names.clear();
  }
  return people + mention_people(names);
}

void follower_store::forget(const core::notices& wanted, const keys& moved) {
  for (const auto& [key, message] : wanted.erased)
    if (moved.contains(key))
      database_->execute("delete from mentions where room = :room and message = :message", with("room", key),
                         with("message", message));
}

std::vector<core::read_mark> follower_store::move_marks(const core::notices& wanted, const keys& moved) {
  text_columns<4> marks;
  for (const auto& [key, words] : wanted.said)
    if (moved.contains(key))
      marks.add(text_of(key), folded(words.user), text_of(words.seq), std::to_string(words.texts));
  std::vector<core::read_mark> done;
  if (marks.empty()) return done;
  std::map<integer, core::room_id> names;
  for (const auto& one : wanted.steps) names.emplace(static_cast<integer>(one.key.value), one.room);
  const auto& words = database_->words();
  database_->rows<integer, std::string, integer>(
      "update members set read_seq = cast(list.seqs as bigint), read_texts = cast(list.counts as bigint) "
      "from {{columns:keys,readers,seqs,counts}} where members.room = cast(list.keys as bigint) "
      "and members.folded = list.readers and members.read_seq < cast(list.seqs as bigint) "
      "returning members.room, members.name, members.read_seq",
      [&](integer key, const std::string& member, integer seq) {
        done.push_back({names.at(key), {member}, {count(seq)}});
      },
      with("keys", words.list(marks.of[0])), with("readers", words.list(marks.of[1])),
      with("seqs", words.list(marks.of[2])), with("counts", words.list(marks.of[3])));
  return done;
}

core::result<core::notices_stored> follower_store::store(const core::notices& wanted) {
  return database_->transaction([&]() -> core::result<core::notices_stored> {
    core::notices_stored done;
    if (wanted.steps.empty()) return done;
    // A deletion's steps, which take this table for themselves, are wholly before this, or after it.
    database_->row<integer>("select version from author_fence where one = 1");
    const auto moved = move_cursors(wanted);
    done.rooms.assign(moved.begin(), moved.end());
    run mentions;
    for (const auto& one : wanted.mentions)
      if (moved.contains(one.key)) mentions.push_back(&one);
    done.mentions = mention(mentions);
    forget(wanted, moved);
    done.marks = move_marks(wanted, moved);
    return done;
  });
}

}  // namespace greenroom::storage::soci
