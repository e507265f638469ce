#include <algorithm>

#include "storage/name_hash.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/room_store.hpp"

namespace greenroom::storage::soci {
namespace {

// A message that is looked at costs a tenth of one that is written.
constexpr integer looks_for_each_write = 10;

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a statement is a literal, and its address its name.

// Of a row of `rooms`: whether it is a direct room, as `core::nature_of` says.
#define GREENROOM_DIRECT "(rooms.folded like '@%' and rooms.folded not like '@@%')"

// Of a row of `rooms` with the user as a member: whether it goes with them. Parameters: `keep`, and `they` (the folded
// name).
#define GREENROOM_GOES                                     \
  "rooms.private <> 0 and (:keep = 0 or " GREENROOM_DIRECT \
  " or not exists (select 1 from members as others where others.room = rooms.id and others.folded <> :they))"

// Of a row of `messages`, the same as `core::is_written`.
#define GREENROOM_WRITTEN "kind in (0, 1, 3, 4, 8, 9, 10)"

// Of a row of `reactions` or `pins`: whether it is on a message that is about to be emptied. Parameter: `writer`.
#define GREENROOM_ON_EMPTIED(table)                                                               \
  "exists (select 1 from messages where messages.room = " table ".room and messages.seq = " table \
  ".target "                                                                                      \
  "and messages.author = :writer)"

// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace

void room_store::exclude_writers() {
  for (const auto& sql : database_->words().exclude_writers()) database_->run(sql);
}

std::optional<room_store::tombstone> room_store::find_tombstone(const core::operation_id& operation) {
  const auto found =
      database_->row<std::string, integer, integer, integer, integer, integer, integer, integer, integer, int, int>(
          "select state, lease, coalesce(author, 0), rooms, messages, anonymised, memberships, passed_on, erased, "
          "keep_rooms, erase_messages from deletions where operation = :operation {{for_update}}",
          with("operation", operation.value));
  if (!found) return std::nullopt;
  const auto& [state, lease, author, rooms, messages, anonymised, memberships, passed_on, erased, keep, erase] = *found;
  return tombstone{
      state,
      {count(lease)},
      author,
      {count(rooms), count(messages), count(anonymised), count(memberships), count(passed_on), 0, count(erased)},
      {keep != 0, erase != 0}};
}

void room_store::renew(const core::operation_id& operation, core::lease_no lease, const char* state,
                       core::wall_time now) {
  database_->execute(
      "update deletions set lease = :lease, state = :state, changed_at = :now where operation = :operation",
      with("lease", lease), with("state", state), with("now", now), with("operation", operation.value));
}

core::status room_store::bury(const core::hide_rooms& request, core::wall_time now) {
  if (refuses({request.user})) return core::ec::conflict;
  const auto folded = core::folded(request.user.value);
  database_->execute("insert into authors (name, folded) values (:name, :folded) on conflict do nothing",
                     with("name", request.user.value), with("folded", folded));
  database_->execute(
      "insert into deletions (operation, account, author, state, lease, changed_at, scanned_room, scanned_seq, rooms, "
      "messages, anonymised, memberships, passed_on, keep_rooms, erase_messages) "
      "select :operation, :account, id, 'hidden', cast(:lease as bigint), cast(:now as bigint), 0, 0, 0, 0, 0, 0, 0, "
      "cast(:keep as smallint), cast(:erase as smallint) from authors where folded = :author",
      with("operation", request.operation.value), with("account", name_hash(request.user)),
      with("lease", request.lease), with("now", now), with("keep", int{request.choices.keep_rooms}),
      with("erase", int{request.choices.erase_messages}), with("author", folded));
  database_->execute("update author_fence set version = version + 1 where one = 1");
  database_->execute(
      "update rooms set hidden = :operation, epoch = epoch + 1, membership = membership + 1 where hidden is null "
      "and id in (select room from members where folded = :user) and " GREENROOM_GOES,
      with("operation", request.operation.value), with("user", folded), with("keep", int{request.choices.keep_rooms}),
      with("they", folded));
  return core::done{};
}

core::result<hidden_rooms> room_store::hide_rooms(const core::hide_rooms& request, core::wall_time now) {
  return database_->transaction([&]() -> core::result<hidden_rooms> {
    exclude_writers();
    if (const auto known = find_tombstone(request.operation)) {
      if (request.lease < known->lease) return core::ec::fenced;
      if (known->state != "hidden") return core::ec::conflict;
      renew(request.operation, request.lease, "hidden", now);
    } else if (const auto buried = bury(request, now); !buried) {
      return buried.why();
    }
    hidden_rooms answer;
    database_->rows<std::string>(
        "select name from rooms where hidden = :operation and id in (select room from members where folded = :user) "
        "order by folded",
        [&](const std::string& name) { answer.rooms.push_back({name}); }, with("operation", request.operation.value),
        with("user", core::folded(request.user.value)));
    return answer;
  });
}

core::status room_store::restore_rooms(const core::restore_rooms& request, core::wall_time now) {
  return database_->transaction([&]() -> core::status {
    exclude_writers();
    const auto known = find_tombstone(request.operation);
    if (!known) {
      database_->execute(
          "insert into deletions (operation, state, lease, changed_at, scanned_room, scanned_seq, rooms, messages, "
          "anonymised, memberships, passed_on) values (:operation, 'restored', :lease, :now, 0, 0, 0, 0, 0, 0, 0)",
          with("operation", request.operation.value), with("lease", request.lease), with("now", now));
      return core::done{};
    }
    if (request.lease < known->lease) return core::ec::fenced;
    if (known->state == "purging" || known->state == "purged") return core::ec::conflict;
    renew(request.operation, request.lease, "restored", now);
    if (known->state == "restored") return core::done{};
    database_->execute("update author_fence set version = version + 1 where one = 1");
    // Includes rooms hidden by another deletion: now this one hides them.
    database_->execute(
        "update rooms set membership = membership + 1, hidden = (select min(other.operation) from members "
        "join authors on authors.folded = members.folded join deletions as other on other.author = authors.id "
        "where members.room = rooms.id and other.state = 'hidden' and (other.keep_rooms = 0 or " GREENROOM_DIRECT
        ")) "
        "where hidden = :operation",
        with("operation", request.operation.value));
    return core::done{};
  });
}

std::uint64_t room_store::pass_on(core::room_key room) {
  const auto longest = database_->row<std::string, std::string>(
      "select name, folded from members where room = :room and not exists (select 1 from authors "
      "join deletions on deletions.author = authors.id where authors.folded = members.folded "
      "and deletions.state <> 'restored') order by added_at, folded limit 1",
      with("room", room));
  database_->execute("update rooms set owner = :name, owner_folded = :folded where id = :room",
                     with("name", longest ? std::get<0>(*longest) : "deleted"),
                     with("folded", longest ? std::get<1>(*longest) : "deleted"), with("room", room));
  return longest ? 1 : 0;
}

void room_store::begin_purge(const core::purge_rooms& request, const tombstone& row, core::wall_time now) {
  const auto user = core::folded(request.user.value);
  note_remnants(*database_);
  database_->execute("update authors set name = 'deleted', folded = :erased where id = :author",
                     with("erased", erased_name(request.user)), with("author", row.author));
  // Includes those that another deletion hides: they go, however that one ends. And those that came to this after the
  // rooms were hidden: an open one that was closed, a kept one whose other members left.
  database_->execute(
      "update rooms set epoch = epoch + case when hidden is null then 1 else 0 end, hidden = :operation "
      "where id in (select room from members where folded = :user) and " GREENROOM_GOES,
      with("operation", request.operation.value), with("user", user), with("keep", int{row.choices.keep_rooms}),
      with("they", user));
  std::vector<core::room_key> owned;
  // The owner of a room is a member of it.
  database_->rows<integer>(
      "select id from rooms where coalesce(hidden, '') <> :operation and owner_folded = :owner "
      "and id in (select room from members where folded = :user)",
      [&](integer key) { owned.push_back({count(key)}); }, with("operation", request.operation.value),
      with("owner", user), with("user", user));
  database_->execute(
      "update rooms set membership = membership + 1 where coalesce(hidden, '') <> :operation "
      "and id in (select room from members where folded = :user)",
      with("operation", request.operation.value), with("user", user));
  const auto memberships = database_->execute(
      "delete from members where folded = :user "
      "and room in (select id from rooms where coalesce(hidden, '') <> :operation)",
      with("user", user), with("operation", request.operation.value));
  database_->execute("delete from sanctions where subject = :author", with("author", row.author));
  database_->execute("delete from invites where by_author = :author", with("author", row.author));
  forget_own(request.user);
  std::uint64_t passed_on = 0;
  for (const auto key : owned) passed_on += pass_on(key);
  database_->execute(
      "update deletions set memberships = :memberships, passed_on = :passed where operation = :operation",
      with("memberships", memberships), with("passed", passed_on), with("operation", request.operation.value));
  renew(request.operation, request.lease, "purging", now);
}

bool room_store::purge_hidden(const core::purge_rooms& request, std::uint64_t chunk, core::deletion_receipt& receipt) {
  for (;;) {
    const auto room = database_->row<integer>(
        "select id from rooms where hidden = :operation and id in (select room from members where folded = :user) "
        "limit 1",
        with("operation", request.operation.value), with("user", core::folded(request.user.value)));
    if (!room) return false;
    if (chunk == 0) return true;
    const auto [key] = *room;
    const auto first =
        database_->row<integer>("select coalesce(min(seq), 0) from messages where room = :room", with("room", key));
    const auto end = count(std::get<0>(*first)) + chunk;
    const auto gone = delete_messages({count(key)}, end);
    receipt.messages += gone;
    if (database_->row<integer>("select 1 from messages where room = :room limit 1", with("room", key))) return true;
    database_->execute("delete from rooms where id = :room", with("room", key));
    ++receipt.rooms;
    chunk -= std::min(chunk, std::max<std::uint64_t>(gone, 1));
  }
}

// The reactions of the author, and all that is on messages of theirs.
void room_store::take_off(const tombstone& row, core::room_key room, core::seq_no after, core::seq_no up_to) {
  database_->execute(
      "delete from reactions where room = :room and target > :seq and target <= :end "
      "and (author = :author or " GREENROOM_ON_EMPTIED("reactions") ")",
      with("room", room), with("seq", after), with("end", up_to), with("author", row.author),
      with("writer", row.author));
  database_->execute(
      "delete from pins where room = :room and target > :seq and target <= :end and " GREENROOM_ON_EMPTIED("pins"),
      with("room", room), with("seq", after), with("end", up_to), with("writer", row.author));
}

// Takes the author from what they wrote there; where that was chosen, it is emptied.
void room_store::disown(const tombstone& row, core::room_key room, core::seq_no after, core::seq_no up_to,
                        core::deletion_receipt& receipt) {
  if (row.choices.erase_messages) {
    note_remnants(*database_);
    take_off(row, room, after, up_to);
    receipt.erased += database_->execute(
        "update messages set author = (select id from authors where folded = 'deleted'), client_id = null, kind = 7, "
        "body = '', extra = case when kind in (0, 8, 9) then null else '{}' end, target = null "
        "where author = :author and room = :room and seq > :seq and seq <= :end and " GREENROOM_WRITTEN,
        with("author", row.author), with("room", room), with("seq", after), with("end", up_to));
    // Of what is empty by now: the follower, which looks at the message, has stored it before, or doesn't any more.
    database_->execute(
        "delete from mentions where room = :room and message > :seq and message <= :end and exists (select 1 from "
        "messages where messages.room = mentions.room and messages.seq = mentions.message and messages.kind = 7)",
        with("room", room), with("seq", after), with("end", up_to));
  }
  receipt.anonymised += database_->execute(
      "update messages set author = (select id from authors where folded = 'deleted'), client_id = null "
      "where author = :author and room = :room and seq > :seq and seq <= :end",
      with("author", row.author), with("room", room), with("seq", after), with("end", up_to));
}

// Only the rooms that they have written in are looked at, each in the order of its log: an index of messages by author
// would cost every append. Nothing of this author comes after the tombstone, so that scanned messages stay
// clean. Where messages are emptied, each room is told at its end: one that is live then reads its last entries again.
// With that a call ends, so that it holds the row of one room at most: no append of many rooms waits for it, and it for
// them.
bool room_store::scan(const core::operation_id& operation, const tombstone& row, std::uint32_t chunk,
                      core::deletion_receipt& receipt) {
  const auto from =
      *database_->row<integer, integer>("select scanned_room, scanned_seq from deletions where operation = :operation",
                                        with("operation", operation.value));
  integer room = std::get<0>(from);
  integer seq = std::get<1>(from);
  const auto head = [&] {
    const auto found = database_->row<integer>("select head from rooms where id = :room", with("room", room));
    return found ? std::get<0>(*found) : 0;
  };
  const auto tell = [&](integer emptied) {
    return database_->execute("update rooms set membership = membership + 1 where id = :room", with("room", emptied));
  };
  bool more = true;
  for (integer looks = chunk * looks_for_each_write; looks > 0 && more;) {
    const auto end = std::min(head(), seq + looks);
    if (seq < end) {
      disown(row, {count(room)}, {count(seq)}, {count(end)}, receipt);
      looks -= end - seq;
      seq = end;
      continue;
    }
    const auto told = row.choices.erase_messages ? tell(room) : 0;
    const auto next = database_->row<integer>(
        "select coalesce(min(room), 0) from authored where author = :author "
        "and room > :room",
        with("author", row.author), with("room", room));
    more = std::get<0>(*next) != 0;
    if (more) room = std::get<0>(*next);
    seq = 0;
    looks = told > 0 ? 0 : looks - 1;
  }
  if (!more) database_->execute("delete from authored where author = :author", with("author", row.author));
  database_->execute("update deletions set scanned_room = :room, scanned_seq = :seq where operation = :operation",
                     with("room", room), with("seq", seq), with("operation", operation.value));
  return more;
}

core::result<purged_chunk> room_store::purge_chunk(const core::purge_rooms& request, std::uint32_t chunk,
                                                   core::wall_time now) {
  auto row = find_tombstone(request.operation);
  if (!row) return core::ec::internal;
  if (request.lease < row->lease) return core::ec::fenced;
  if (row->state == "restored" || row->state == "hidden") return core::ec::conflict;
  purged_chunk answer{row->receipt, false};
  if (row->state == "purging")
    answer.more = purge_hidden(request, chunk, answer.receipt) || scan(request.operation, *row, chunk, answer.receipt);
  renew(request.operation, request.lease, answer.more ? "purging" : "purged", now);
  database_->execute(
      "update deletions set rooms = :rooms, messages = :messages, anonymised = :anonymised, erased = :erased "
      "where operation = :operation",
      with("rooms", answer.receipt.rooms), with("messages", answer.receipt.messages),
      with("anonymised", answer.receipt.anonymised), with("erased", answer.receipt.erased),
      with("operation", request.operation.value));
  return answer;
}

core::result<purged_chunk> room_store::purge_rooms(const core::purge_rooms& request, std::uint32_t chunk,
                                                   core::wall_time now) {
  const auto state = database_->read([&]() -> core::result<std::string> {
    const auto known = find_tombstone(request.operation);
    return known ? known->state : std::string{};
  });
  if (!state) return state.why();
  if (state->empty())
    if (const auto hidden = hide_rooms({request.operation, request.lease, request.user, request.choices}, now); !hidden)
      return hidden.why();
  if (state->empty() || *state == "hidden") {
    const auto begun = database_->transaction([&]() -> core::status {
      exclude_writers();
      auto row = find_tombstone(request.operation);
      if (!row) return core::ec::internal;
      if (request.lease < row->lease) return core::ec::fenced;
      if (row->state == "restored") return core::ec::conflict;
      if (row->state == "hidden") begin_purge(request, *row, now);
      return core::done{};
    });
    if (!begun) return begun.why();
  }
  return database_->transaction([&] { return purge_chunk(request, chunk, now); });
}

core::result<core::operation_id> room_store::find_deletion(const core::user_id& user) {
  return database_->read([&]() -> core::result<core::operation_id> {
    const auto found = database_->row<std::string>(
        "select operation from deletions where account = :account and state in ('hidden', 'purging') "
        "order by changed_at desc limit 1",
        with("account", name_hash(user)));
    if (!found) return core::ec::not_found;
    return core::operation_id{std::get<0>(*found)};
  });
}

}  // namespace greenroom::storage::soci
