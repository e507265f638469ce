#include "storage/soci/room_store.hpp"

#include "storage/admission.hpp"
#include "storage/name_hash.hpp"
#include "storage/random.hpp"
#include "storage/soci/columns.hpp"
#include "storage/soci/room_row.hpp"

namespace greenroom::storage::soci {
namespace {

constexpr std::uint64_t sweep_step = 2000;
}  // namespace

core::result<std::string> room_store::database_id() {
  return database_->read([&]() -> core::result<std::string> {
    return std::get<0>(*database_->row<std::string>("select database_id from meta"));
  });
}

bool room_store::insert_member(core::room_key room, const core::user_id& member, core::wall_time now) {
  const auto added = database_->execute(
      "insert into members (room, name, folded, added_at, read_seq, read_texts) "
      "select id, :name, :folded, :now, head, texts from rooms where id = :room on conflict do nothing",
      with("name", member.value), with("folded", core::folded(member.value)), with("now", now), with("room", room));
  return added > 0;
}

void room_store::raise_membership(core::room_key room) {
  database_->execute("update rooms set membership = membership + 1 where id = :room", with("room", room));
}

std::unordered_set<std::string> room_store::refused_among(const std::vector<std::string>& accounts) {
  std::unordered_set<std::string> refused;
  database_->rows<std::string>(
      "select list.value from {{texts:accounts}} join deletions on account = list.value where state <> 'restored'",
      [&](const std::string& account) { refused.insert(account); },
      with("accounts", database_->words().list(accounts)));
  return refused;
}

bool room_store::refuses(const std::vector<core::user_id>& users) {
  std::vector<std::string> accounts;
  accounts.reserve(users.size());
  for (const auto& user : users) accounts.push_back(name_hash(user));
  return !refused_among(accounts).empty();
}

std::optional<core::room_key> room_store::insert_room(const core::create_room& request, core::wall_time now) {
  const auto made = database_->row<long long>(
      "insert into rooms (name, folded, owner, owner_folded, private, generation, epoch, head, node, view, "
      "created_at) "
      "values (:name, :folded, :owner, :owner_folded, :private, :generation, 0, 0, '', 0, :now) "
      "on conflict do nothing returning id",
      with("name", request.room.value), with("folded", core::folded(request.room.value)),
      with("owner", request.owner.value), with("owner_folded", core::folded(request.owner.value)),
      with("private", static_cast<int>(request.access)), with("generation", random_generation()), with("now", now));
  if (!made) return std::nullopt;
  const core::room_key key{count(std::get<0>(*made))};
  for (const auto& member : request.members) insert_member(key, member, now);
  return key;
}

core::result<core::room_entered> room_store::create_room(const core::create_room& request, core::wall_time now) {
  auto users = request.members;
  users.push_back(request.owner);
  return database_->transaction([&]() -> core::result<core::room_entered> {
    if (refuses(users)) return core::ec::conflict;
    const bool blocked = is_blocked_by(request.owner, request.members);
    if (blocked && !look_at(request.room, request.owner, now)) return core::ec::blocked;
    const auto made = insert_room(request, now);
    if (made) insert_member(*made, request.owner, now);
    const auto entered = enter(request.room, request.owner, now);
    if (!entered) return entered.why();
    return core::room_entered{entered->info, made.has_value()};
  });
}

core::result<core::room_list> room_store::list_rooms(const core::list_rooms& request) {
  return database_->read([&]() -> core::result<core::room_list> {
    core::room_list list;
    database_->rows<long long, GREENROOM_INFO_TYPES>(
        "select case when private = 0 or exists (select 1 from members as own where own.room = rooms.id "
        "and own.folded = :reader) then 1 else 0 end, " GREENROOM_INFO_COLUMNS(
            "null", "null") " from " GREENROOM_ROOMS
                            " where rooms.folded > :after and hidden is null and ((private <> 1 and "
                            "(coalesce(settings.flags, 3) & 4) = 0) or exists (select 1 from members where "
                            "members.room = rooms.id and members.folded = :viewer)) order by rooms.folded limit :limit",
        [&](long long reads, const auto&... columns) {
          const auto info = to_info(columns...);
          list.rooms.push_back(reads != 0 ? info : core::as_seen(info).info);
        },
        with("reader", core::folded(request.viewer.value)), with("after", core::folded(request.after.value)),
        with("viewer", core::folded(request.viewer.value)), with("limit", std::uint64_t{request.limit} + 1));
    list.more = list.rooms.size() > request.limit;
    if (list.more) list.rooms.pop_back();
    return list;
  });
}

core::status room_store::delete_room(const core::delete_room& request) {
  auto deleted = database_->transaction([&]() -> core::status {
    if (refuses({request.by})) return core::ec::conflict;
    const auto found = enter(request.room, request.by, clock_now());
    if (!found) return found.why();
    if (found->role != core::room_role::owner) return core::ec::forbidden;
    // Waits for an append that is under way, and ends all later ones: they compare with this row.
    if (database_->execute("delete from rooms where id = :room", with("room", found->key)) == 0)
      return core::ec::not_found;
    database_->execute("insert into dead_rooms (room) values (:room)", with("room", found->key));
    return core::done{};
  });
  // The room is gone even if the sweep fails, and the next one takes the rest.
  if (deleted) static_cast<void>(sweep_dead_rooms());
  return deleted;
}

std::uint64_t room_store::delete_messages(core::room_key room, std::uint64_t end) {
  note_remnants(*database_);
  database_->execute(
      "delete from authored where room = :room and author in (select author from messages where room = :log "
      "and seq < :end)",
      with("room", room), with("log", room), with("end", end));
  return database_->execute("delete from messages where room = :room and seq < :end", with("room", room),
                            with("end", end));
}

core::status room_store::sweep_dead_rooms() {
  for (;;) {
    bool more = false;
    auto swept = database_->transaction([&]() -> core::status {
      const auto dead = database_->row<long long, long long>(
          "select dead_rooms.room, coalesce(min(messages.seq), 0) from dead_rooms "
          "left join messages on messages.room = dead_rooms.room group by dead_rooms.room limit 1");
      if (!dead) return core::done{};
      more = true;
      const auto [room, first] = *dead;
      if (first == 0)
        database_->execute("delete from dead_rooms where room = :room", with("room", room));
      else
        delete_messages({static_cast<std::uint64_t>(room)}, static_cast<std::uint64_t>(first) + sweep_step);
      return core::done{};
    });
    if (!swept || !more) return swept;
  }
}

core::result<core::room_heads> room_store::read_heads(const core::read_heads& request) {
  std::vector<std::string> names;
  for (const auto& room : request.rooms) names.push_back(core::folded(room.value));
  return database_->read([&]() -> core::result<core::room_heads> {
    core::room_heads heads;
    database_->rows<std::string, long long>(
        "select rooms.name, rooms.head from {{texts:names}} join rooms on rooms.folded = list.value "
        "where hidden is null",
        [&](const std::string& name, long long head) {
          heads.heads.push_back({{name}, core::seq_no{count(head)}});
        },
        with("names", database_->words().list(names)));
    return heads;
  });
}

core::result<std::vector<core::user_id>> room_store::list_people(const core::user_id& after, std::uint32_t limit) {
  return database_->read([&]() -> core::result<std::vector<core::user_id>> {
    std::vector<core::user_id> people;
    // The replacement of a deleted author's name begins with `deleted:`.
    database_->rows<std::string>(
        "select min(name) from (select name, folded from authors where folded > :authors "
        "union select name, folded from members where folded > :members "
        "union select name, blocked from blocks where blocked > :blocked "
        "union select folded, folded from blocks where folded > :blockers "
        "union select folded, folded from user_settings where folded > :settings "
        "union select folded, folded from drafts where folded > :drafts "
        "union select folded, folded from mentions where folded > :mentions "
        "union select folded, folded from irc_devices where folded > :devices "
        "union select owner, owner_folded from rooms where owner_folded > :owners) as people "
        "where folded not in ('system', 'deleted') and folded not like 'deleted:%' "
        "group by folded order by folded limit :limit",
        [&](const std::string& name) { people.push_back({name}); }, with("authors", core::folded(after.value)),
        with("members", core::folded(after.value)), with("blocked", core::folded(after.value)),
        with("blockers", core::folded(after.value)), with("settings", core::folded(after.value)),
        with("drafts", core::folded(after.value)), with("mentions", core::folded(after.value)),
        with("devices", core::folded(after.value)), with("owners", core::folded(after.value)), with("limit", limit));
    return people;
  });
}

core::result<std::uint64_t> room_store::count_rooms() {
  return database_->read([&]() -> core::result<std::uint64_t> {
    return static_cast<std::uint64_t>(
        std::get<0>(*database_->row<long long>("select count(*) from rooms where hidden is null")));
  });
}

}  // namespace greenroom::storage::soci
